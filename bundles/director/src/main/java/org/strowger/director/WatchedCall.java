package org.strowger.director;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A place where somebody else's code is called, one call at a time, and the call that is under way
 * there. {@link CallWatch} looks at it from its own thread and interrupts a call that takes too
 * long; the thread that called hears nothing of it once the call is over.
 *
 * <p>{@code begin} and {@code end} come on the calling thread, everything else on the watch's.
 */
final class WatchedCall {
  /** A call under way. */
  record Running(Thread thread, long since) {}

  /**
   * Without the fence of a volatile write: a call costs a few nanoseconds, and a look may be late.
   */
  private static final VarHandle SINCE;

  private static final VarHandle THREAD;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SINCE = lookup.findVarHandle(WatchedCall.class, "since", long.class);
      THREAD = lookup.findVarHandle(WatchedCall.class, "thread", Thread.class);
    } catch (ReflectiveOperationException impossible) { // both are declared below
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final String what;
  private final long patience;
  private final Runnable whenOverdue;
  private volatile @Nullable Thread thread;
  private volatile long since;
  private volatile boolean interrupted;

  /** Whether the thread was interrupted before the call, by somebody else. The caller's. */
  private boolean before;

  /** The call that was told to be overdue, by its beginning. The watch's. */
  private long overdue;

  /**
   * @param what is called, for the log
   * @param patienceMillis how long a call may take until it is interrupted
   * @param whenOverdue told once for each call that is, on the watch's thread
   */
  WatchedCall(String what, long patienceMillis, Runnable whenOverdue) {
    this.what = what;
    this.patience = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    this.whenOverdue = whenOverdue;
  }

  /**
   * A call begins, at this {@code System.nanoTime()}. An interrupt of the thread that is none of
   * its business waits until it is over: it would end the first loop of innocent code.
   */
  void begin(long nanos) {
    before = Thread.interrupted();
    SINCE.setRelease(this, nanos);
    THREAD.setRelease(this, Thread.currentThread());
  }

  /**
   * It is over, however it ended: an interrupt that was meant for it is gone, also one that its
   * code left behind, for the next call on this thread is another's.
   *
   * @return whether the watch interrupted this call
   */
  boolean end() {
    boolean restore = before; // the next call may begin elsewhere before this one returns
    thread = null;
    boolean late = interrupted && awaitWatch();
    boolean _ = Thread.interrupted();
    if (restore) {
      Thread.currentThread().interrupt();
    }
    return late;
  }

  /**
   * Under the lock nobody interrupts; afterwards nobody does, for there is no call. Whether
   * somebody did: who found no call took it back under the lock.
   */
  private synchronized boolean awaitWatch() {
    boolean late = interrupted;
    interrupted = false;
    return late;
  }

  /** How long the present call has taken, in nanoseconds; 0 if there is none. */
  long taken(long nanos) {
    long began = since;
    return thread == null ? 0 : Math.max(1, nanos - began);
  }

  String what() {
    return what;
  }

  long patience() {
    return patience;
  }

  /** The call under way, or null. */
  @Nullable Running running() {
    long began = since;
    Thread caller = thread;
    return caller == null || began != since ? null : new Running(caller, began);
  }

  /** Interrupts this call if it is still under way; whether this is the first time. */
  boolean interrupt(Running call) {
    synchronized (this) {
      interrupted = true; // before the look: who ends after it sees it
      Thread caller = thread;
      if (caller == null || since != call.since) {
        interrupted = false;
        return false;
      }
      caller.interrupt();
    }
    boolean first = overdue != call.since;
    overdue = call.since;
    if (first) {
      whenOverdue.run();
    }
    return first;
  }
}
