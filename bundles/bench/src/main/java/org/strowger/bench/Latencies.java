package org.strowger.bench;

import java.util.Arrays;

/** Latencies of many requests, in nanoseconds, sorted. */
final class Latencies {
  private final long[] sorted;

  Latencies(long[] nanos) {
    this.sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  int count() {
    return sorted.length;
  }

  /**
   * The smallest latency that at least this share of the requests did not exceed (nearest rank): it
   * is one that was measured, never a mean of two.
   *
   * @param share more than 0, at most 1
   * @return milliseconds; NaN where nothing was measured
   */
  double millis(double share) {
    if (share <= 0 || share > 1) {
      throw new IllegalArgumentException("share " + share + ": expected above 0, at most 1");
    }
    if (sorted.length == 0) {
      return Double.NaN;
    }
    // 0.07 * 100 is 7.000000000000001: such a rest must not raise the rank.
    int rank = (int) Math.ceil(share * sorted.length - 1e-9);
    return sorted[Math.max(rank, 1) - 1] / 1e6;
  }
}
