package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code twos} with {@code kernelRules}: draws from 0 to the sum of the weights, both included, so
 * that the first real server has {@code (w + 1) / (sum + 1)} of the chances. O(n).
 */
final class KernelTwoChoices implements Scheduler {
  @Override
  public void changed(RealServerView reals) {
    // Keeps nothing between two calls.
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    long sum = TwoChoices.eligibleWeight(reals);
    if (sum == 0) {
      return NONE;
    }
    int first = TwoChoices.eligibleAt(reals, random.nextLong(sum + 1));
    int second = TwoChoices.eligibleAt(reals, random.nextLong(sum + 1));
    return first == NONE || second == NONE ? first : TwoChoices.freer(reals, first, second);
  }

  /** Its picks change nothing, so it can serve as its own copy. */
  @Override
  public Scheduler copy() {
    return this;
  }
}
