package org.strowger.schedulers;

import java.util.Arrays;
import org.strowger.api.RealServerView;

/**
 * The tables of {@code sh} and {@code dh}: the list is walked round and round, and each real server
 * owns as many buckets in a row as its share.
 *
 * <p>The kernel has 256 buckets always, so that with weights of 100 the third real server gets the
 * rest and the fourth nothing. Here the table grows until one round fits, to 65,536 buckets; where
 * even that is too small, the buckets are divided in proportion.
 */
final class WalkedTable implements HashTable {
  static final int KERNEL_BUCKETS = 256;
  private static final int MOST_BUCKETS = 65_536;

  private final boolean weighted;
  private final boolean kernelRules;

  private WalkedTable(boolean weighted, boolean kernelRules) {
    this.weighted = weighted;
    this.kernelRules = kernelRules;
  }

  /** Each real server one bucket a round, whatever its weight: {@code dh}. */
  static WalkedTable unweighted(Options options) {
    return new WalkedTable(false, options.kernelRules());
  }

  /** Each real server its weight in buckets a round: {@code sh}. */
  static WalkedTable weighted(Options options) {
    return new WalkedTable(true, options.kernelRules());
  }

  @Override
  public int[] fill(RealServerView reals) {
    int[] shares = new int[reals.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = share(reals.weight(i));
    }
    if (kernelRules) {
      return walk(shares, KERNEL_BUCKETS);
    }
    int divisor = Weights.gcd(shares);
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= divisor;
    }
    long round = Weights.sum(shares);
    int buckets = KERNEL_BUCKETS;
    // Four rounds, so that the last one, cut short, weighs little.
    while (buckets < 4 * round && buckets < MOST_BUCKETS) {
      buckets *= 2;
    }
    return round > buckets ? divide(shares, round, buckets) : walk(shares, buckets);
  }

  private int share(int weight) {
    if (!weighted) {
      return 1;
    }
    // The kernel gives a quiesced real server one bucket a round, and refuses who falls into it.
    return kernelRules ? Math.max(weight, 1) : weight;
  }

  private static int[] walk(int[] shares, int buckets) {
    if (Weights.sum(shares) == 0) {
      return new int[0];
    }
    int[] table = new int[buckets];
    int filled = 0;
    for (int owner = 0; filled < buckets; owner = (owner + 1) % shares.length) {
      int end = (int) Math.min((long) filled + shares[owner], buckets);
      Arrays.fill(table, filled, end, owner);
      filled = end;
    }
    return table;
  }

  private static int[] divide(int[] shares, long round, int buckets) {
    int[] table = new int[buckets];
    int owner = 0;
    long ownedUpTo = shares[0];
    for (int bucket = 0; bucket < buckets; bucket++) {
      // The middle of the bucket on a scale of the round's length.
      long middle = (2L * bucket + 1) * round / (2L * buckets);
      while (middle >= ownedUpTo) {
        ownedUpTo += shares[++owner];
      }
      table[bucket] = owner;
    }
    return table;
  }
}
