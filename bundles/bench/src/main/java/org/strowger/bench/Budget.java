package org.strowger.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The time that a run may take, and what was left out because it was over. */
final class Budget {
  private final long begun = System.nanoTime();
  private final Duration most;
  private final List<String> leftOut = new ArrayList<>();

  Budget(Duration most) {
    this.most = most;
  }

  /** Under three minutes, the end of what has begun included; without --quick a day. */
  static Budget of(boolean quick) {
    return new Budget(quick ? Duration.ofSeconds(150) : Duration.ofDays(1));
  }

  /**
   * Whether something may still begin; what may not is noted.
   *
   * @param share of the budget after which it may not, 0 to 1
   */
  boolean allows(double share, String what) {
    boolean allowed = System.nanoTime() - begun < most.toNanos() * share;
    if (!allowed) {
      leftOut.add(what + ": the time was over (--quick on a slow machine)");
    }
    return allowed;
  }

  double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }

  List<String> leftOut() {
    return leftOut;
  }
}
