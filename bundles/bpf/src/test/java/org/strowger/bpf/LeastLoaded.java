package org.strowger.bpf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.api.AdminState;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServer;

/** Chooses the least loaded for its weight, or by a table. */
final class LeastLoaded implements Chooser {
  private final List<RealServer> reals;
  private final Optional<LookupTable> table;

  /** What it was told of picks that were taken. */
  final List<Integer> used = new ArrayList<>();

  LeastLoaded(List<RealServer> reals, Optional<LookupTable> table) {
    this.reals = List.copyOf(reals);
    this.table = table;
  }

  /** The exact choice over these counts. */
  static int least(List<RealServer> reals, long[] active) {
    int best = -1;
    for (int i = 0; i < active.length; i++) {
      long weight = weight(reals.get(i));
      if (weight > 0 && (best < 0 || active[i] * weight(reals.get(best)) < active[best] * weight)) {
        best = i;
      }
    }
    return best;
  }

  private static long weight(RealServer real) {
    return real.adminState() == AdminState.IN_SERVICE ? real.weight() : 0;
  }

  @Override
  public int[] ahead(Loads loads, int taken, int most) {
    used.add(taken);
    long[] active = new long[reals.size()];
    for (int i = 0; i < active.length; i++) {
      active[i] = loads.active(i);
    }
    int[] choices = new int[most];
    for (int k = 0; k < most; k++) {
      int best = least(reals, active);
      if (best < 0) {
        return new int[0];
      }
      active[best]++;
      choices[k] = best;
    }
    return choices;
  }

  @Override
  public Optional<LookupTable> table() {
    return table;
  }

  @Override
  public int[] weights(boolean everybody) {
    return reals.stream().mapToInt(real -> (int) weight(real)).toArray();
  }

  @Override
  public Choice choose(Flow flow, Loads loads, Attempt attempt) {
    throw new UnsupportedOperationException("the kernel's plane cannot ask");
  }

  @Override
  public Explanation explain(Flow flow, Loads loads) {
    throw new UnsupportedOperationException("nobody asks in these tests");
  }
}
