package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code lc}, {@code wlc}, {@code sed} and {@code nq}: the eligible real server with the least
 * load. O(n).
 *
 * <p>The kernel gives equal loads to the first in the list, so that an idle farm feeds its head.
 * Here equal loads take turns: the search starts after the last choice. The option {@code
 * kernelRules} brings the kernel's rule back.
 */
final class LeastLoaded implements Scheduler {
  private final Cursor cursor = new Cursor();
  private final Load load;
  private final boolean weighted;
  private final boolean idleFirst;
  private final boolean rotate;

  private LeastLoaded(Load load, boolean weighted, boolean idleFirst, Options options) {
    this(load, weighted, idleFirst, !options.kernelRules());
  }

  private LeastLoaded(Load load, boolean weighted, boolean idleFirst, boolean rotate) {
    this.load = load;
    this.weighted = weighted;
    this.idleFirst = idleFirst;
    this.rotate = rotate;
  }

  /** {@code lc}: fewest connections, weights above 0 ignored. */
  static LeastLoaded leastConnections(Options options) {
    return new LeastLoaded(Load.CONNECTIONS, false, false, options);
  }

  /** {@code wlc}: fewest connections for its weight. */
  static LeastLoaded weightedLeastConnections(Options options) {
    return new LeastLoaded(Load.CONNECTIONS, true, false, options);
  }

  /** {@code sed}: shortest expected delay, {@code (a + 1) / w}. */
  static LeastLoaded shortestExpectedDelay(Options options) {
    return new LeastLoaded(Load.EXPECTED_DELAY, true, false, options);
  }

  /** {@code nq}: never queue; an idle one at once, whatever its weight, else as {@code sed}. */
  static LeastLoaded neverQueue(Options options) {
    return new LeastLoaded(Load.EXPECTED_DELAY, true, true, options);
  }

  @Override
  public void changed(RealServerView reals) {
    if (rotate) {
      cursor.follow(reals);
    }
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    int best = NONE;
    long bestLoad = 0;
    long bestWeight = 0;
    int size = reals.size();
    for (int step = 1; step <= size; step++) {
      int index = cursor.after(step, size);
      if (!Eligible.at(reals, index)) {
        continue;
      }
      if (idleFirst && reals.active(index) == 0) {
        best = index;
        break;
      }
      long itsLoad = load.of(reals, index);
      long itsWeight = weighted ? reals.weight(index) : 1;
      if (best == NONE || Load.more(bestLoad, bestWeight, itsLoad, itsWeight)) {
        best = index;
        bestLoad = itsLoad;
        bestWeight = itsWeight;
      }
    }
    if (rotate && best != NONE) {
      cursor.moveTo(best);
    }
    return best;
  }

  @Override
  public LeastLoaded copy() {
    LeastLoaded copy = new LeastLoaded(load, weighted, idleFirst, rotate);
    copy.cursor.moveTo(cursor.place());
    return copy;
  }
}
