package org.strowger.schedulers;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.strowger.api.RealServerView;

/**
 * The table of {@code mh} (Maglev, NSDI 2016): each real server has its own order of all buckets,
 * and in turns each takes the next free one of its order. A change of the list moves few buckets
 * besides those it must.
 *
 * <p>It counts with the last weight above 0, so that quiescing moves nobody. Two directors with one
 * seed and one set of real servers have one table, in whatever order those are configured: turns
 * are taken in the order of the addresses.
 */
final class MaglevTable implements HashTable {
  /** The sizes allowed, all prime, so that every step walks over every bucket. */
  static final List<Integer> SIZES =
      List.of(251, 509, 1021, 2039, 4093, 8191, 16_381, 32_749, 65_521, 131_071);

  static final int DEFAULT_SIZE = 4093;
  private static final int FREE = -1;

  private final int wantedSize;
  private final Hash offsets;
  private final Hash skips;
  private final LastWeights lastWeights = new LastWeights();

  MaglevTable(Options options, Hash hash) {
    this.wantedSize = options.number(Option.TABLE_SIZE, DEFAULT_SIZE);
    this.offsets = hash.forPurpose(1);
    this.skips = hash.forPurpose(2);
  }

  @Override
  public int[] fill(RealServerView reals) {
    int[] weights = lastWeights.follow(reals);
    int[] owners =
        IntStream.range(0, weights.length)
            .filter(i -> weights[i] > 0)
            .boxed()
            .sorted(byAddress(reals))
            .mapToInt(Integer::intValue)
            .toArray();
    if (owners.length == 0) {
      return new int[0];
    }
    int size = sizeFor(owners.length);
    return take(reals, owners, turns(weights, size), size);
  }

  /**
   * The wanted size, or the next one that has a bucket for everybody. The kernel refuses more real
   * servers than buckets; an edit of a pool should not fail for a table's sake.
   */
  private int sizeFor(int owners) {
    return SIZES.stream()
        .filter(size -> size >= wantedSize && size >= owners)
        .findFirst()
        .orElse(SIZES.getLast());
  }

  private static Comparator<Integer> byAddress(RealServerView reals) {
    return Comparator.<Integer, byte[]>comparing(
            i -> reals.address(i).getAddress().getAddress(), Arrays::compareUnsigned)
        .thenComparingInt(i -> reals.address(i).getPort())
        .thenComparing(reals::id);
  }

  /**
   * Buckets in a row at each turn, by index: the weight, shortened so that the largest has half as
   * many bits as the table's size (6 of 4093, so up to 63 to 1), and at least 1.
   */
  static int[] turns(int[] weights, int size) {
    int divisor = Weights.gcd(weights);
    int bits = (Integer.SIZE - Integer.numberOfLeadingZeros(size)) / 2;
    int largest = Weights.max(weights) / divisor;
    int shift = Math.max(Integer.SIZE - Integer.numberOfLeadingZeros(largest) - bits, 0);
    return Arrays.stream(weights)
        .map(weight -> weight == 0 ? 0 : Math.max((weight / divisor) >> shift, 1))
        .toArray();
  }

  private int[] take(RealServerView reals, int[] owners, int[] turns, int size) {
    int[] next = new int[owners.length];
    int[] skip = new int[owners.length];
    for (int k = 0; k < owners.length; k++) {
      next[k] = Hash.reduce(offsets.of(reals.address(owners[k]), true), size);
      skip[k] = 1 + Hash.reduce(skips.of(reals.address(owners[k]), true), size - 1);
    }
    int[] table = new int[size];
    Arrays.fill(table, FREE);
    int filled = 0;
    while (true) {
      for (int k = 0; k < owners.length; k++) {
        for (int turn = turns[owners[k]]; turn > 0; turn--) {
          while (table[next[k]] != FREE) {
            next[k] = (next[k] + skip[k]) % size;
          }
          table[next[k]] = owners[k];
          if (++filled == size) {
            return table;
          }
        }
      }
    }
  }
}
