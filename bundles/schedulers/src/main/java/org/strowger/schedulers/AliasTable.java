package org.strowger.schedulers;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

/**
 * Draws an index with a probability in proportion to its weight in O(1) (Walker 1977, Vose 1991).
 * In whole numbers: each of n columns is as high as the sum of all weights, and holds at most two
 * of them. One random number serves a draw, which leaves each chance exact to n parts of 2^64.
 */
final class AliasTable {
  private final long height;

  /** By column: below this share of 2^64, unsigned, it is the column's own. */
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
      own[low] = share(own[low], height);
      if (own[high] < height) {
        large++;
        work[small++] = high;
      }
    }
  }

  /** {@code part / whole} as a share of 2^64, for a part below the whole. */
  private static long share(long part, long whole) {
    return BigInteger.valueOf(part)
        .shiftLeft(Long.SIZE)
        .divide(BigInteger.valueOf(whole))
        .longValue();
  }

  /** Whether all weights are 0, so that nothing can be drawn. */
  boolean isEmpty() {
    return height == 0;
  }

  int draw(RandomGenerator random) {
    long bits = random.nextLong();
    // The whole part of bits * n / 2^64 is the column, and what is left the height in it. Of a
    // column that is full of its own, the alias is itself.
    int column = (int) Math.unsignedMultiplyHigh(bits, own.length);
    long at = bits * own.length;
    return Long.compareUnsigned(at, own[column]) < 0 ? column : alias[column];
  }
}
