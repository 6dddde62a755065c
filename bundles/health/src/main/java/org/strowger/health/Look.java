package org.strowger.health;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.strowger.api.CheckTarget;

/** One look of a probe, under way or over. */
final class Look {
  private final CheckShelf.Made check;
  private final CheckTarget target;
  private final long due;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable Thread thread;
  private volatile long started;
  private volatile boolean ended;

  /**
   * @param due when it should start, monotonic nanoseconds
   */
  Look(CheckShelf.Made check, CheckTarget target, long due) {
    this.check = check;
    this.target = target;
    this.due = due;
  }

  CheckShelf.Made check() {
    return check;
  }

  CheckTarget target() {
    return target;
  }

  /** On its thread; how late it is. */
  long begin(long nanos) {
    started = nanos;
    thread = Thread.currentThread();
    return nanos - due;
  }

  boolean begun() {
    return thread != null;
  }

  Duration since(long nanos) {
    return Duration.ofNanos(nanos - started);
  }

  /** Whether the caller's answer is the one that counts: the first. */
  boolean answer() {
    return answered.compareAndSet(false, true);
  }

  /** The check is to end. */
  void interrupt() {
    Thread running = thread;
    if (running != null && !ended) {
      running.interrupt();
    }
  }

  void end() {
    ended = true;
  }
}
