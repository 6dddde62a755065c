package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code twos}: two real servers are drawn by weight, and the less loaded for its weight is taken.
 * O(1) while most are eligible, O(n) at most.
 *
 * <p>One that is not eligible is drawn again, which leaves the chances of the others in proportion;
 * after 16 draws in vain the chances of the eligible ones are added up instead.
 */
final class TwoChoices implements Scheduler {
  private static final int DRAWS = 16;

  private AliasTable chances = new AliasTable(new int[0]);

  @Override
  public void changed(RealServerView reals) {
    int[] weights = new int[reals.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = reals.weight(i);
    }
    chances = new AliasTable(weights);
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int first = draw(reals, random);
    if (first == NONE) {
      return NONE;
    }
    int second = draw(reals, random);
    return second == NONE ? first : freer(reals, first, second);
  }

  private int draw(RealServerView reals, RandomGenerator random) {
    if (!chances.isEmpty()) {
      for (int i = 0; i < DRAWS; i++) {
        int index = chances.draw(random);
        if (Eligible.at(reals, index)) {
          return index;
        }
      }
    }
    return drawEligible(reals, random);
  }

  /** Only while few are eligible. */
  private static int drawEligible(RealServerView reals, RandomGenerator random) {
    long sum = eligibleWeight(reals);
    // From 1 to the sum. The kernel draws from 0, which gives the first one chance too many.
    return sum == 0 ? NONE : eligibleAt(reals, 1 + random.nextLong(sum));
  }

  static long eligibleWeight(RealServerView reals) {
    long sum = 0;
    for (int i = 0; i < reals.size(); i++) {
      sum += Eligible.at(reals, i) ? reals.weight(i) : 0;
    }
    return sum;
  }

  /**
   * The first eligible one at which the sum of the weights reaches {@code point}; the last if it
   * does not, because live counts sank below a threshold meanwhile.
   */
  static int eligibleAt(RealServerView reals, long point) {
    long rest = point;
    int last = NONE;
    for (int i = 0; i < reals.size(); i++) {
      if (Eligible.at(reals, i)) {
        last = i;
        rest -= reals.weight(i);
        if (rest <= 0) {
          return i;
        }
      }
    }
    return last;
  }

  /** The less loaded of two for its weight; the first if they are equal. */
  static int freer(RealServerView reals, int first, int second) {
    boolean secondIsFreer =
        Load.more(
            Load.CONNECTIONS.of(reals, first),
            reals.weight(first),
            Load.CONNECTIONS.of(reals, second),
            reals.weight(second));
    return secondIsFreer ? second : first;
  }

  /** Its picks change nothing, so it can serve as its own copy. */
  @Override
  public Scheduler copy() {
    return this;
  }
}
