package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.wire.Bench.settles;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that wait for a place on a real server. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class WaitingTest {
  private static Bench bench(Transport transport, PlacesDecider decider, int room, long millis) {
    Bench.available(transport);
    Bench bench = new Bench(transport, decider);
    bench.keys.put(Contract.QUEUE_SIZE, room);
    bench.keys.put(Contract.QUEUE_TIMEOUT, millis);
    bench.wire.decideBy(decider);
    bench.serve();
    return bench;
  }

  private static List<Socket> waiting(Bench bench, int count) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long before = bench.count(Contract.WAITING);
      sockets.add(bench.client());
      Bench.await("waits", () -> bench.count(Contract.WAITING) == before + 1);
    }
    return sockets;
  }

  private static Socket served(Bench bench) throws IOException {
    Socket socket = bench.client();
    echo(socket);
    return socket;
  }

  private static void echo(Socket socket) throws IOException {
    socket.getOutputStream().write(7);
    assertEquals(7, socket.getInputStream().read());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void theyAreServedInTheOrderOfTheirArrivalOverAllLoops(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo()) {
      PlacesDecider decider = new PlacesDecider(1, server.address());
      try (Bench bench = bench(transport, decider, 100, 60_000)) {
        Socket before = served(bench);
        List<Socket> line = waiting(bench, 24);
        assertEquals(24, bench.wire.connections(Map.of("state", "waiting"), 100).size());
        List<InetSocketAddress> expected = new ArrayList<>();
        expected.add((InetSocketAddress) before.getLocalSocketAddress());
        for (Socket socket : line) {
          expected.add((InetSocketAddress) socket.getLocalSocketAddress());
          before.close();
          echo(socket);
          before = socket;
        }
        before.close();
        bench.awaitNothingLeft();
        assertEquals(expected, decider.served);
        settles(24, () -> bench.count(Contract.WAITED_TOTAL));
        assertEquals(0, decider.tally.get(Contract.TALLY_HELD));
        assertEquals(25, decider.attempts.stream().filter(a -> (a & Contract.FIRST) != 0).count());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void severalPlacesAtOnceServeSeveral(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo()) {
      PlacesDecider decider = new PlacesDecider(0, server.address());
      try (Bench bench = bench(transport, decider, 100, 60_000)) {
        List<Socket> line = waiting(bench, 10);
        decider.places = 10; // such as a limit that was raised
        bench.edit(Contract.CONNECT_TRIES, 2);
        for (Socket socket : line) {
          echo(socket);
          socket.close();
        }
        bench.awaitNothingLeft();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void noRoomAndADeadlineAreVerdicts(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo()) {
      PlacesDecider decider = new PlacesDecider(1, server.address());
      try (Bench bench = bench(transport, decider, 2, 1_500)) {
        Socket one = served(bench);
        List<Socket> line = waiting(bench, 2);
        assertThrows(SocketException.class, () -> readOf(bench));
        settles(1, () -> bench.verdicts(Contract.QUEUE_FULL));
        for (Socket socket : line) {
          assertThrows(SocketException.class, () -> socket.getInputStream().read());
        }
        settles(2, () -> bench.verdicts(Contract.QUEUE_EXPIRED));
        settles(0, () -> bench.count(Contract.WAITING));
        echo(one);
        one.close();
        bench.awaitNothingLeft();
      }
    }
  }

  private static int readOf(Bench bench) throws IOException {
    try (Socket socket = bench.client()) {
      return socket.getInputStream().read();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void atTheDeadlineItMayStillBeGivenAway(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo();
        TestServer backup = TestServer.named("backup")) {
      PlacesDecider decider = new PlacesDecider(0, server.address());
      Decider withBackup = new BackupDecider(decider, backup.address());
      try (Bench bench = bench(transport, decider, 5, 300)) {
        bench.wire.decideBy(withBackup);
        try (Socket client = bench.client()) {
          assertEquals("backup", new String(client.getInputStream().readAllBytes(), UTF_8));
        }
        Bench.await("gone", () -> bench.wire.live() == 0);
        settles(1, () -> bench.count(Contract.WAITED_TOTAL));
        settles(1, () -> bench.verdicts(Contract.ACCEPTED));
      }
    }
  }

  /** Who must not wait any more goes to a backup. */
  public record BackupDecider(Decider normal, InetSocketAddress backup) implements Decider {
    @Override
    public Object choose(
        String service,
        InetSocketAddress client,
        InetSocketAddress destination,
        java.util.Set<String> tried,
        int attempt,
        java.util.function.BiConsumer<String, List<?>> bind) {
      if ((attempt & Contract.MAY_WAIT) == 0) {
        bind.accept("backup/a", List.of());
        return Map.entry("backup/a", backup);
      }
      return normal.choose(service, client, destination, tried, attempt, bind);
    }

    @Override
    public void connectFailed(String service, String real, InetSocketAddress at, String why) {
      normal.connectFailed(service, real, at, why);
    }

    @Override
    public void listening(String service, String failure) {
      normal.listening(service, failure);
    }

    @Override
    public void shortage(String resource, String why) {
      normal.shortage(resource, why);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void clientThatLeavesWaitsNoMore(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo()) {
      PlacesDecider decider = new PlacesDecider(1, server.address());
      try (Bench bench = bench(transport, decider, 3, 60_000)) {
        Socket one = served(bench);
        List<Socket> line = waiting(bench, 3);
        line.get(0).setSoLinger(true, 0);
        line.get(0).close();
        Bench.await("reset noticed", () -> bench.count(Contract.WAITING) == 2);
        line.get(1).close();
        Bench.await("close noticed", () -> bench.count(Contract.WAITING) == 1);
        settles(2, () -> bench.verdicts(Contract.CLIENT_GONE));
        one.close();
        echo(line.get(2));
        line.get(2).close();
        bench.awaitNothingLeft();
        assertEquals(List.of(), server.failures);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void whatItSaidWhileItWaitedArrives(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo()) {
      PlacesDecider decider = new PlacesDecider(1, server.address());
      try (Bench bench = bench(transport, decider, 3, 60_000)) {
        Socket one = served(bench);
        Socket two = waiting(bench, 1).getFirst();
        byte[] said = new byte[300_000];
        java.util.Arrays.fill(said, (byte) 3);
        Thread sender = Thread.ofVirtual().start(() -> write(two, said));
        Thread.sleep(100);
        assertTrue(bench.count(Contract.WAITING) == 1);
        one.close();
        assertEquals(said.length, two.getInputStream().readNBytes(said.length).length);
        sender.join();
        two.close();
        bench.awaitNothingLeft();
      }
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aThousandConnectionsShareFourPlacesAndNoneIsLost(Transport transport) throws Exception {
    try (TestServer server = TestServer.echo()) {
      PlacesDecider decider = new PlacesDecider(4, server.address());
      try (Bench bench = bench(transport, decider, 1_000, 60_000)) {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        for (int i = 0; i < 20; i++) {
          threads.add(
              Thread.ofVirtual()
                  .start(
                      () -> {
                        try {
                          for (int j = 0; j < 50; j++) {
                            try (Socket socket = bench.client()) {
                              echo(socket);
                            }
                          }
                        } catch (IOException | AssertionError e) {
                          failures.add(e);
                        }
                      }));
        }
        for (Thread thread : threads) {
          thread.join();
        }
        assertEquals(List.of(), failures);
        bench.awaitNothingLeft();
        settles(1_000, () -> bench.verdicts(Contract.ACCEPTED));
        assertEquals(0, decider.tally.get(Contract.TALLY_HELD));
        assertFalse(bench.count(Contract.WAITED_TOTAL) == 0, "some had to wait");
      }
    }
  }
}
