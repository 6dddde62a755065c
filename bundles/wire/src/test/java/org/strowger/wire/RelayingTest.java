package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.wire.Bench.settles;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections through the wire, on every transport that this machine has. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class RelayingTest {
  private static final int TEN_MB = 10_000_000;

  private static byte[] random(long seed) {
    byte[] bytes = new byte[TEN_MB];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void available(Transport transport) {
    String only = System.getProperty("strowger.test.transport", transport.word());
    assumeTrue(transport.word().equals(only), () -> "only " + only + " is asked for");
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
  }

  private static CompletableFuture<Void> send(Socket socket, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            socket.getOutputStream().write(bytes);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void tenMegabytesEachWayArriveWholeWhenTheClientEndsFirst(Transport transport) throws Exception {
    available(transport);
    byte[] up = random(1);
    byte[] down = random(2);
    CompletableFuture<byte[]> got = new CompletableFuture<>();
    try (TestServer server =
            new TestServer(
                socket -> {
                  got.complete(socket.getInputStream().readAllBytes());
                  socket.getOutputStream().write(down);
                  socket.close();
                });
        Bench bench = Bench.of(transport, server.address());
        Socket client = bench.client()) {
      client.getOutputStream().write(up);
      client.shutdownOutput();
      assertArrayEquals(down, client.getInputStream().readAllBytes());
      assertArrayEquals(up, got.get(20, TimeUnit.SECONDS));
      client.close();
      Bench.await("table empty", () -> bench.wire.live() == 0);
      settles(TEN_MB, () -> bench.count(Contract.SERVICE_BYTES_IN));
      settles(TEN_MB, () -> bench.real("p/a", Contract.REAL_BYTES_OUT));
      settles(0, () -> bench.real("p/a", Contract.ACTIVE));
      settles(0, () -> bench.real("p/a", Contract.INACTIVE));
      settles(1, () -> bench.verdicts(Contract.ACCEPTED));
      assertEquals(List.of(), server.failures);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void tenMegabytesEachWayArriveWholeWhenTheServerEndsFirst(Transport transport) throws Exception {
    available(transport);
    byte[] up = random(3);
    byte[] down = random(4);
    CompletableFuture<byte[]> got = new CompletableFuture<>();
    try (TestServer server =
            new TestServer(
                socket -> {
                  socket.getOutputStream().write(down);
                  socket.shutdownOutput();
                  got.complete(socket.getInputStream().readAllBytes());
                  socket.close();
                });
        Bench bench = Bench.of(transport, server.address());
        Socket client = bench.client()) {
      assertArrayEquals(down, client.getInputStream().readAllBytes());
      settles(1, () -> bench.real("p/a", Contract.INACTIVE), "half closed counts as inactive");
      client.getOutputStream().write(up);
      client.shutdownOutput();
      assertArrayEquals(up, got.get(20, TimeUnit.SECONDS));
      Bench.await("table empty", () -> bench.wire.live() == 0);
      assertEquals(List.of(), server.failures);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void bothWaysAtOnceAreNotMixedUp(Transport transport) throws Exception {
    available(transport);
    byte[] up = random(5);
    byte[] down = random(6);
    CompletableFuture<byte[]> got = new CompletableFuture<>();
    try (TestServer server =
            new TestServer(
                socket -> {
                  var sent = send(socket, down);
                  got.complete(socket.getInputStream().readNBytes(TEN_MB));
                  sent.get(20, TimeUnit.SECONDS);
                  socket.close();
                });
        Bench bench = Bench.of(transport, server.address());
        Socket client = bench.client()) {
      var sent = send(client, up);
      assertArrayEquals(down, client.getInputStream().readNBytes(TEN_MB));
      assertArrayEquals(up, got.get(20, TimeUnit.SECONDS));
      sent.get(20, TimeUnit.SECONDS);
      assertEquals(-1, client.getInputStream().read());
    }
  }

  /**
   * The end of the handshake goes with the client's first bytes; where there are none it must not
   * wait for the kernel's timer of 200 ms, which for these connections were 30 s together.
   */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aRealServerThatSpeaksFirstIsNotKeptWaiting(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.named("first");
        Bench bench = Bench.of(transport, server.address())) {
      long start = System.nanoTime();
      for (int i = 0; i < 150; i++) {
        try (Socket client = bench.client()) {
          assertEquals("first", new String(client.getInputStream().readAllBytes(), UTF_8));
        }
      }
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(took < 20_000, () -> took + " ms for 150 connections");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void whatAClientSaysWithItsEndBeforeTheConnectIsNotLost(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<byte[]> got = new CompletableFuture<>();
    try (TestServer server =
            new TestServer(
                socket -> {
                  got.complete(socket.getInputStream().readAllBytes());
                  socket.close();
                });
        Bench bench = new Bench(transport, new TestDecider(server.address()))) {
      bench.serve(); // nobody decides yet: the connection waits
      try (Socket client = bench.client()) {
        client.getOutputStream().write("early".getBytes(UTF_8));
        client.shutdownOutput();
        Bench.await("parked", () -> bench.count(Contract.PARKED_TOTAL) == 1);
        Thread.sleep(50); // lets the loop see the end of the client's side
        bench.wire.decideBy(bench.decider);
        assertEquals("early", new String(got.get(20, TimeUnit.SECONDS), UTF_8));
        assertEquals(-1, client.getInputStream().read());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void resetOfTheClientResetsTheServer(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.silent();
        Bench bench = Bench.of(transport, server.address())) {
      Socket client = bench.client();
      client.getOutputStream().write(1);
      Socket there = server.next();
      assertEquals(1, there.getInputStream().read());
      client.setSoLinger(true, 0);
      client.close();
      there.setSoTimeout(20_000);
      SocketException reset =
          assertThrows(SocketException.class, () -> there.getInputStream().read());
      assertTrue(reset.toString().contains("reset"), reset.toString());
      Bench.await("table empty", () -> bench.wire.live() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void resetOfTheServerResetsTheClient(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.silent();
        Bench bench = Bench.of(transport, server.address());
        Socket client = bench.client()) {
      client.getOutputStream().write(1);
      Socket there = server.next();
      assertEquals(1, there.getInputStream().read());
      there.setSoLinger(true, 0);
      there.close();
      SocketException reset =
          assertThrows(SocketException.class, () -> client.getInputStream().read());
      assertTrue(reset.toString().contains("reset"), reset.toString());
      Bench.await("table empty", () -> bench.wire.live() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void clientThatNeverReadsCostsABoundedAmount(Transport transport) throws Exception {
    available(transport);
    CompletableFuture<Long> stuck = new CompletableFuture<>();
    try (TestServer server =
            new TestServer(
                socket -> {
                  OutputStream out = socket.getOutputStream();
                  byte[] chunk = new byte[1 << 16];
                  long[] sent = {0};
                  Thread.ofVirtual()
                      .start(
                          () -> {
                            long last = -1;
                            while (last != sent[0]) {
                              last = sent[0];
                              sleep(1_000);
                            }
                            stuck.complete(last);
                          });
                  while (true) {
                    out.write(chunk);
                    sent[0] += chunk.length;
                  }
                });
        Bench bench = Bench.of(transport, server.address())) {
      long before = PlatformDependent.usedDirectMemory();
      Socket client = bench.client();
      client.setReceiveBufferSize(1 << 16);
      client.getOutputStream().write(1);
      long sent = stuck.get(60, TimeUnit.SECONDS);
      long grown = PlatformDependent.usedDirectMemory() - before;
      // Kernel buffers (4 to 6 MiB a socket) and ours: far from what the server would send.
      assertTrue(sent < 64 << 20, "the server could send " + sent + " bytes");
      assertTrue(grown < 16 << 20, "buffers grew by " + grown + " bytes");
      client.setSoLinger(true, 0);
      client.close();
      Bench.await("table empty", () -> bench.wire.live() == 0);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void connectFailureTriesTheNextRealServer(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.named("b");
        Bench bench = Bench.of(transport, TestServer.nobody(), server.address())) {
      for (int i = 0; i < 4; i++) {
        try (Socket client = bench.client()) {
          assertEquals("b", new String(client.getInputStream().readAllBytes(), UTF_8));
        }
      }
      assertTrue(bench.decider.failed.contains("p/a"));
      settles(bench.decider.failed.size(), () -> bench.real("p/a", Contract.CONN_FAILURES));
      Bench.await("table empty", () -> bench.wire.live() == 0);
      settles(0, () -> bench.real("p/a", Contract.ACTIVE));
      settles(4, () -> bench.verdicts(Contract.ACCEPTED));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void allRealServersRefusingResetsTheClientAndIsCounted(Transport transport) throws Exception {
    available(transport);
    try (Bench bench =
        Bench.of(
            transport,
            TestServer.nobody(),
            TestServer.nobody(),
            TestServer.nobody(),
            TestServer.nobody())) {
      assertThrows( // the reset may come while the client still waits for the connect
          SocketException.class,
          () -> {
            try (Socket client = bench.client()) {
              client.getInputStream().read();
            }
          });
      Bench.await("verdict", () -> bench.verdicts(Contract.CONNECT_FAILED) == 1);
      assertEquals(3, bench.decider.failed.size(), "bounded tries");
      assertEquals(0, bench.wire.live());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void parkedConnectionsAreServedWhenADeciderComes(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.named("a");
        Bench bench = Bench.of(transport, server.address())) {
      bench.wire.undecide(bench.decider);
      Socket[] clients = new Socket[50];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = bench.client();
      }
      Bench.await("parked", () -> bench.count(Contract.PARKED_TOTAL) == clients.length);
      assertEquals(0, server.accepted.size());
      bench.wire.decideBy(bench.decider);
      for (Socket client : clients) {
        assertEquals("a", new String(client.getInputStream().readAllBytes(), UTF_8));
        client.close();
      }
      settles(0, () -> bench.count(Contract.CHOSEN_ALONE));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Transport.class, names = "NIO")
  void withoutADeciderTheWireDecidesAloneAfterTheDeadline(Transport transport) throws Exception {
    try (TestServer one = TestServer.named("a");
        TestServer two = TestServer.named("b");
        Bench bench = Bench.of(transport, one.address(), two.address())) {
      bench.wire.undecide(bench.decider);
      Socket[] clients = new Socket[8];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = bench.client();
      }
      int[] got = new int[2];
      for (Socket client : clients) {
        got[client.getInputStream().read() - 'a']++;
        client.close();
      }
      settles(8, () -> bench.count(Contract.CHOSEN_ALONE));
      assertTrue(got[0] >= 3 && got[1] >= 3, got[0] + " and " + got[1]);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void disconnectCutsWhatMatchesAndNothingElse(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.echo();
        Bench bench = Bench.of(transport, server.address(), server.address());
        Socket one = echoed(bench);
        Socket two = echoed(bench)) {
      var list = bench.wire.connections(Map.of(), 10);
      assertEquals(2, list.size());
      assertEquals(one.getLocalSocketAddress(), list.get(0).get("client"));
      assertEquals("established", list.get(0).get("state"));
      assertEquals(1L, list.get(0).get("bytesOut"));
      assertEquals(1, bench.wire.connections(Map.of("real", "p/b"), 10).size());
      assertEquals(1, bench.wire.connections(Map.of(), 1).size());
      assertEquals(0, bench.wire.disconnect(Map.of("service", "other")));
      assertEquals(1, bench.wire.disconnect(Map.of("real", "p/a")));
      assertThrows(SocketException.class, () -> one.getInputStream().read());
      two.getOutputStream().write(8);
      assertEquals(8, two.getInputStream().read());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void addressInUseIsToldAndServedOnceFree(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.named("a");
        TestServer squatter = TestServer.named("squatter");
        Bench bench = new Bench(transport, new TestDecider(server.address()))) {
      bench.wire.decideBy(bench.decider);
      bench.wire.apply(List.of(bench.service("web", squatter.address())));
      Bench.await("told", () -> bench.decider.told.getOrDefault("web", "").contains("in use"));
      String told = bench.decider.told.getOrDefault("web", "");
      assertTrue(told.contains(String.valueOf(squatter.address().getPort())), told);
      squatter.close();
      Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void unchangedServiceAndRenamedServiceKeepListening(Transport transport) throws Exception {
    available(transport);
    try (TestServer server = TestServer.echo();
        Bench bench = Bench.of(transport, server.address());
        Socket held = bench.client()) {
      held.getOutputStream().write(1);
      assertEquals(1, held.getInputStream().read());
      for (int i = 0; i < 20; i++) {
        bench.wire.apply(List.of(bench.service("web" + i % 2, bench.address)));
        try (Socket client = bench.client()) { // never refused
          client.getOutputStream().write(2);
          assertEquals(2, client.getInputStream().read());
        }
      }
      held.getOutputStream().write(3);
      assertEquals(3, held.getInputStream().read());
      bench.wire.apply(List.of());
      Bench.await("closed", () -> !connects(bench));
      held.getOutputStream().write(4);
      assertEquals(4, held.getInputStream().read(), "removal does not cut");
    }
  }

  private static Socket echoed(Bench bench) throws IOException {
    Socket socket = bench.client();
    socket.getOutputStream().write(7);
    assertEquals(7, socket.getInputStream().read());
    return socket;
  }

  private static boolean connects(Bench bench) {
    try (Socket socket = bench.client()) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }
}
