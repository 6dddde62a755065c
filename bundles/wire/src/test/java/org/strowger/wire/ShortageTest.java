package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.wire.Bench.settles;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all connections share gets short: nobody is lost, and nobody else suffers. */
@Timeout(180)
@SuppressWarnings("try") // closing is what is tested
class ShortageTest {
  private static final int SLOW = 1_000;

  private static void echo(Socket socket) throws IOException {
    socket.getOutputStream().write(7);
    assertEquals(7, socket.getInputStream().read());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void acceptingPausesBeforeDescriptorsRunOutAndNoClientIsLost(Transport transport)
      throws Exception {
    Bench.available(transport);
    AtomicReference<@Nullable SocketWire> wire = new AtomicReference<>();
    OpenFiles files =
        new OpenFiles(
            () -> {
              SocketWire started = wire.get();
              return 100 + (started == null ? 0 : 2L * started.live());
            },
            () -> 240);
    try (TestServer server = TestServer.echo();
        Bench bench =
            new Bench(transport, new TestDecider(server.address()), new Bounds(files, 1 << 20))) {
      wire.set(bench.wire);
      bench.wire.decideBy(bench.decider);
      bench.serve();
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        clients.add(bench.client());
      }
      Bench.await("paused", () -> bench.own(Contract.ACCEPT_PAUSES) == 1);
      Bench.await("told", () -> bench.decider.shortages.containsKey("fileDescriptors"));
      assertTrue(bench.wire.live() < 70, "the reserve is kept: " + bench.wire.live());
      assertFalse(bench.decider.shortages.getOrDefault("fileDescriptors", "").isEmpty());
      clients.sort(java.util.Comparator.comparing(c -> !taken(bench, c)));
      for (Socket client : clients) { // those in the backlog get their turn when others leave
        echo(client);
        client.close();
      }
      bench.awaitNothingLeft();
      settles(80, () -> bench.verdicts(Contract.ACCEPTED));
      Bench.await("eased", () -> "".equals(bench.decider.shortages.get("fileDescriptors")));
      try (Socket one = bench.client()) {
        echo(one);
      }
    }
  }

  private static boolean taken(Bench bench, Socket client) {
    return bench.wire.connections(java.util.Map.of(), 1_000).stream()
        .anyMatch(row -> client.getLocalSocketAddress().equals(row.get("client")));
  }

  @Test
  void reserveIsAPartOfTheLimitButNeverTooSmall() {
    assertEquals(64, ShortageWatch.reserve(1_024));
    assertEquals(1_000, ShortageWatch.reserve(20_000));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void thousandClientsThatNeverReadCostLittleAndDoNotHurtAFastOne(Transport transport)
      throws Exception {
    Bench.available(transport);
    Bounds bounds = new Bounds(OpenFiles.ofProcess(), 1 << 20);
    byte[] much = new byte[4 << 20];
    try (TestServer server =
            new TestServer(
                socket -> {
                  try (socket) {
                    for (int b = socket.getInputStream().read(); b >= 0; ) {
                      socket.getOutputStream().write(b == 1 ? much : new byte[] {(byte) b});
                      b = socket.getInputStream().read();
                    }
                  }
                });
        Bench bench = new Bench(transport, new TestDecider(server.address()), bounds)) {
      bench.wire.decideBy(bench.decider);
      bench.serve();
      long before = PlatformDependent.usedDirectMemory();
      List<Socket> slow = new ArrayList<>();
      try (Socket fast = bench.client()) {
        echo(fast);
        for (int i = 0; i < SLOW; i++) {
          Socket socket = new Socket();
          socket.setReceiveBufferSize(4_096);
          socket.connect(bench.address, 10_000);
          socket.getOutputStream().write(1);
          slow.add(socket);
        }
        Bench.await("budget spent", () -> bench.own(Contract.BUFFER_PAUSES) > SLOW / 4);
        Bench.await("told", () -> bench.decider.shortages.containsKey("buffers"));
        long worst = 0;
        for (int i = 0; i < 500; i++) {
          long from = System.nanoTime();
          echo(fast);
          worst = Math.max(worst, System.nanoTime() - from);
        }
        assertTrue(worst < 5_000_000_000L, "the fast one waited for " + worst + " ns");
        long held = bench.own(Contract.BUFFER_BYTES);
        assertTrue(held < (long) SLOW * (72 << 10), "held: " + held);
        long grown = PlatformDependent.usedDirectMemory() - before;
        assertTrue(grown < (long) SLOW * (96 << 10) + (32 << 20), "memory: " + grown);
      }
      for (Socket socket : slow) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
      bench.awaitNothingLeft();
      Bench.await("eased", () -> "".equals(bench.decider.shortages.get("buffers")));
    }
  }
}
