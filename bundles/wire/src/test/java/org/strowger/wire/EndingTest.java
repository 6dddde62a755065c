package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.wire.Bench.settles;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** How connections end, and what is counted of it. */
@Timeout(180)
@SuppressWarnings("try") // closing is what is tested
class EndingTest {
  private static Bench bench(Transport transport, InetSocketAddress... reals) {
    Bench.available(transport);
    return Bench.of(transport, reals);
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void assertReset(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    SocketException reset =
        assertThrows(SocketException.class, () -> socket.getInputStream().readAllBytes());
    assertTrue(reset.toString().contains("reset"), reset.toString());
  }

  private static Socket connected(Bench bench, TestServer server, List<Socket> there)
      throws Exception {
    Socket client = bench.client();
    client.getOutputStream().write(1);
    Socket other = server.next();
    assertEquals(1, other.getInputStream().read());
    there.add(other);
    return client;
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void resetsAreCountedForTheSideTheyCameFrom(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server.address())) {
      List<Socket> there = new ArrayList<>();
      reset(connected(bench, server, there));
      assertReset(there.getFirst());
      Bench.await("counted", () -> bench.count(Contract.RESET_BY_CLIENT) == 1);
      Socket two = connected(bench, server, there);
      reset(there.getLast());
      assertReset(two);
      Bench.await("counted", () -> bench.count(Contract.RESET_BY_REAL) == 1);
      settles(1, () -> bench.real("p/a", Contract.REAL_RESETS));
      settles(1, () -> bench.count(Contract.RESET_BY_CLIENT));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void wireIsClosedBeforeItsLoopsHaveTakenTheListeners(Transport transport) throws Exception {
    Bench.available(transport);
    ListAppender<ILoggingEvent> told = new ListAppender<>();
    Logger acceptors = (Logger) LoggerFactory.getLogger(Acceptor.class);
    told.start();
    acceptors.addAppender(told);
    try {
      for (int i = 0; i < 30; i++) {
        try (Bench bench = new Bench(transport, new TestDecider())) {
          bench.wire.decideBy(bench.decider);
          bench.wire.apply(List.of(bench.service("web", bench.address)));
        }
      }
    } finally {
      acceptors.detachAppender(told);
    }
    List<String> said = told.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertEquals(List.of(), said, "nobody accepts on a descriptor that is closed");
  }

  /**
   * Descriptors are used again: who still accepted on a closed one would take another's clients.
   */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void serviceRemovedBeforeItsLoopsHaveTakenTheListenersTakesNobody(Transport transport)
      throws Exception {
    try (TestServer server = TestServer.named("a");
        Bench bench = bench(transport, server.address())) {
      for (int i = 0; i < 40; i++) {
        InetSocketAddress first = Bench.freeAddress();
        Map<String, Object> brief = new HashMap<>(bench.service("brief", first));
        brief.put(Contract.LAST_PORT, Math.min(first.getPort() + 20, 65_535));
        bench.wire.apply(List.of(brief));
        bench.wire.apply(List.of());
      }
      bench.serve();
      for (int i = 0; i < 400; i++) {
        try (Socket client = bench.client()) {
          assertEquals("a", new String(client.getInputStream().readAllBytes(), UTF_8));
        }
      }
      settles(400, () -> bench.count(Contract.CONNS_TOTAL));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void resetsFromBothSidesAtOnceEndItOnce(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server.address())) {
      for (int i = 0; i < 50; i++) {
        List<Socket> there = new ArrayList<>();
        Socket client = connected(bench, server, there);
        Thread other = Thread.ofPlatform().start(() -> quietly(() -> reset(there.getFirst())));
        reset(client);
        other.join();
      }
      bench.awaitNothingLeft();
      settles(
          50, () -> bench.count(Contract.RESET_BY_CLIENT) + bench.count(Contract.RESET_BY_REAL));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void bothClosingAtOnceIsAnOrderlyEnd(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server.address())) {
      for (int i = 0; i < 50; i++) {
        List<Socket> there = new ArrayList<>();
        Socket client = connected(bench, server, there);
        Socket other = there.getFirst();
        Thread closing = Thread.ofPlatform().start(() -> quietly(other::shutdownOutput));
        client.shutdownOutput();
        closing.join();
        assertEquals(-1, client.getInputStream().read());
        assertEquals(-1, other.getInputStream().read());
        client.close();
        other.close();
      }
      bench.awaitNothingLeft();
      settles(0, () -> bench.count(Contract.RESET_BY_CLIENT) + bench.count(Contract.RESET_BY_REAL));
    }
  }

  private interface Act {
    void run() throws IOException;
  }

  private static void quietly(Act act) {
    try {
      act.run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void closeWithUnreadBytesIsPassedOnAsTheResetThatItIs(Transport transport) throws Exception {
    // Channels: the close of a Socket sends an orderly end before the reset.
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (Bench bench = bench(transport, (InetSocketAddress) server.getLocalAddress())) {
        SocketChannel client = SocketChannel.open(bench.address);
        SocketChannel real = server.accept();
        real.write(UTF_8.encode("unread"));
        Bench.await("it has arrived", () -> available(client.socket()) == 6);
        client.close();
        assertReset(real.socket());
        SocketChannel two = SocketChannel.open(bench.address);
        SocketChannel other = server.accept();
        two.write(UTF_8.encode("unread"));
        Bench.await("it has arrived", () -> available(other.socket()) == 6);
        other.close();
        assertReset(two.socket());
        bench.awaitNothingLeft();
        settles(1, () -> bench.count(Contract.RESET_BY_CLIENT));
        settles(1, () -> bench.count(Contract.RESET_BY_REAL));
      }
    }
  }

  private static int available(Socket socket) {
    try {
      return socket.getInputStream().available();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** An address that answers no SYN: its backlog is full. */
  private static final class Deaf implements AutoCloseable {
    private final List<Socket> filling = new ArrayList<>();
    private final ServerSocket listening;

    Deaf() throws IOException {
      listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      while (true) {
        Socket socket = new Socket();
        filling.add(socket);
        try {
          socket.connect(listening.getLocalSocketAddress(), 300);
        } catch (java.net.SocketTimeoutException full) {
          return;
        }
      }
    }

    InetSocketAddress address() {
      return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : filling) {
        socket.close();
      }
      listening.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void clientThatResetsWhileARealServerIsConnectedToIsGone(Transport transport) throws Exception {
    try (Deaf deaf = new Deaf();
        Bench bench = bench(transport, deaf.address())) {
      bench.edit(Contract.CONNECT_TIMEOUT, 60_000L);
      Socket client = bench.client();
      client.getOutputStream().write(1);
      Bench.await("connecting", () -> bench.real("p/a", Contract.ACTIVE) == 1);
      reset(client);
      bench.awaitNothingLeft();
      settles(1, () -> bench.verdicts(Contract.CLIENT_GONE));
      settles(0, () -> bench.real("p/a", Contract.CONN_FAILURES), "no evidence against it");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void clientThatClosedIsNotTriedOnTheNextRealServer(Transport transport) throws Exception {
    try (Deaf deaf = new Deaf();
        TestServer server = TestServer.silent();
        Bench bench = bench(transport, deaf.address(), server.address())) {
      bench.edit(Contract.CONNECT_TIMEOUT, 1_000L);
      bench.client().close();
      Bench.await("gone", () -> bench.verdicts(Contract.CLIENT_GONE) == 1);
      bench.awaitNothingLeft();
      assertEquals(0, server.accepted.size());
      settles(0, () -> bench.count(Contract.RETRIES));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void retriesAreCounted(Transport transport) throws Exception {
    try (TestServer server = TestServer.named("b");
        Bench bench = bench(transport, TestServer.nobody(), server.address())) {
      try (Socket client = bench.client()) {
        assertEquals("b", new String(client.getInputStream().readAllBytes(), UTF_8));
      }
      settles(1, () -> bench.count(Contract.RETRIES));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void latencyIsThatOfTheAnswers(Transport transport) throws Exception {
    try (TestServer server =
            new TestServer(
                socket -> {
                  for (int b = socket.getInputStream().read(); b >= 0; ) {
                    Thread.sleep(40);
                    socket.getOutputStream().write(b);
                    b = socket.getInputStream().read();
                  }
                  socket.close();
                });
        Bench bench = bench(transport, server.address());
        Socket client = bench.client()) {
      for (int i = 0; i < 40; i++) {
        client.getOutputStream().write(1);
        assertEquals(1, client.getInputStream().read());
      }
      long millis = bench.real("p/a", Contract.LATENCY) / 1_000_000;
      assertTrue(millis >= 35 && millis < 20_000, "smoothed: " + millis + " ms");
    }
  }

  /** A mixture of ends, many times: what goes up comes down. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void everythingIsBackAtZeroAfterManyShortConnections(Transport transport) throws Exception {
    int each = (Boolean.getBoolean("strowger.long") ? 100_000 : 5_000) / 8;
    try (TestServer server = new TestServer(EndingTest::echoWhateverComes);
        Bench bench = bench(transport, server.address(), TestServer.nobody())) {
      List<Thread> threads = new ArrayList<>();
      List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (int i = 0; i < 8; i++) {
        threads.add(Thread.ofVirtual().start(() -> shortOnes(bench, each, failures)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), failures);
      bench.awaitNothingLeft();
      settles(8L * each, () -> bench.count(Contract.CONNS_TOTAL));
      long retries = bench.count(Contract.RETRIES); // none for who has left already
      assertTrue(retries > 0 && retries <= bench.real("p/b", Contract.CONN_FAILURES));
    }
  }

  /** A refusal comes while connect waits, from other hosts always: what was opened is closed. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aRefusedConnectLeavesNoDescriptorBehind(Transport transport) throws Exception {
    try (TestServer server = new TestServer(EndingTest::echoWhateverComes);
        Bench bench = bench(transport, server.address(), TestServer.nobody())) {
      long before = descriptors();
      for (int i = 0; i < 400; i++) {
        shortOnes(bench, 1, new ArrayList<>());
      }
      Bench.await("refusals", () -> bench.real("p/b", Contract.CONN_FAILURES) >= 100);
      bench.awaitNothingLeft();
      // The JVM opens some of its own.
      Bench.await("descriptors closed", () -> descriptors() < before + 20);
    }
  }

  private static long descriptors() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void echoWhateverComes(Socket socket) throws IOException {
    try (socket) { // a client's reset must not leave a descriptor behind
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static void shortOnes(Bench bench, int count, List<Throwable> failures) {
    for (int i = 0; i < count && failures.isEmpty(); i++) {
      try (Socket socket = bench.client()) {
        if (i % 5 == 4) { // leaves at any moment
          socket.setSoLinger(i % 2 == 0, 0);
          continue;
        }
        socket.getOutputStream().write(7);
        assertEquals(7, socket.getInputStream().read());
        socket.setSoLinger(true, 0); // no TIME_WAIT: ports are few
      } catch (IOException | AssertionError e) {
        failures.add(e);
      }
    }
  }
}
