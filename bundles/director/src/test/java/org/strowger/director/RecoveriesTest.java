package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.api.Configuration;
import org.strowger.api.OperState;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;

/** Slow start as states show it. */
final class RecoveriesTest {
  private static final RealServerId A = new RealServerId("web", "a");
  private static final long SECOND = 1_000_000_000L;

  private final Recoveries recoveries = new Recoveries();

  private static Configuration wanted(long port) {
    return ConfigurationReader.read(
        Map.of(
            "pools",
            Map.of(
                "web",
                Map.of(
                    "slowStart",
                    "100s",
                    "realServers",
                    Map.of("a", Map.of("address", "127.0.0.1", "port", port, "weight", 50L))))));
  }

  private Map<RealServerId, Integer> after(long seconds, boolean down) {
    return recoveries.follow(
        wanted(80), down ? Set.of(A) : Set.of(), real -> real, seconds * SECOND);
  }

  @Test
  void oneThatCameBackFromBeingDownGetsItsWeightInSteps() {
    assertEquals(Map.of(), after(0, false), "not when the director starts");
    assertEquals(Map.of(), after(1, true));
    assertEquals(Map.of(A, 5), after(10, false));
    assertEquals(10 * SECOND, recoveries.nanosUntilStep(wanted(80), 10 * SECOND));
    assertEquals(Map.of(A, 25), after(60, false));
    assertEquals(Map.of(), after(110, false));
    assertEquals(Long.MAX_VALUE, recoveries.nanosUntilStep(wanted(80), 110 * SECOND));
  }

  @Test
  void oneThatFailsAgainBeginsAnew() {
    after(1, true);
    after(10, false);
    after(60, true);
    assertEquals(Map.of(A, 5), after(70, false));
  }

  @Test
  void oneThatWasGivenAnotherAddressBeginsWithItsWholeWeight() {
    after(1, true);
    assertEquals(Map.of(), recoveries.follow(wanted(81), Set.of(), real -> real, 10 * SECOND));
  }

  @Test
  void theStateShowsTheWeightOfTheMoment() {
    Observation.Evidence evidence =
        new Observation.Evidence(Map.of(), Map.of(A, 5), Map.of(), Set.of(), Set.of());
    RealServerState state =
        Observation.derive(wanted(80), evidence, Observation.NONE, Instant.EPOCH)
            .realServers()
            .get(A);
    assertEquals(5, state.operWeight());
    assertEquals(OperState.UP, state.operState());
    assertEquals(Reason.WARMUP, state.reason());
    assertEquals("slow start: weight 5 of 50", state.reasonText());
  }
}
