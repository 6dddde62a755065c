package org.strowger.bench;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/** Chooses nobody: stands in until a benchmark is set up. */
final class Nobody implements Scheduler {
  @Override
  public void changed(RealServerView reals) {
    // Keeps nothing.
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    return NONE;
  }

  @Override
  public Scheduler copy() {
    return this;
  }
}
