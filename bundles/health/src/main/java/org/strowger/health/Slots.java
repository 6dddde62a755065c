package org.strowger.health;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * So many looks may be under way; the others wait in the order in which they were due. At most one
 * look of each probe waits, so that the queue is bounded by the number of probes. Any thread.
 */
final class Slots {
  /**
   * A look that is due.
   *
   * @param due monotonic nanoseconds
   * @param start starts it; is to return at once
   */
  record Waiting(long due, Runnable start) {}

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
    look.start.run();
  }

  /** A look has ended: the next one starts. */
  void give() {
    Waiting next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        running--;
        return;
      }
    }
    next.start.run();
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
