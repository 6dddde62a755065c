package org.strowger.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of one probe.
 *
 * @param lastChange of the verdict
 * @param transitions changes of the verdict after the first one
 * @param looks that had a result
 * @param failures of these, those that failed
 * @param faults looks without a result: the check threw, or did not end when interrupted
 * @param faultText the last one of these, after {@value #FAULTS_IN_A_ROW} in a row; else empty
 * @param streak looks in a row with the same result as the last one
 * @param weight the check asks for, of the last look that passed
 * @param wanted admin state the check asks for, of the last look that passed
 * @param warning of the last look
 * @param history the last {@value #MAX_HISTORY} results, newest first
 */
public record ProbeState(
    ProbeVerdict verdict,
    Instant lastChange,
    long transitions,
    long looks,
    long failures,
    long faults,
    String faultText,
    int streak,
    OptionalInt weight,
    Optional<AdminState> wanted,
    Optional<String> warning,
    List<Result> history) {
  /** Results kept of one probe. */
  public static final int MAX_HISTORY = 50;

  /** So many faults in a row are an alarm. */
  public static final int FAULTS_IN_A_ROW = 3;

  public ProbeState {
    history = List.copyOf(history);
  }

  /** One that was never looked at. */
  public static ProbeState pending(Instant since) {
    return new ProbeState(
        ProbeVerdict.PENDING,
        since,
        0,
        0,
        0,
        0,
        "",
        0,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** The newest result, if there is one. */
  public Optional<Result> last() {
    return history.isEmpty() ? Optional.empty() : Optional.of(history.getFirst());
  }

  /**
   * The result of one look.
   *
   * @param outcome how it failed; {@link CheckOutcome#OK} if it passed
   * @param latency how long the look took
   */
  public record Result(
      Instant time, boolean passed, CheckOutcome outcome, Duration latency, String text) {
    /** One that says no more of a failure than that the answer was not as expected. */
    public Result(Instant time, boolean passed, Duration latency, String text) {
      this(time, passed, passed ? CheckOutcome.OK : CheckOutcome.BAD_CONTENT, latency, text);
    }
  }
}
