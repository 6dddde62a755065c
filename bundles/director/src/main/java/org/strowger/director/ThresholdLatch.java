package org.strowger.director;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The thresholds of one real server: full at the upper one, and then closed to new connections
 * until it falls below the lower one, so that it does not flap at its limit.
 *
 * <p>The upper one is hard: it is looked at before each choice, after each choice, and after an
 * edit. A lower one at or above the upper one would reopen a full real server, and counts as the
 * upper one. Without a lower one it reopens below three quarters of the upper one.
 *
 * <p>It counts the connections of one virtual service to the real server, as the kernel does for a
 * destination of a service (net/netfilter/ipvs/ip_vs_conn.c, ip_vs_bind_dest): a real server of two
 * services has the threshold twice. Only so it is hard, for choices of different services are not
 * made one after the other.
 *
 * <p>Used by the holder of the service's lock; {@link #edited} by the director's thread.
 */
final class ThresholdLatch {
  private final long upper;
  private final long reopenBelow;
  private final AtomicBoolean full;

  /**
   * @param upper most connections, active and inactive; 0 for no limit
   * @param lower 0 for none
   */
  ThresholdLatch(long upper, long lower) {
    this(upper, lower, new AtomicBoolean());
  }

  /**
   * @param full that it is: in a plane's memory, where it outlives this bundle
   */
  ThresholdLatch(long upper, long lower, AtomicBoolean full) {
    this.full = full;
    this.upper = upper;
    this.reopenBelow = lower > 0 ? Math.min(lower, upper) : (3 * upper + 3) / 4;
  }

  /** The latch after an edit of the thresholds; this one if they are the same. */
  ThresholdLatch edited(long newUpper, long newLower) {
    ThresholdLatch edited = new ThresholdLatch(newUpper, newLower);
    if (edited.upper == upper && edited.reopenBelow == reopenBelow) {
      return this;
    }
    edited.full.set(full.get() && newUpper > 0 && newUpper <= upper);
    return edited;
  }

  /** Whether it takes no new connection while it holds {@code connections}. */
  boolean closed(long connections) {
    if (upper == 0) {
      return false;
    }
    if (connections >= upper) {
      full.set(true);
    } else if (connections < reopenBelow) {
      full.set(false);
    }
    return full.get();
  }

  /** What {@link #closed} would answer, without effect. */
  boolean wouldBeClosed(long connections) {
    return upper > 0 && (connections >= upper || (full.get() && connections >= reopenBelow));
  }

  /** Whether it is closed; the object itself, for a plane's memory. */
  AtomicBoolean full() {
    return full;
  }

  long upper() {
    return upper;
  }

  /** Notes that it was chosen, and holds {@code connections} with the new one. */
  void chosen(long connections) {
    if (upper > 0 && connections >= upper) {
      full.set(true);
    }
  }
}
