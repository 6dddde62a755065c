package org.example.first;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * Fills one real server after the other, in the order of the configuration, so that those at the
 * end of the list can sleep while there is little to do. When all are filled, the first eligible
 * one takes the rest. O(n).
 */
final class First implements Scheduler {
  private final int fill;

  First(int fill) {
    this.fill = fill;
  }

  @Override
  public void changed(RealServerView reals) {
    // It keeps nothing from one call to the next, so there is nothing to bring up to date.
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int first = NONE;
    for (int i = 0; i < reals.size(); i++) {
      // The one rule for every scheduler: a weight above 0, and available.
      if (reals.weight(i) > 0 && reals.available(i)) {
        if (reals.active(i) < fill) {
          return i;
        }
        if (first == NONE) {
          first = i;
        }
      }
    }
    return first;
  }

  @Override
  public Scheduler copy() {
    return this; // A pick changes nothing in it.
  }
}
