package org.strowger.director;

import java.time.Duration;

/**
 * Slow start: a real server that came back after a failure gets its weight in steps over a window,
 * so that least-loaded schedulers do not flood it. One that never failed, as all are when the
 * director starts, has its whole weight.
 *
 * <p>In steps, because schedulers with tables must be told of each new weight.
 *
 * @param window time until the whole weight; zero for no slow start
 * @param leastPercent share of the weight at the beginning, 1 to 100
 */
record SlowStart(Duration window, int leastPercent) {
  /** Steps from the beginning to the whole weight. */
  static final int STEPS = 10;

  static final int DEFAULT_LEAST_PERCENT = 10;
  static final SlowStart OFF = new SlowStart(Duration.ZERO, DEFAULT_LEAST_PERCENT);

  /**
   * The weight for now.
   *
   * @param weight 0 to 65535; 0 stays 0, others stay above 0
   * @param sinceRecovery time since it came back
   */
  int weight(int weight, Duration sinceRecovery) {
    if (weight == 0 || over(sinceRecovery)) {
      return weight;
    }
    long percent = Math.max(leastPercent, 100L * step(sinceRecovery) / STEPS);
    return (int) Math.max(weight * percent / 100, 1);
  }

  /** Whether the whole weight is reached. */
  boolean over(Duration sinceRecovery) {
    return sinceRecovery.compareTo(window) >= 0;
  }

  /** Time until the weight changes next; zero if it does not any more. */
  Duration untilNextStep(Duration sinceRecovery) {
    if (over(sinceRecovery)) {
      return Duration.ZERO;
    }
    long next = step(sinceRecovery) + 1;
    // Rounded up, so that the step is taken when the time has passed.
    Duration at = Duration.ofNanos((window.toNanos() * next + STEPS - 1) / STEPS);
    return at.minus(sinceRecovery);
  }

  private long step(Duration sinceRecovery) {
    return Math.max(sinceRecovery.toNanos(), 0) * STEPS / window.toNanos();
  }
}
