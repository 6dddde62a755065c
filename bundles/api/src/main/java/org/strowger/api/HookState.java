package org.strowger.api;

import java.time.Instant;
import java.util.Optional;

/**
 * What is observed of a hook.
 *
 * @param runs that ended, well or not; the tries of one call are one
 * @param failures of these, those of which every try failed
 * @param timeouts tries that were ended because they took too long
 * @param dropped calls that were given up because too many waited
 * @param waiting calls that wait now
 * @param failing the last run failed
 * @param overflowing calls were dropped, and since then the queue was never empty
 * @param lastTime when the last run ended
 * @param lastText what the last run came to, one line
 */
public record HookState(
    String name,
    long runs,
    long failures,
    long timeouts,
    long dropped,
    int waiting,
    boolean failing,
    boolean overflowing,
    Optional<Instant> lastTime,
    String lastText) {
  /** One that never ran. */
  public static HookState idle(String name) {
    return new HookState(name, 0, 0, 0, 0, 0, false, false, Optional.empty(), "");
  }
}
