package org.example.first;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * Fills one real server after the other, in the order of the configuration, so that those at the
 * end of the list can sleep while there is little to do. When all are filled, the least loaded one
 * takes the rest (1.0 gave it all to the first), or it is refused. O(n).
 */
final class First implements Scheduler {
  private final int fill;
  private final boolean spread;

  First(int fill, boolean spread) {
    this.fill = fill;
    this.spread = spread;
  }

  @Override
  public void changed(RealServerView reals) {
    // It keeps nothing from one call to the next, so there is nothing to bring up to date.
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int least = NONE;
    for (int i = 0; i < reals.size(); i++) {
      // The one rule for every scheduler: a weight above 0, and available.
      if (reals.weight(i) > 0 && reals.available(i)) {
        if (reals.active(i) < fill) {
          return i;
        }
        if (least == NONE || reals.active(i) < reals.active(least)) {
          least = i;
        }
      }
    }
    return spread ? least : NONE;
  }

  @Override
  public Scheduler copy() {
    return this; // A pick changes nothing in it.
  }
}
