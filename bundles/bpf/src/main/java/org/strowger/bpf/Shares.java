package org.strowger.bpf;

import java.util.Arrays;

/** Divides the cells of a table that is chosen from at random, by weight. */
final class Shares {
  /** Cells for each that takes part, so that weights are met within some percent. */
  private static final int CELLS_EACH = 16;

  private static final int LEAST = 64;
  private static final int MOST = 16_384;

  private Shares() {}

  /** Owners of the cells by index of the weights; empty if all weights are 0. */
  static int[] of(int[] weights) {
    long sum = Arrays.stream(weights).asLongStream().sum();
    long some = Arrays.stream(weights).filter(weight -> weight > 0).count();
    if (some == 0) {
      return new int[0];
    }
    int size = (int) Math.clamp(some * CELLS_EACH, LEAST, Math.max(MOST, some));
    int[] owners = new int[size];
    long passed = 0;
    int filled = 0;
    long left = some;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        passed += weights[i];
        left--;
        // Each gets a cell at least, and leaves one for each behind it.
        int until = (int) Math.min(Math.max(passed * size / sum, filled + 1), size - left);
        Arrays.fill(owners, filled, until, i);
        filled = until;
      }
    }
    return owners;
  }
}
