package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.wire.Bench.settles;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody stays for ever who has nothing to say: both ends are told by a reset. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class TimeoutsTest {
  private static Bench bench(Transport transport, TestServer server, String key, long millis) {
    Bench.available(transport);
    Bench bench = new Bench(transport, new TestDecider(server.address()));
    bench.keys.put(key, millis);
    bench.wire.decideBy(bench.decider);
    bench.serve();
    return bench;
  }

  private static void assertReset(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    SocketException reset =
        assertThrows(SocketException.class, () -> socket.getInputStream().read());
    assertTrue(reset.toString().contains("reset"), reset.toString());
  }

  private static void exchangeOne(Socket one, Socket other) throws IOException {
    one.getOutputStream().write(1);
    assertEquals(1, other.getInputStream().read());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void silentConnectionIsResetAtBothEndsNotEarlyAndNotLate(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.CLIENT_IDLE, 600L);
        Socket client = bench.client()) {
      Socket there = server.next();
      exchangeOne(client, there);
      long from = System.nanoTime();
      assertReset(client);
      long millis = (System.nanoTime() - from) / 1_000_000;
      assertTrue(millis >= 550, "too early: after " + millis + " ms");
      assertTrue(millis < 3_000, "too late: after " + millis + " ms");
      assertReset(there);
      bench.awaitNothingLeft();
      settles(1, () -> bench.count(Contract.TIMED_OUT));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void talkingConnectionIsLeftAlone(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.SERVER_IDLE, 2_000L);
        Socket client = bench.client()) {
      Socket there = server.next();
      for (int i = 0; i < 35; i++) { // only ever one way
        exchangeOne(client, there);
        Thread.sleep(100);
      }
      settles(0, () -> bench.count(Contract.TIMED_OUT));
      assertReset(client);
      settles(1, () -> bench.count(Contract.TIMED_OUT));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void clientThatDoesNotReadIsIdleAlthoughTheServerTalks(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.CLIENT_IDLE, 1_000L);
        Socket client = bench.client()) {
      Socket there = server.next();
      exchangeOne(client, there);
      assertThrows(SocketException.class, () -> flood(there));
      bench.awaitNothingLeft();
      settles(1, () -> bench.count(Contract.TIMED_OUT));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void serverThatDoesNotReadIsIdleAlthoughTheClientTalks(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.SERVER_IDLE, 1_000L);
        Socket client = bench.client()) {
      exchangeOne(client, server.next());
      assertThrows(SocketException.class, () -> flood(client));
      bench.awaitNothingLeft();
      settles(1, () -> bench.count(Contract.TIMED_OUT));
    }
  }

  private static void flood(Socket socket) throws IOException {
    byte[] chunk = new byte[1 << 16];
    for (int i = 0; i < 100_000; i++) {
      socket.getOutputStream().write(chunk);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void slowReaderIsNotIdle(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.CLIENT_IDLE, 1_500L);
        Socket client = bench.client()) {
      Socket there = server.next();
      exchangeOne(client, there);
      Thread talker = Thread.ofVirtual().start(() -> floodUntilClosed(there));
      Bench.await("stuck", () -> bench.own(Contract.BUFFER_BYTES) > 0);
      long until = System.nanoTime() + 4_000_000_000L;
      while (System.nanoTime() < until) {
        // A whole kernel buffer each time, so that the kernel lets the other side send again.
        client.getInputStream().readNBytes(3 << 20);
        Thread.sleep(200);
      }
      settles(0, () -> bench.count(Contract.TIMED_OUT));
      client.close();
      talker.join();
      bench.awaitNothingLeft();
    }
  }

  private static void floodUntilClosed(Socket socket) {
    try {
      flood(socket);
    } catch (IOException expected) {
      // The client has left.
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void halfClosedConnectionDoesNotWaitForEver(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.HALF_CLOSED, 500L);
        Socket client = bench.client()) {
      Socket there = server.next();
      exchangeOne(client, there);
      client.shutdownOutput();
      assertEquals(-1, there.getInputStream().read());
      assertReset(client);
      assertThrows(SocketException.class, () -> flood(there));
      bench.awaitNothingLeft();
      settles(1, () -> bench.count(Contract.TIMED_OUT));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void editedTimeIsThatOfLiveConnectionsToo(Transport transport) throws Exception {
    try (TestServer server = TestServer.silent();
        Bench bench = bench(transport, server, Contract.CLIENT_IDLE, 3_600_000L);
        Socket client = bench.client()) {
      exchangeOne(client, server.next());
      long from = System.nanoTime();
      bench.edit(Contract.CLIENT_IDLE, 300L);
      assertReset(client);
      assertTrue(System.nanoTime() - from < 5_000_000_000L);
    }
  }
}
