package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Virtual services of several ports, on every transport that this machine has. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class PortRangeTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** What the decider was told of connections, in their order. */
  private final List<Integer> ports = new CopyOnWriteArrayList<>();

  private static void available(Transport transport) {
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
  }

  /** The first of so many free ports in a row, below those that the kernel gives to clients. */
  private static int free(int count) throws IOException {
    for (int first = 20_000 + (int) (ProcessHandle.current().pid() % 500) * 20; ; first += count) {
      List<ServerSocket> held = new ArrayList<>();
      try {
        for (int port = first; port < first + count; port++) {
          held.add(new ServerSocket(port, 1, LOOPBACK));
        }
        return first;
      } catch (IOException taken) {
        assertTrue(first < 32_000, "no free ports");
      } finally {
        for (ServerSocket each : held) {
          each.close();
        }
      }
    }
  }

  private static SocketWire wire(Transport transport, Decider decider) {
    SocketWire wire = new SocketWire(transport, 2, SocketWire.Books.empty(), () -> {});
    wire.decideBy(decider);
    return wire;
  }

  private static Map<String, Object> sip(int first, int last) {
    return Map.of(
        Contract.NAME,
        "sip",
        Contract.ADDRESS,
        new InetSocketAddress(LOOPBACK, first),
        Contract.LAST_PORT,
        last);
  }

  private static void serve(SocketWire wire, int first, int last) {
    wire.apply(List.of(sip(first, last)));
    Bench.await("listening on " + first + "-" + last, () -> "".equals(listening(wire)));
  }

  private static String listening(SocketWire wire) {
    return wire.listening().getOrDefault("sip", "nothing known yet");
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(LOOPBACK, port), 10_000);
    return socket;
  }

  private static void echo(int port) throws IOException {
    try (Socket socket = connect(port)) {
      echo(socket);
    }
  }

  private static void echo(Socket socket) throws IOException {
    socket.getOutputStream().write(42);
    assertEquals(42, socket.getInputStream().read());
  }

  private static boolean refused(int port) {
    try (Socket socket = connect(port)) {
      return !socket.isConnected();
    } catch (ConnectException refused) {
      return true;
    } catch (SocketException closed) {
      return false; // the listening socket went while the connection waited in it: ask once more
    } catch (IOException other) {
      throw new java.io.UncheckedIOException(other);
    }
  }

  /** Sends everybody to one real server, and keeps what they were connected to. */
  public record Watching(TestDecider asked, List<Integer> ports) implements Decider {
    @Override
    public Object choose(
        String service,
        InetSocketAddress client,
        InetSocketAddress destination,
        Set<String> tried,
        int attempt,
        BiConsumer<String, List<?>> bind) {
      ports.add(destination.getPort());
      return asked.choose(service, client, destination, tried, attempt, bind);
    }

    @Override
    public void connectFailed(String service, String real, InetSocketAddress address, String why) {
      asked.connectFailed(service, real, address, why);
    }

    @Override
    public void listening(String service, String failure) {
      asked.listening(service, failure);
    }

    @Override
    public void shortage(String resource, String why) {
      asked.shortage(resource, why);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void eachPortIsListenedOnAndToldToTheDecider(Transport transport) throws Exception {
    available(transport);
    int first = free(11);
    try (TestServer server = TestServer.echo();
        SocketWire wire = wire(transport, new Watching(new TestDecider(server.address()), ports))) {
      serve(wire, first, first + 10);
      List<Integer> wanted = new ArrayList<>();
      for (int port = first; port <= first + 10; port++) {
        echo(port);
        wanted.add(port);
      }
      assertEquals(wanted, ports);
      assertTrue(refused(first + 11));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void editOfTheRangeTouchesOnlyThePortsThatChanged(Transport transport) throws Exception {
    available(transport);
    int first = free(21);
    try (TestServer server = TestServer.echo();
        SocketWire wire = wire(transport, new TestDecider(server.address()))) {
      serve(wire, first, first + 10);
      List<Object> before = sockets(wire);
      try (Socket held = connect(first + 10)) {
        echo(held);
        serve(wire, first, first + 20);
        Bench.await("the new ports", () -> !refused(first + 20));
        List<Object> after = sockets(wire);
        assertEquals(21, after.size());
        assertTrue(after.containsAll(before), "the same sockets listen");
        serve(wire, first + 5, first + 9);
        Bench.await("the old ports are closed", () -> refused(first) && refused(first + 10));
        assertEquals(5, sockets(wire).size());
        assertTrue(after.containsAll(sockets(wire)), "and still the same");
        echo(first + 5);
        echo(held);
        serve(wire, first + 7, first + 7);
        Bench.await("the others are closed", () -> refused(first + 5));
        Bench.await("one on each loop", () -> sockets(wire).size() == 2);
        for (int i = 0; i < 10; i++) {
          echo(first + 7);
        }
        echo(held);
      }
    }
  }

  private static List<Object> sockets(SocketWire wire) {
    return wire.listeningSockets("sip");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void portThatIsTakenIsNamedWhileTheOthersServe(Transport transport) throws Exception {
    available(transport);
    int first = free(8);
    try (TestServer server = TestServer.echo();
        ServerSocket one = new ServerSocket(first + 2, 1, LOOPBACK);
        SocketWire wire = wire(transport, new TestDecider(server.address()))) {
      try (ServerSocket two = new ServerSocket(first + 3, 1, LOOPBACK)) {
        wire.apply(List.of(sip(first, first + 7)));
        String wanted =
            "cannot listen on 127.0.0.1 ports "
                + (first + 2)
                + "-"
                + (first + 3)
                + ": Address already in use; the other 6 are listened on";
        Bench.await(wanted, () -> listening(wire).startsWith(wanted));
        echo(first);
        echo(first + 7);
        assertEquals(first + 3, two.getLocalPort());
      }
      String wanted =
          "cannot listen on 127.0.0.1 ports " + (first + 2) + ": Address already in use";
      Bench.await("one of them is free", () -> listening(wire).startsWith(wanted));
      echo(first + 3);
      one.close();
      Bench.await("all are free", () -> listening(wire).isEmpty());
      echo(first + 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void anotherWireTakesEachSocketWithItsPort(Transport transport) throws Exception {
    available(transport);
    int first = free(6);
    try (TestServer server = TestServer.echo();
        SocketWire one = wire(transport, new TestDecider(server.address()));
        SocketWire two = wire(transport, new Watching(new TestDecider(server.address()), ports))) {
      serve(one, first, first + 5);
      try (Socket held = connect(first + 1)) {
        echo(held);
        two.takeOverFrom(one);
        Bench.await("taken over", () -> "".equals(listening(two)));
        for (int port = first; port <= first + 5; port++) {
          echo(port);
        }
        // Until it has retired the old wire may accept, too; afterwards only the new one does.
        Bench.await("the old one keeps the held one only", () -> one.live() == 1);
        ports.clear();
        Thread.sleep(3 * Limits.RETIRE_MILLIS);
        for (int port = first; port <= first + 5; port++) {
          echo(port);
        }
        assertEquals(List.of(first, first + 1, first + 2, first + 3, first + 4, first + 5), ports);
        assertEquals(6, two.listeningSockets("sip").size());
        echo(held);
        serve(two, first, first + 1);
        Bench.await("closed", () -> refused(first + 5));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void wireAloneConnectsToThePortThatTheClientMeant(Transport transport) throws Exception {
    available(transport);
    int first = free(3);
    InetAddress real = InetAddress.ofLiteral("127.0.0.3");
    try (ServerSocket server = new ServerSocket(first + 1, 5, real);
        SocketWire wire = new SocketWire(transport, 2, SocketWire.Books.empty(), () -> {})) {
      wire.decideBy(new Nobody());
      wire.apply(
          List.of(
              Map.of(
                  Contract.NAME,
                  "sip",
                  Contract.ADDRESS,
                  new InetSocketAddress(LOOPBACK, first),
                  Contract.LAST_PORT,
                  first + 2,
                  Contract.REALS,
                  List.of(
                      Map.of(
                          Contract.ID,
                          "p/a",
                          Contract.ADDRESS,
                          new InetSocketAddress(real, 0),
                          Contract.WEIGHT,
                          1)))));
      Bench.await("listening", () -> "".equals(listening(wire)));
      server.setSoTimeout(20_000);
      try (Socket client = connect(first + 1);
          Socket accepted = server.accept()) {
        client.getOutputStream().write(7);
        assertEquals(7, accepted.getInputStream().read());
      }
    }
  }

  /** Knows no service. */
  public static final class Nobody implements Decider {
    @Override
    public @org.jspecify.annotations.Nullable Object choose(
        String service,
        InetSocketAddress client,
        InetSocketAddress destination,
        Set<String> tried,
        int attempt,
        BiConsumer<String, List<?>> bind) {
      return null;
    }

    @Override
    public void connectFailed(String service, String real, InetSocketAddress at, String why) {}

    @Override
    public void listening(String service, String failure) {}

    @Override
    public void shortage(String resource, String why) {}
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void allPortsOfTheWildcardAddressAreRefusedInOneSentence(Transport transport) throws Exception {
    available(transport);
    try (SocketWire wire = wire(transport, new TestDecider())) {
      wire.apply(
          List.of(
              Map.of(
                  Contract.NAME,
                  "sip",
                  Contract.ADDRESS,
                  new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 1),
                  Contract.LAST_PORT,
                  65_535)));
      Bench.await(
          "refused",
          () ->
              listening(wire)
                  .startsWith(
                      "cannot listen on 0.0.0.0 ports 1-65535: 65535 ports are more than the 1024"
                          + " that are bound one by one"));
      assertThrows(IllegalArgumentException.class, () -> wire.apply(List.of(sip(20, 10))));
      assertThrows(ConnectException.class, () -> connect(1).close());
    }
  }
}
