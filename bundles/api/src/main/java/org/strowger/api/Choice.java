package org.strowger.api;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** The decision for one new connection. */
public sealed interface Choice {
  /**
   * Goes to the real server at this index of the {@link ForwardedService}.
   *
   * @param tallies each counts this connection: the plane adds 1 to cell {@link #HELD} before the
   *     next choice for the service, subtracts it when the connection has ended, and then writes
   *     {@code System.nanoTime()} to cell {@link #LAST_END}. JDK objects, so that they outlive
   *     whoever made them
   */
  record Chosen(int index, List<AtomicLongArray> tallies) implements Choice {
    public Chosen {
      tallies = List.copyOf(tallies);
    }

    public Chosen(int index) {
      this(index, List.of());
    }
  }

  /** Goes to nobody. */
  record Refused(Verdict verdict) implements Choice {}

  /** Every real server is full: the connection may wait, and be decided again. */
  record Wait() implements Choice {}

  /** Cell of a tally: live connections. */
  int HELD = 0;

  /** Cell of a tally: when one ended last, by {@code System.nanoTime()}. */
  int LAST_END = 1;

  /** Cells of a tally. */
  int TALLY_CELLS = 2;
}
