package org.strowger.api;

import java.util.BitSet;

/**
 * The decision for one new connection as one object, built by the director and handed to a plane
 * inside the forwarding table: access list, limits, persistence, guarded scheduler.
 *
 * <p>The plane serialises the calls for one virtual service, and counts the chosen connection
 * before the next call, so that choices are exact. It never blocks and never throws.
 */
public interface Chooser {
  /**
   * Chooses for a new connection.
   *
   * @param loads live counts, read during the call
   * @param excluded indexes that this very connection has tried in vain
   */
  Choice choose(Flow flow, Loads loads, BitSet excluded);

  /** What {@link #choose} would answer and why, without any effect. */
  Explanation explain(Flow flow, Loads loads);
}
