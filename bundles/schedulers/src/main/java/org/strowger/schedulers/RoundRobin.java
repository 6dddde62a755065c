package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code rr}: each eligible real server in turn; weights above 0 are ignored. O(1) while most are
 * eligible, O(n) at most.
 */
final class RoundRobin implements Scheduler {
  private final Cursor cursor = new Cursor();

  @Override
  public void changed(RealServerView reals) {
    cursor.follow(reals);
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int size = reals.size();
    for (int step = 1; step <= size; step++) {
      int index = cursor.after(step, size);
      if (Eligible.at(reals, index)) {
        cursor.moveTo(index);
        return index;
      }
    }
    return NONE;
  }

  @Override
  public Scheduler copy() {
    RoundRobin copy = new RoundRobin();
    copy.cursor.moveTo(cursor.place());
    return copy;
  }
}
