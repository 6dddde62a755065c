package org.strowger.bpf;

import java.util.Optional;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;

/** Least connections over real servers of one weight, as wlc chooses among such. */
final class LeastActive implements Chooser {
  private final int reals;

  LeastActive(int reals) {
    this.reals = reals;
  }

  /** The first of those with the fewest. */
  static int least(long[] active) {
    int best = 0;
    for (int i = 1; i < active.length; i++) {
      best = active[i] < active[best] ? i : best;
    }
    return best;
  }

  @Override
  public int[] ahead(Loads loads, int used, int most) {
    long[] active = new long[reals];
    for (int i = 0; i < reals; i++) {
      active[i] = loads.active(i);
    }
    int[] picks = new int[most];
    for (int i = 0; i < most; i++) {
      picks[i] = least(active);
      active[picks[i]]++;
    }
    return picks;
  }

  @Override
  public Optional<LookupTable> table() {
    return Optional.empty();
  }

  @Override
  public int[] weights(boolean everybody) {
    return new RoundAndRound(reals).weights(everybody);
  }

  @Override
  public Choice choose(Flow flow, Loads loads, Attempt attempt) {
    throw new UnsupportedOperationException("the kernel does not ask");
  }

  @Override
  public Explanation explain(Flow flow, Loads loads) {
    throw new UnsupportedOperationException("nobody asks a bench");
  }
}
