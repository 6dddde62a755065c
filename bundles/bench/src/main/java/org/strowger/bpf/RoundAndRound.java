package org.strowger.bpf;

import java.util.Arrays;
import java.util.Optional;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;

/** Real servers in turn: the packet path sees only what is in the ring. */
final class RoundAndRound implements Chooser {
  private final int reals;
  private int next;

  RoundAndRound(int reals) {
    this.reals = reals;
  }

  @Override
  public int[] ahead(Loads loads, int used, int most) {
    next = (next + used) % reals;
    int[] picks = new int[most];
    Arrays.setAll(picks, i -> (next + i) % reals);
    return picks;
  }

  @Override
  public boolean aheadByLoads() {
    return false;
  }

  @Override
  public Optional<LookupTable> table() {
    return Optional.empty();
  }

  @Override
  public int[] weights(boolean everybody) {
    int[] weights = new int[reals];
    Arrays.fill(weights, 1);
    return weights;
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
