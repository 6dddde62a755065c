package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code swrr}: turns by weight without bursts (nginx's rule): in each turn everyone eligible gains
 * its weight, the one that has gained most is taken and pays the sum of all weights. Weights of 5,
 * 1, 1 give AABACAA. O(n).
 *
 * <p>A changed weight or order keeps what was gained; a changed membership starts anew.
 */
final class SmoothWeightedRoundRobin implements Scheduler {
  private final Renumbering renumbering = new Renumbering();
  private long[] gained = {};

  @Override
  public void changed(RealServerView reals) {
    int[] renumbered = renumbering.follow(reals);
    long[] now = new long[reals.size()];
    boolean sameMembers = renumbered.length == now.length;
    for (int i = 0; i < renumbered.length && sameMembers; i++) {
      sameMembers = renumbered[i] != Renumbering.GONE;
      if (sameMembers) {
        now[renumbered[i]] = gained[i];
      }
    }
    gained = sameMembers ? now : new long[now.length];
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int best = NONE;
    long sum = 0;
    for (int i = 0; i < gained.length; i++) {
      if (!Eligible.at(reals, i)) {
        continue;
      }
      int weight = reals.weight(i);
      sum += weight;
      gained[i] += weight;
      if (best == NONE || gained[i] > gained[best]) {
        best = i;
      }
    }
    if (best != NONE) {
      gained[best] -= sum;
    }
    return best;
  }

  @Override
  public Scheduler copy() {
    SmoothWeightedRoundRobin copy = new SmoothWeightedRoundRobin();
    copy.gained = gained.clone();
    return copy;
  }
}
