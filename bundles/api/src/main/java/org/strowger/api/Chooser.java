package org.strowger.api;

import java.util.BitSet;
import java.util.Optional;

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

  /**
   * Where the next connections would go, worked out ahead over these loads as if none of them
   * ended: for a plane that cannot ask for each one. Of what the last call answered, {@code used}
   * were taken since, from its beginning; the scheduler remembers these and no others.
   *
   * @param most choices wanted
   * @return indexes, in order; fewer if nobody is eligible any more, so empty while the virtual
   *     service takes nobody
   */
  int[] ahead(Loads loads, int used, int most);

  /**
   * Whether anything looked at the loads for the last answer of {@link #ahead}. If nothing did, its
   * choices stay right whatever the loads become.
   */
  default boolean aheadByLoads() {
    return true;
  }

  /**
   * The look-up table of the pool that serves now; empty if the scheduler has none, and decides by
   * {@link #ahead}.
   */
  Optional<LookupTable> table();

  /**
   * Weights of those that serve, full or not, by index; 0 of all others.
   *
   * @param everybody also those that stand by: of smaller priority, of other zones, of the backup
   *     pool
   */
  int[] weights(boolean everybody);

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
