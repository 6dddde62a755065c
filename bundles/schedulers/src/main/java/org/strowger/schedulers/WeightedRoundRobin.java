package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code wrr}: turns by weight, interleaved by level. A level sinks from the largest weight to 1 in
 * steps of the greatest common divisor; on each level the list is walked once and everyone whose
 * weight reaches the level is taken. Over a full period each gets {@code weight / gcd} picks.
 *
 * <p>The kernel walks the list once for each level, which with weights of 1 and 65535 and the heavy
 * one overloaded is 65,535 walks for one pick. Here the level sinks at once to the largest weight
 * that is eligible, with the same choices: O(n) at most.
 */
final class WeightedRoundRobin implements Scheduler {
  private static final int HEAD = -1;

  private final SeenList seen = new SeenList();
  private final boolean kernelRules;
  private int place = HEAD;
  private int level;
  private int topLevel;
  private int step = 1;

  WeightedRoundRobin(Options options) {
    this(options.kernelRules());
  }

  private WeightedRoundRobin(boolean kernelRules) {
    this.kernelRules = kernelRules;
  }

  @Override
  public void changed(RealServerView reals) {
    // The kernel goes back to the head on every edit, even one that changes nothing.
    if (!seen.differs(reals) && !kernelRules) {
      return;
    }
    int[] weights = new int[reals.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = reals.weight(i);
    }
    place = HEAD;
    step = Weights.gcd(weights);
    // Less by step - 1, so that the lowest level is 1 and reaches every weight above 0.
    topLevel = Weights.max(weights) - (step - 1);
    if (level > topLevel || level == 0) {
      level = topLevel;
    } else if (step > 1) {
      level = level / step * step + 1;
    }
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int size = reals.size();
    int index = next(reals, place + 1, size);
    if (index == NONE) {
      int heaviest = heaviest(reals, size);
      if (heaviest == 0) {
        return nobody();
      }
      sink(heaviest);
      index = next(reals, 0, size);
    }
    place = index;
    return index;
  }

  private int next(RealServerView reals, int from, int size) {
    for (int i = from; i < size; i++) {
      if (reals.weight(i) >= level && Eligible.at(reals, i)) {
        return i;
      }
    }
    return NONE;
  }

  private static int heaviest(RealServerView reals, int size) {
    int heaviest = 0;
    for (int i = 0; i < size; i++) {
      if (reals.weight(i) > heaviest && reals.available(i)) {
        heaviest = reals.weight(i);
      }
    }
    return heaviest;
  }

  /** The next level, from the top again after the lowest, that {@code heaviest} reaches. */
  private void sink(int heaviest) {
    level -= step;
    if (level <= 0) {
      level = topLevel;
    }
    if (level > heaviest) {
      level -= (level - heaviest + step - 1) / step * step;
      // Only when a weight sank below the step without a call of changed.
      level = Math.max(level, 1);
    }
  }

  /** Leaves the phase where the kernel leaves it when it has searched in vain. */
  private int nobody() {
    if (topLevel == 0) {
      return NONE;
    }
    if (place != HEAD && level <= step) {
      level = 1;
    } else {
      level = topLevel;
      place = HEAD;
    }
    return NONE;
  }

  @Override
  public Scheduler copy() {
    WeightedRoundRobin copy = new WeightedRoundRobin(kernelRules);
    copy.place = place;
    copy.level = level;
    copy.topLevel = topLevel;
    copy.step = step;
    return copy;
  }
}
