package org.strowger.schedulers;

import java.util.random.RandomGenerator;

/**
 * Draws an index with a probability in proportion to its weight, exactly, in O(1) (Walker 1977,
 * Vose 1991). In whole numbers: each of n columns is as high as the sum of all weights, and holds
 * at most two of them.
 */
final class AliasTable {
  private final long height;

  /** By column: below this it is the column's own. */
  private final long[] own;

  private final int[] alias;

  AliasTable(int[] weights) {
    int size = weights.length;
    height = Weights.sum(weights);
    own = new long[size];
    alias = new int[size];
    int[] work = new int[size];
    int small = 0;
    int large = size;
    for (int i = 0; i < size; i++) {
      own[i] = (long) weights[i] * size;
      alias[i] = i;
      if (own[i] < height) {
        work[small++] = i;
      } else {
        work[--large] = i;
      }
    }
    // Each column that is too low is filled up from one that is too high.
    while (small > 0 && large < size) {
      int low = work[--small];
      int high = work[large];
      alias[low] = high;
      own[high] -= height - own[low];
      if (own[high] < height) {
        large++;
        work[small++] = high;
      }
    }
  }

  /** Whether all weights are 0, so that nothing can be drawn. */
  boolean isEmpty() {
    return height == 0;
  }

  int draw(RandomGenerator random) {
    int column = random.nextInt(own.length);
    return random.nextLong(height) < own[column] ? column : alias[column];
  }
}
