package org.strowger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacedLoadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void aServerWithAKnownDelayHasThatLatency() throws Exception {
    try (SlowServer server = new SlowServer(40)) {
      PacedLoad.Outcome outcome =
          new PacedLoad(List.of(server.target()), 50, Duration.ofSeconds(1), PATIENCE)
              .newConnections();
      assertEquals(50, outcome.latencies().count());
      assertEquals(0, outcome.failed() + outcome.hung());
      assertTrue(outcome.latencies().millis(0.02) >= 40, "nobody is answered sooner");
      // The least of fifty: noise makes others later, hardly all of them.
      double least = outcome.latencies().millis(0.02);
      assertTrue(least < 140, "measured much more than the server takes: " + least);
    }
  }

  @Test
  void keptConnectionsSeeTheSameDelay() throws Exception {
    try (SlowServer server = new SlowServer(20)) {
      PacedLoad.Outcome outcome =
          new PacedLoad(List.of(server.target()), 200, Duration.ofSeconds(1), PATIENCE)
              .keptConnections();
      assertEquals(200, outcome.latencies().count());
      assertTrue(outcome.latencies().millis(0.005) >= 20);
    }
  }

  @Test
  void aStallIsSeenByAllRequestsPlannedMeanwhile() throws Exception {
    try (SlowServer server = new SlowServer(0)) {
      server.stall(1_000);
      PacedLoad.Outcome kept =
          new PacedLoad(List.of(server.target()), 1_000, Duration.ofSeconds(2), PATIENCE)
              .keptConnections();
      // A load that waits for answers would have 32 late ones of 2,000, and a good 99th percentile.
      assertEquals(2_000, kept.latencies().count());
      assertTrue(kept.latencies().millis(0.75) > 100, "p75 " + kept.latencies().millis(0.75));
    }
  }

  @Test
  void whoIsNeverAnsweredHangsAndIsNoLatency() throws Exception {
    try (SlowServer server = new SlowServer(0)) {
      server.fallSilent();
      PacedLoad.Outcome outcome =
          new PacedLoad(
                  List.of(server.target()), 20, Duration.ofMillis(500), Duration.ofMillis(300))
              .newConnections();
      assertEquals(0, outcome.latencies().count());
      assertEquals(10, outcome.hung());
      assertTrue(Double.isNaN(outcome.latencies().millis(0.5)));
    }
  }

  @Test
  void whoIsRefusedFails() throws Exception {
    Target nobody = nobody();
    PacedLoad.Outcome fresh =
        new PacedLoad(List.of(nobody), 20, Duration.ofMillis(500), PATIENCE).newConnections();
    assertEquals(10, fresh.failed());
    PacedLoad.Outcome kept =
        new PacedLoad(List.of(nobody), 100, Duration.ofMillis(500), PATIENCE).keptConnections();
    assertEquals(50, kept.failed());
    assertEquals(0, kept.hung());
  }

  private static Target nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Target("127.0.0.1", socket.getLocalPort());
    }
  }
}
