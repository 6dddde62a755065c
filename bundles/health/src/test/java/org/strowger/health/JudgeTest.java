package org.strowger.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.strowger.api.AdminState;
import org.strowger.api.CheckResult;
import org.strowger.api.HealthCheck;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;

/** Rise, fall and cadence. */
class JudgeTest {
  private static final Duration LATENCY = Duration.ofMillis(3);

  private static final HealthCheck CHECK =
      new HealthCheck(
          "c",
          "tcp",
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          2,
          3,
          Optional.empty(),
          0,
          Optional.empty(),
          Map.of());

  private Instant now = Instant.EPOCH;
  private ProbeState state = ProbeState.pending(now);

  private ProbeVerdict look(boolean passes) {
    return look(passes ? CheckResult.passed("open") : CheckResult.failed("refused"));
  }

  private ProbeVerdict look(CheckResult result) {
    now = now.plusSeconds(1);
    state = Judge.judged(CHECK, state, result, now, LATENCY);
    return state.verdict();
  }

  private long delay() {
    return Judge.delay(CHECK, state).toSeconds();
  }

  @Test
  void theFirstVerdictNeedsAsManyResultsAsAnyOther() {
    assertEquals(ProbeVerdict.PENDING, look(true));
    assertEquals(ProbeVerdict.PASSED, look(true));
    assertEquals(0, state.transitions(), "the first verdict is no change");
    assertEquals(now, state.lastChange());
  }

  @Test
  void onlyFallMissesInARowFailAndOnlyRisePassesInARowPass() {
    look(true);
    look(true);
    look(false);
    look(false);
    assertEquals(ProbeVerdict.PASSED, look(true), "two misses are not three");
    look(false);
    look(false);
    assertEquals(ProbeVerdict.FAILED, look(false));
    assertEquals(1, state.transitions());
    assertEquals(ProbeVerdict.FAILED, look(true));
    assertEquals(ProbeVerdict.FAILED, look(false));
    look(true);
    assertEquals(ProbeVerdict.PASSED, look(true));
    assertEquals(2, state.transitions());
    assertEquals(12, state.looks());
    assertEquals(6, state.failures());
  }

  @Test
  void theCadenceFollowsTheState() {
    look(true);
    assertEquals(1, delay(), "rising");
    look(true);
    assertEquals(10, delay(), "up");
    look(false);
    assertEquals(2, delay(), "retry after the first miss");
    look(false);
    look(false);
    assertEquals(4, delay(), "down");
    look(false);
    assertEquals(8, delay(), "backing off");
    look(false);
    assertEquals(16, delay());
    look(false);
    assertEquals(30, delay(), "longestInterval");
    for (int i = 0; i < 100; i++) {
      look(false);
    }
    assertEquals(30, delay());
    look(true);
    assertEquals(1, delay(), "rising again");
  }

  @Test
  void aFaultIsNoEvidenceAndIsToldAfterThree() {
    look(true);
    look(true);
    look(false);
    look(false);
    ProbeState before = state;
    state = Judge.faulted(state, "threw", 1);
    state = Judge.faulted(state, "threw", 2);
    assertEquals(before.verdict(), state.verdict());
    assertEquals(before.history(), state.history());
    assertFalse(Judge.decides(before, state), "not yet");
    state = Judge.faulted(state, "threw", 3);
    assertTrue(Judge.decides(before, state));
    assertEquals(3, state.faults());
    assertEquals(before.looks(), state.looks());
    assertEquals(ProbeVerdict.FAILED, look(false), "the streak of misses goes on");
    assertEquals("", state.faultText());
  }

  @Test
  void theLastFiftyResultsAreKeptTheNewestFirst() {
    for (int i = 0; i < 60; i++) {
      look(CheckResult.passed("look " + i));
    }
    assertEquals(50, state.history().size());
    assertEquals("look 59", state.history().getFirst().text());
    assertEquals("look 10", state.history().getLast().text());
    assertEquals(LATENCY, state.history().getFirst().latency());
  }

  @Test
  void whatAnAgentAsksForStandsUntilItSaysOtherwise() {
    look(CheckResult.passed("half").withWeight(50).withWanted(AdminState.DRAIN));
    ProbeState asked = state;
    look(false);
    assertEquals(OptionalInt.of(50), state.weight(), "a miss says nothing about it");
    assertEquals(Optional.of(AdminState.DRAIN), state.wanted());
    look(true);
    assertEquals(OptionalInt.empty(), state.weight());
    assertEquals(Optional.empty(), state.wanted());
    assertTrue(Judge.decides(asked, state));
  }
}
