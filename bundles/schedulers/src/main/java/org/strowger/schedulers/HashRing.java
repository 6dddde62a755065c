package org.strowger.schedulers;

import java.util.Arrays;
import org.strowger.api.RealServerView;

/**
 * A ring of points, each owned by a real server: as many as its weight is worth. A hash belongs to
 * the next point clockwise. Counts with the last weight above 0, so that quiescing moves nobody
 * else.
 */
final class HashRing {
  /** Points altogether, whatever is asked for: 8 MiB of points and owners. */
  static final int MOST_POINTS = 1 << 20;

  private final Hash hash;
  private final int pointsEach;
  private final LastWeights lastWeights = new LastWeights();
  private long[] points = {};
  private int[] owners = {};

  HashRing(Hash hash, int pointsEach) {
    this.hash = hash;
    this.pointsEach = pointsEach;
  }

  void fill(RealServerView reals) {
    int[] weights = lastWeights.follow(reals);
    int[] counts = counts(weights);
    int size = Arrays.stream(counts).sum();
    // Each point and its owner in one number, so that one sort of numbers orders both: the owner
    // takes the low bits, which the hash can spare.
    int ownerBits = Long.SIZE - Long.numberOfLeadingZeros(weights.length);
    long[] pairs = new long[size];
    int filled = 0;
    for (int i = 0; i < counts.length; i++) {
      long point = counts[i] == 0 ? 0 : hash.of(reals.address(i), true);
      for (int k = 0; k < counts[i]; k++) {
        point = Hash.next(point);
        pairs[filled++] = ((point >>> ownerBits) << ownerBits) | i;
      }
    }
    Arrays.sort(pairs);
    points = pairs;
    owners = new int[size];
    for (int k = 0; k < size; k++) {
      owners[k] = (int) (pairs[k] & ((1L << ownerBits) - 1));
    }
  }

  /** {@code pointsEach} for one of average weight, at least 1 for a weight above 0. */
  private int[] counts(int[] weights) {
    long sum = Weights.sum(weights);
    long weighted = Arrays.stream(weights).filter(weight -> weight > 0).count();
    long all = Math.min(weighted * pointsEach, MOST_POINTS);
    return Arrays.stream(weights)
        .map(weight -> weight == 0 ? 0 : (int) Math.max(all * weight / sum, 1))
        .toArray();
  }

  int size() {
    return owners.length;
  }

  /** The place of the first point at or after a hash, in O(log n). */
  int place(long key) {
    int found = Arrays.binarySearch(points, key);
    int place = found >= 0 ? found : -found - 1;
    return place == points.length ? 0 : place;
  }

  int owner(int place) {
    return owners[place];
  }
}
