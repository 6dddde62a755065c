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
   * @param attempt what this very connection has been through
   */
  Choice choose(Flow flow, Loads loads, Attempt attempt);

  /** What {@link #choose} would answer and why, without any effect. */
  Explanation explain(Flow flow, Loads loads);

  /**
   * What a connection has been through before it is decided.
   *
   * @param tried indexes of the real servers that it has tried in vain
   * @param first it is decided for the first time: what is counted once a connection, such as a
   *     rate, is counted now
   * @param mayWait false if it has waited to the end already, or cannot wait: {@link Choice.Wait}
   *     is no answer then
   */
  record Attempt(BitSet tried, boolean first, boolean mayWait) {
    /** One that nobody has been asked about. */
    public static Attempt first(boolean mayWait) {
      return new Attempt(new BitSet(), true, mayWait);
    }
  }
}
