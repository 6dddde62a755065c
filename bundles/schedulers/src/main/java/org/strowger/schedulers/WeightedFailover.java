package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code fo} and {@code ovf}: the eligible real server with the largest weight takes everything,
 * the first in the list of equal ones; the next only when that one is down, overloaded or quiesced.
 * With {@code ovf} (overflow) it also gives way when its active connections exceed its weight, so
 * that it takes up to {@code weight + 1}; when all are full, the connection is refused. O(n).
 */
final class WeightedFailover implements Scheduler {
  private final boolean overflow;

  WeightedFailover(boolean overflow) {
    this.overflow = overflow;
  }

  @Override
  public void changed(RealServerView reals) {
    // Keeps nothing between two calls.
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int best = NONE;
    int bestWeight = 0;
    for (int i = 0; i < reals.size(); i++) {
      int weight = reals.weight(i);
      if (weight > bestWeight && reals.available(i) && !(overflow && reals.active(i) > weight)) {
        best = i;
        bestWeight = weight;
      }
    }
    return best;
  }

  /** Its picks change nothing, so it can serve as its own copy. */
  @Override
  public Scheduler copy() {
    return this;
  }
}
