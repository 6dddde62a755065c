package org.strowger.api;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses a real server for each new connection of one virtual service.
 *
 * <p>A scheduler is pure: it knows only what it is passed and what it remembers of earlier calls,
 * so that the same calls give the same choices. It takes no locks, does no I/O, reads no clock and
 * starts no thread. The caller makes its calls one after the other (on changing threads) and guards
 * it: one that throws or answers with an ineligible index is replaced for that call and counted.
 */
public interface Scheduler {
  /** Nobody is eligible. */
  int NONE = -1;

  /**
   * The list, a weight or an address changed; called once before the first {@link #pick}. Recompute
   * tables here, not in {@code pick}.
   */
  void changed(RealServerView reals);

  /**
   * The choice for a flow, in O(n) of the real servers at most.
   *
   * @return an index with weight above 0 that is available, or {@link #NONE}
   */
  int pick(Flow flow, RealServerView reals, RandomGenerator random);

  /**
   * A scheduler that remembers the same and is only picked from, with the view this one was last
   * told of: its picks do not change those of this one. For {@code explain}, and for a kernel plane
   * that picks ahead.
   */
  Scheduler copy();

  /**
   * What it would choose as a table, after {@link #changed}; empty unless its provider says {@link
   * Compilation#LOOKUP_TABLE}.
   */
  default Optional<LookupTable> table() {
    return Optional.empty();
  }

  /** Entries of a bounded table that it gave up for newer ones, since it was created. */
  default long evictions() {
    return 0;
  }
}
