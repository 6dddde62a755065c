package org.strowger.syslog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Management.SyslogTarget;
import org.strowger.api.Severity;
import org.strowger.api.SyslogTransport;

class SyslogTest {
  private static final Instant NOW = Instant.parse("2026-11-23T03:00:00.123456Z");
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path state;

  private static DirectorEvent raised(long sequence, String text) {
    return new DirectorEvent.AlarmRaised(
        Alarm.raised(
            1, AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, text, NOW, sequence));
  }

  private static Message message(long sequence) {
    return Message.of(raised(sequence, "refused " + sequence), NOW).orElseThrow();
  }

  private static SyslogTarget target(SyslogTransport transport, int port, Path trust) {
    return new SyslogTarget(
        "log", InetAddress.getLoopbackAddress(), port, transport, 16, Optional.ofNullable(trust));
  }

  private Sender sender(SyslogTarget target) {
    Sender sender = new Sender(target, () -> Wires.open(target, state), "lab 1");
    sender.start();
    return sender;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain");
      Thread.sleep(5);
    }
  }

  @Test
  void anAlarmIsAMessageOfBothStandards() {
    String line =
        new String(
            Message.of(raised(41, "said \"no\" ]\nagain"), NOW).orElseThrow().octets(16, "lab 1"),
            StandardCharsets.UTF_8);
    String pid = Long.toString(ProcessHandle.current().pid());
    assertEquals(
        "<131>1 2026-11-23T03:00:00.123456Z lab_1 strowger "
            + pid
            + " alarmRaise [alarm resource=\"pool=web,real=a\" probableCause=\"22\""
            + " perceivedSeverity=\"minor\" eventType=\"2\"][stg@32473 sequence=\"41\""
            + " type=\"realDown\" index=\"1\" raised=\"2026-11-23T03:00:00.123456Z\"]"
            + " \uFEFFsaid \"no\" ] again",
        line);
  }

  @Test
  void whatStandsInAValueCannotEndIt() {
    Alarm alarm =
        Alarm.raised(1, AlarmType.BUNDLE_FAILED, "bundle=a\"]\\b", Severity.MAJOR, "x", NOW, 1);
    String line =
        new String(
            Message.of(new DirectorEvent.AlarmCleared(alarm), NOW).orElseThrow().octets(1, ""),
            StandardCharsets.UTF_8);
    assertTrue(line.contains("resource=\"bundle=a\\\"\\]\\\\b\""), line);
    assertTrue(line.startsWith("<13>1 "), line);
    assertTrue(line.contains(" - strowger "), line);
  }

  @Test
  void datagramsCarryOneMessageEach() throws Exception {
    try (DatagramSocket server =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      server.setSoTimeout(30_000);
      Sender sender = sender(target(SyslogTransport.UDP, server.getLocalPort(), null));
      sender.offer(message(1));
      sender.offer(message(2));
      for (int i = 1; i <= 2; i++) {
        DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
        server.receive(packet);
        String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        assertTrue(text.endsWith("refused " + i), text);
      }
      sender.stop();
    }
  }

  /** Messages by octet counting, until the end. */
  private static List<String> read(Socket client) throws IOException {
    List<String> messages = new ArrayList<>();
    InputStream in = client.getInputStream();
    while (true) {
      int length = 0;
      int c = in.read();
      while (c >= '0' && c <= '9') {
        length = 10 * length + c - '0';
        c = in.read();
      }
      if (c < 0) {
        return messages;
      }
      assertEquals(' ', c);
      messages.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }
  }

  @Test
  void duringAnOutageMessagesWaitInOrderAndTheOldestAreDroppedAndCounted() throws Exception {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    SyslogTarget target = target(SyslogTransport.TCP, server.getLocalPort(), null);
    AtomicBoolean away = new AtomicBoolean(true);
    Sender sender =
        new Sender(
            target,
            () -> {
              if (away.get()) {
                throw new IOException("Connection refused");
              }
              return Wires.open(target, state);
            },
            "lab 1");
    sender.start();
    for (int i = 1; i <= Sender.QUEUE_LIMIT + 10; i++) {
      sender.offer(message(i));
    }
    await(() -> sender.problem().isPresent());
    assertEquals(10, sender.dropped());
    List<String> received = new CopyOnWriteArrayList<>();
    away.set(false);
    try (server) {
      server.setSoTimeout(60_000);
      Socket client = server.accept();
      Thread reader =
          Thread.startVirtualThread(
              () -> {
                try {
                  received.addAll(read(client));
                } catch (IOException e) {
                  received.add("failed: " + e);
                }
              });
      await(() -> sender.sent() == Sender.QUEUE_LIMIT);
      await(() -> sender.problem().isEmpty());
      sender.stop();
      assertTrue(reader.join(java.time.Duration.ofSeconds(30)));
      client.close();
    }
    assertEquals(Sender.QUEUE_LIMIT, received.size());
    assertTrue(received.getFirst().endsWith("refused 11"), received.getFirst());
    assertTrue(received.getLast().endsWith("refused " + (Sender.QUEUE_LIMIT + 10)));
  }

  @Test
  void aServerThatTakesNothingIsAProblemOnceTooManyWait() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    Sender sender =
        new Sender(
            target(SyslogTransport.TCP, 514, state.resolve("none")),
            () ->
                new Wire() {
                  @Override
                  public void send(byte[] message) throws IOException {
                    try {
                      taken.await();
                    } catch (InterruptedException e) {
                      throw new IOException(e);
                    }
                  }

                  @Override
                  public void close() {}
                },
            "lab 1");
    sender.start();
    for (int i = 1; i <= Sender.QUEUE_LIMIT; i++) {
      sender.offer(message(i));
    }
    assertTrue(sender.problem().isEmpty());
    sender.offer(message(0));
    assertTrue(sender.problem().orElse("").contains("takes none"), sender.problem().toString());
    taken.countDown();
    await(() -> sender.problem().isEmpty());
    sender.stop();
  }

  @Test
  void aFaultOfOursDoesNotEndTheSender() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    List<String> sent = new CopyOnWriteArrayList<>();
    Sender sender =
        new Sender(
            target(SyslogTransport.TCP, 514, state.resolve("none")),
            () -> {
              if (broken.getAndSet(false)) {
                throw new IllegalStateException("a fault");
              }
              return new Wire() {
                @Override
                public void send(byte[] message) {
                  sent.add(new String(message, StandardCharsets.UTF_8));
                }

                @Override
                public void close() {}
              };
            },
            "lab 1");
    sender.start();
    sender.offer(message(1));
    await(() -> sent.size() == 1);
    sender.stop();
  }

  @Test
  void overTlsOnlyATrustedServerIsTold() throws Exception {
    Path store = certificate("server");
    Path trusted = pem(store, "server.pem");
    Path other = pem(certificate("other"), "other.pem");
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(store.toFile(), PASSWORD), PASSWORD);
    context.init(keys.getKeyManagers(), null, null);
    List<String> received = new CopyOnWriteArrayList<>();
    try (ServerSocket server =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> serve(server, received));
      Sender wary = sender(target(SyslogTransport.TLS, server.getLocalPort(), other));
      wary.offer(message(1));
      await(() -> wary.problem().isPresent());
      assertEquals(0, wary.sent());
      wary.stop();
      Sender sender = sender(target(SyslogTransport.TLS, server.getLocalPort(), trusted));
      sender.offer(message(2));
      await(() -> sender.sent() == 1);
      sender.stop();
      await(() -> received.stream().anyMatch(line -> line.endsWith("refused 2")));
    }
    assertFalse(received.stream().anyMatch(line -> line.endsWith("refused 1")));
  }

  private static void serve(ServerSocket server, List<String> received) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        received.addAll(read(client));
      } catch (IOException e) {
        received.add("failed: " + e); // one that does not trust us, or the end
      }
    }
  }

  private Path certificate(String name) throws Exception {
    Path store = state.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(state.resolve("keytool.out").toFile())
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, keytool.exitValue(), Files.readString(state.resolve("keytool.out")));
    return store;
  }

  private Path pem(Path store, String file) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    byte[] der = keys.getCertificate(keys.aliases().nextElement()).getEncoded();
    String text =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END CERTIFICATE-----\n";
    return Files.writeString(state.resolve(file), text);
  }
}
