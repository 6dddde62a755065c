package org.strowger.director;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A token bucket in one number: the time at which it will be full again (the generic cell rate
 * algorithm, ITU-T I.371). The number lives in a cell of the caller's, by {@code
 * System.nanoTime()}, so that it outlives this bundle. Used by the holder of the service's lock.
 */
final class RateLimit {
  private static final long SECOND = 1_000_000_000L;

  private final long interval;
  private final long tolerance;

  /**
   * @param rate tokens a second, 1 to 10^8; rounded up to whole nanoseconds between two
   * @param burst tokens that may be taken at once; 0 is one second's worth
   */
  RateLimit(long rate, long burst) {
    this.interval = Math.ceilDiv(SECOND, rate);
    this.tolerance = ((burst > 0 ? burst : rate) - 1) * interval;
  }

  /** Whether there is a token; takes none. */
  boolean allows(AtomicLongArray cells, int cell, long now) {
    return fullAt(cells.get(cell), now) - now <= tolerance;
  }

  /** Takes a token that there is. */
  void take(AtomicLongArray cells, int cell, long now) {
    cells.set(cell, fullAt(cells.get(cell), now) + interval);
  }

  /** Takes over a bucket that was another one's until now: it is empty at worst. */
  void takeOver(AtomicLongArray cells, int cell, long now) {
    cells.set(cell, fullAt(cells.get(cell), now));
  }

  /** After an edit an old time may be farther away than this bucket can be empty. */
  private long fullAt(long written, long now) {
    return now + Math.clamp(written - now, 0, tolerance + interval);
  }
}
