package org.strowger.health;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * So many looks may be under way; the others wait in the order in which they were due. At most one
 * look of each probe waits, so that the queue is bounded by the number of probes. Any thread.
 */
final class Slots {
  /**
   * A look that is due.
   *
   * @param due monotonic nanoseconds
   * @param start starts it, at once; false if it is not wanted any more
   */
  record Waiting(long due, BooleanSupplier start) {}

  private final int limit;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int running;

  Slots(int limit) {
    this.limit = limit;
  }

  /** Starts it now, or when a slot is given back. */
  void take(Waiting look) {
    synchronized (this) {
      if (running >= limit) {
        waiting.add(look);
        return;
      }
      running++;
    }
    if (!look.start.getAsBoolean()) {
      give();
    }
  }

  /** A look has ended: the next one starts. */
  void give() {
    Waiting next;
    do {
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          running--;
          return;
        }
      }
    } while (!next.start.getAsBoolean());
  }

  synchronized int running() {
    return running;
  }

  int limit() {
    return limit;
  }

  /** Seconds for which the one that waits longest has been late; 0 if nobody is. */
  synchronized long waitingSeconds(long nanos) {
    Waiting first = waiting.peek();
    long late = first == null ? 0 : nanos - first.due - Limits.LATE.toNanos();
    return late <= 0 ? 0 : TimeUnit.NANOSECONDS.toSeconds(late) + 1;
  }
}
