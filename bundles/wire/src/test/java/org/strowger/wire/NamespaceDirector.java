package org.strowger.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Programs that {@link NamespaceTest} starts inside of network namespaces: a director without
 * control, a real server that tells each client its address, and a client.
 */
public final class NamespaceDirector {
  private NamespaceDirector() {}

  /**
   * Runs one of them.
   *
   * @param args {@code wire TRANSPORT ADDRESS FIRST LAST REAL PORT TRANSPARENT}, or {@code server
   *     ADDRESS PORT}, or {@code client FROM ADDRESS PORT...}
   */
  public static void main(String[] args) throws Exception {
    try {
      switch (args[0]) {
        case "wire" -> wire(args);
        case "server" -> server(args);
        case "client" -> client(args);
        default -> throw new IllegalArgumentException(args[0]);
      }
    } catch (Exception | Error e) { // its loops would go on, and the test wait for ever
      System.err.println(Arrays.toString(args) + ": " + e);
      System.exit(1);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static SocketWire start(String[] args) {
    SocketWire wire =
        new SocketWire(Transport.choose(args[1]), 2, SocketWire.Books.empty(), () -> {});
    wire.decideBy(
        new TestDecider(
            new InetSocketAddress(InetAddress.ofLiteral(args[5]), Integer.parseInt(args[6]))));
    return wire;
  }

  private static void wire(String[] args) throws IOException {
    SocketWire wire = start(args);
    Map<String, Object> service = new HashMap<>();
    service.put(Contract.NAME, "web");
    service.put(
        Contract.ADDRESS,
        new InetSocketAddress(InetAddress.ofLiteral(args[2]), Integer.parseInt(args[3])));
    service.put(Contract.LAST_PORT, Integer.parseInt(args[4]));
    service.put(Contract.TRANSPARENT_SOURCE, Boolean.parseBoolean(args[7]));
    wire.apply(List.of(service));
    Bench.await("known", () -> wire.listening().get("web") != null);
    say("listening:" + wire.listening().get("web"));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<SocketWire> wires = new ArrayList<>(List.of(wire));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line) {
        case "take over" -> { // a second wire beside the first, then the first goes
          SocketWire next = start(args);
          next.takeOverFrom(wires.getLast());
          wires.add(next);
          Bench.await("known", () -> next.listening().get("web") != null);
          Bench.await("settled", wires.getFirst()::drained);
          wires.removeFirst().close();
          say("taken over:" + next.listening().get("web"));
        }
        case "nothing" -> {
          wires.getLast().apply(List.of());
          say("nothing");
        }
        default -> say("unknown " + line);
      }
    }
    wires.forEach(SocketWire::close);
    System.exit(0);
  }

  private static void server(String[] args) throws IOException {
    try (ServerSocket server = new ServerSocket()) {
      server.setReuseAddress(true);
      server.bind(
          new InetSocketAddress(InetAddress.ofLiteral(args[1]), Integer.parseInt(args[2])), 100);
      say("serving");
      while (true) {
        try (Socket socket = server.accept()) {
          String seen = socket.getInetAddress().getHostAddress() + " " + socket.getPort() + "\n";
          socket.getOutputStream().write(seen.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static void client(String[] args) throws IOException {
    for (int i = 3; i < args.length; i++) {
      try (Socket socket = new Socket()) {
        socket.setSoTimeout(10_000);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(args[1]), 0));
        socket.connect(
            new InetSocketAddress(InetAddress.ofLiteral(args[2]), Integer.parseInt(args[i])),
            5_000);
        String got =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        say(args[i] + " " + socket.getLocalPort() + " " + got);
      } catch (IOException failed) {
        say(args[i] + " failed " + failed.getMessage());
      }
    }
  }
}
