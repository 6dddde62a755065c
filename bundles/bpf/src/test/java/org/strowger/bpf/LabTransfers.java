package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Octets that go to a real server and back, and must come back as they went. */
final class LabTransfers implements AutoCloseable {
  static final int PORT = 80;
  static final int SCTP_DOWN = 80;
  static final int SCTP_UP = 81;

  /** More by so much are the ports of real servers whose packets are translated. */
  static final int TRANSLATED = 1_000;

  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int DATAGRAM = 1_200;
  private static final int DATAGRAMS = 60;

  private final LabStreet street;
  private final Path folder;
  private final List<Closeable> open = new ArrayList<>();

  LabTransfers(LabStreet street, Path folder) throws Exception {
    this.street = street;
    this.folder = folder;
    for (String real : LabStreet.REALS) {
      ServerSocket tcp = street.street().at(real, () -> new ServerSocket(PORT, 50));
      open.add(tcp);
      Thread.ofVirtual().start(() -> acceptAll(tcp));
      // One for each address: an answer has to come from the address that was asked.
      List<String> own = List.of("10.9.0.100", "10.9.0.102", "10.9.0." + LabStreet.last(real));
      for (String address : own) {
        InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(address), PORT);
        DatagramSocket udp = street.street().at(real, () -> new DatagramSocket(at));
        open.add(udp);
        Thread.ofVirtual().start(() -> answerAll(udp));
      }
    }
  }

  private static void acceptAll(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> sendBack(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void sendBack(Socket socket) {
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getInputStream().transferTo(socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException gone) {
      return; // the client misses it, and says so
    }
  }

  private static void answerAll(DatagramSocket socket) {
    byte[] room = new byte[65_536];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(room, room.length);
      try {
        socket.receive(packet);
        socket.send(packet);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static byte[] octets(int seed, int count) {
    byte[] octets = new byte[count];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  /** Two connections at once, so that each real server has one; there and back. */
  void tcp(String service, int count) throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int seed = i;
      Socket socket =
          street.street().at("client", () -> new Socket(InetAddress.ofLiteral(service), PORT));
      CompletableFuture<Void> done = new CompletableFuture<>();
      all.add(done);
      Thread.ofPlatform()
          .start(
              () -> {
                try (socket) {
                  tcp(socket, octets(seed, count));
                  done.complete(null);
                } catch (Throwable e) { // of whatever kind: it is the story's to report
                  done.completeExceptionally(e);
                }
              });
    }
    for (CompletableFuture<Void> each : all) {
      each.get(2L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static void tcp(Socket socket, byte[] sent) throws Exception {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    CompletableFuture<Void> written = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                OutputStream out = socket.getOutputStream();
                out.write(sent);
                socket.shutdownOutput();
                written.complete(null);
              } catch (IOException e) {
                written.completeExceptionally(e);
              }
            });
    InputStream in = socket.getInputStream();
    byte[] got = in.readNBytes(sent.length + 1); // with the end of the stream
    written.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    assertEquals(sent.length, got.length, "octets that came back by TCP");
    assertArrayEquals(sent, got);
  }

  /** Datagrams from two clients, each sent until it is answered, each answer as it was sent. */
  void udp(String service) throws Exception {
    for (int client = 0; client < 2; client++) {
      try (DatagramSocket socket = street.street().at("client", DatagramSocket::new)) {
        socket.connect(InetAddress.ofLiteral(service), PORT); // from elsewhere is no answer
        socket.setSoTimeout(1_000);
        for (int number = 0; number < DATAGRAMS; number++) {
          asked(socket, octets(1000 * client + number, DATAGRAM), number);
        }
      }
    }
  }

  private static void asked(DatagramSocket socket, byte[] sent, int number) throws IOException {
    ByteBuffer.wrap(sent).putInt(number);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    byte[] room = new byte[DATAGRAM + 1];
    SocketTimeoutException last = new SocketTimeoutException("never sent");
    while (System.nanoTime() < deadline) {
      socket.send(new DatagramPacket(sent, sent.length));
      try {
        DatagramPacket got = new DatagramPacket(room, room.length);
        do { // what was sent again is answered again
          socket.receive(got);
          assertEquals(sent.length, got.getLength(), "octets of an answer by UDP");
        } while (ByteBuffer.wrap(room).getInt() < number);
        assertArrayEquals(sent, Arrays.copyOf(room, got.getLength()));
        return;
      } catch (SocketTimeoutException lost) {
        last = lost;
      }
    }
    throw new AssertionError("datagram " + number + " was never answered", last);
  }

  /**
   * Real servers of SCTP at this address (of a, of b) send a file to whom connects to one port, and
   * keep what comes in at another. To be stopped by the street.
   */
  private List<Process> serveSctp(List<String> addresses, int more, Path body) throws Exception {
    List<Process> serving = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      String real = LabStreet.REALS.get(i);
      String own = addresses.get(i);
      String listen = own.contains(":") ? "SCTP6-LISTEN:" : "SCTP4-LISTEN:";
      String options = ",fork,reuseaddr,bind=" + bracketed(own);
      Path in = Files.createDirectories(incoming(own));
      String keep = "SYSTEM:cat > " + in + "/$SOCAT_PEERPORT";
      serving.add(
          street.start(
              real,
              "socat",
              "-U",
              listen + (SCTP_DOWN + more) + options,
              "OPEN:" + body + ",rdonly"));
      serving.add(street.start(real, "socat", "-u", listen + (SCTP_UP + more) + options, keep));
    }
    for (int i = 0; i < addresses.size(); i++) {
      int number = i;
      await("SCTP listens", () -> listening(LabStreet.REALS.get(number)) >= 2);
    }
    return serving;
  }

  private Path incoming(String own) {
    return folder.resolve("in-" + own.replace(':', '_'));
  }

  private static String bracketed(String address) {
    return address.contains(":") ? "[" + address + "]" : address;
  }

  private long listening(String real) throws Exception {
    Process process =
        new ProcessBuilder(
                "ip", "netns", "exec", street.street().name(real), "cat", "/proc/net/sctp/eps")
            .start();
    long lines;
    try (Stream<String> all = process.inputReader().lines()) {
      lines = all.count();
    }
    process.waitFor();
    return lines - 1;
  }

  /**
   * A file down and up again, twice, by real clients of SCTP from real servers of it.
   *
   * @param own the client's address
   * @param addresses of the real servers a and b
   * @param more 0, or {@link #TRANSLATED}
   */
  void sctp(String service, String own, List<String> addresses, int more, Path body)
      throws Exception {
    List<Process> serving = serveSctp(addresses, more, body);
    try {
      exchange(service, own, addresses, body);
    } finally {
      serving.forEach(street::stop);
    }
  }

  private void exchange(String service, String own, List<String> addresses, Path body)
      throws Exception {
    String connect = service.contains(":") ? "SCTP6-CONNECT:" : "SCTP4-CONNECT:";
    String at = connect + bracketed(service) + ":";
    String from = ",bind=" + bracketed(own);
    for (int i = 0; i < 2; i++) {
      Path got = folder.resolve("got");
      socat("socat", "-u", at + SCTP_DOWN + from, "CREATE:" + got);
      assertEquals(-1, Files.mismatch(body, got), "first octet that differs, down");
      Files.delete(got);
      socat("socat", "-u", "OPEN:" + body + ",rdonly", at + SCTP_UP + from);
      long size = Files.size(body);
      await("the upload has come", () -> arrived(addresses, size) != null);
      Path came = arrived(addresses, size);
      assertTrue(came != null);
      assertEquals(-1, Files.mismatch(body, came), "first octet that differs, up");
      Files.delete(came);
    }
  }

  private @Nullable Path arrived(List<String> addresses, long size) throws IOException {
    for (String each : addresses) {
      try (Stream<Path> files = Files.list(incoming(each))) {
        for (Path file : files.toList()) {
          if (Files.size(file) >= size) {
            return file;
          }
        }
      }
    }
    return null;
  }

  private void socat(String... words) throws Exception {
    Process process = street.start("client", words);
    assertTrue(process.waitFor(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS), "socat did not end in 60 s");
    assertEquals(0, process.exitValue(), "socat's exit code");
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "waited 60 s in vain: " + what);
      Thread.sleep(100);
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
