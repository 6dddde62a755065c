package org.strowger.health;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.strowger.api.AdminState;
import org.strowger.api.CheckResult;
import org.strowger.api.HealthCheck;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;

/** What a result makes of a probe, and when the next look is due: rise, fall, cadence. Pure. */
final class Judge {
  /** A streak is counted so far; more makes no difference. */
  private static final int MAX_STREAK = 1_000_000;

  /** {@code downInterval} doubles no more often than this. */
  private static final int MAX_DOUBLINGS = 24;

  private Judge() {}

  /** The state after a result. */
  static ProbeState judged(
      HealthCheck check, ProbeState before, CheckResult result, Instant now, Duration latency) {
    boolean goesOn = before.last().filter(l -> l.passed() == result.passed()).isPresent();
    int streak = goesOn ? Math.min(before.streak() + 1, MAX_STREAK) : 1;
    ProbeVerdict verdict = verdict(check, before.verdict(), result.passed(), streak);
    boolean changed = verdict != before.verdict();
    boolean tells = result.passed();
    OptionalInt weight = tells || result.weight().isPresent() ? result.weight() : before.weight();
    Optional<AdminState> wanted =
        tells || result.wanted().isPresent() ? result.wanted() : before.wanted();
    return new ProbeState(
        verdict,
        changed ? now : before.lastChange(),
        before.transitions() + (changed && before.verdict() != ProbeVerdict.PENDING ? 1 : 0),
        before.looks() + 1,
        before.failures() + (result.passed() ? 0 : 1),
        before.faults(),
        "",
        streak,
        weight,
        wanted,
        result.warning(),
        longer(
            before.history(),
            new ProbeState.Result(now, result.passed(), result.outcome(), latency, result.text())));
  }

  private static ProbeVerdict verdict(
      HealthCheck check, ProbeVerdict before, boolean passed, int streak) {
    if (streak < (passed ? check.rise() : check.fall())) {
      return before;
    }
    return passed ? ProbeVerdict.PASSED : ProbeVerdict.FAILED;
  }

  private static List<ProbeState.Result> longer(
      List<ProbeState.Result> history, ProbeState.Result newest) {
    List<ProbeState.Result> longer = new ArrayList<>(ProbeState.MAX_HISTORY);
    longer.add(newest);
    longer.addAll(history.subList(0, Math.min(history.size(), ProbeState.MAX_HISTORY - 1)));
    return longer;
  }

  /**
   * The state after a look without a result: no evidence, so that the verdict stands.
   *
   * @param inARow faults in a row with this one
   */
  static ProbeState faulted(ProbeState before, String text, int inARow) {
    return new ProbeState(
        before.verdict(),
        before.lastChange(),
        before.transitions(),
        before.looks(),
        before.failures(),
        before.faults() + 1,
        inARow >= ProbeState.FAULTS_IN_A_ROW ? text : before.faultText(),
        before.streak(),
        before.weight(),
        before.wanted(),
        before.warning(),
        before.history());
  }

  /** Time between the start of the last look and that of the next. */
  static Duration delay(HealthCheck check, ProbeState state) {
    boolean passed = state.last().map(ProbeState.Result::passed).orElse(true);
    return switch (state.verdict()) {
      case PENDING -> passed ? check.risingInterval() : check.retryInterval();
      case PASSED -> passed ? check.interval() : check.retryInterval();
      case FAILED -> passed ? check.risingInterval() : whileDown(check, state.streak());
    };
  }

  private static Duration whileDown(HealthCheck check, int streak) {
    int doublings = Math.clamp(streak - check.fall(), 0, MAX_DOUBLINGS);
    Duration longest = check.longestInterval();
    Duration grown = check.downInterval().multipliedBy(1L << doublings);
    Duration least = check.downInterval();
    return longest.compareTo(least) <= 0 ? least : grown.compareTo(longest) < 0 ? grown : longest;
  }

  /** Whether the director has to know at once. */
  static boolean decides(ProbeState before, ProbeState after) {
    return before.verdict() != after.verdict()
        || !before.weight().equals(after.weight())
        || !before.wanted().equals(after.wanted())
        || !before.warning().equals(after.warning())
        || before.faultText().isEmpty() != after.faultText().isEmpty();
  }
}
