package org.strowger.director;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks five times a second at all {@link WatchedCall}s, and interrupts the thread of one that does
 * not come back. A call that waits ends by that; one that computes ends at the next backward jump
 * of its code, where the launcher has put the question whether it was interrupted.
 *
 * <p>A machine that is too busy, or stands still for seconds, is not the plug-in's fault: a call is
 * overdue when its patience is over and it was itself at work, or waiting, for {@link #OWN_SHARE}
 * of it. At work is the time for which it had the processor; waiting is what was seen of it by
 * looks, so that a time in which nobody could look counts as one interval.
 */
final class CallWatch implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMillis(200);

  /** Part of its patience for which a call must have been at work, or waited. */
  static final double OWN_SHARE = 0.25;

  private static final Logger LOG = LoggerFactory.getLogger(CallWatch.class);

  /**
   * As long as somebody may still call: a scheduler that was replaced is asked by connections that
   * had begun with the table before, and must not hang unseen.
   */
  private final Set<WatchedCall> calls =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final LongUnaryOperator processorTime;

  /** Calls that were under way at the last look. */
  private final Map<WatchedCall, Seen> seen = new HashMap<>();

  private final Thread thread;

  /**
   * What was seen of a call.
   *
   * @param at the last look
   * @param cpu processor time of its thread then
   * @param own time so far for which it was at work, or waited
   */
  private record Seen(WatchedCall.Running call, long at, long cpu, long own) {}

  CallWatch() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    this(threads::getThreadCpuTime);
  }

  /**
   * @param processorTime in nanoseconds of the thread of this id; less than 0 if nobody knows
   */
  CallWatch(LongUnaryOperator processorTime) {
    this.processorTime = processorTime;
    thread = Thread.ofPlatform().name("call-watch").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** From now on, as long as anybody but this watch knows it. */
  WatchedCall watch(WatchedCall call) {
    calls.add(call);
    return call;
  }

  /**
   * A place where nobody calls any more; its last call is over. Who makes one for each call says
   * so: the collector may take minutes, and each look would go through all that were made
   * meanwhile.
   */
  void forget(WatchedCall call) {
    calls.remove(call);
  }

  /** How many are looked at. */
  int size() {
    return calls.size();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        try {
          look(System.nanoTime());
        } catch (RuntimeException e) { // the next look comes
          LOG.atError().setCause(e).log("calls were not looked at");
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look, at this {@code System.nanoTime()}. */
  void look(long nanos) {
    List<WatchedCall> present;
    synchronized (calls) {
      present = List.copyOf(calls);
    }
    seen.keySet().removeIf(call -> call.running() == null); // also of those that are forgotten
    for (WatchedCall call : present) {
      WatchedCall.Running running = call.running();
      if (running == null) {
        continue;
      }
      Seen now = seen(running, seen.get(call), nanos);
      seen.put(call, now);
      if (nanos - running.since() > call.patience() && now.own > OWN_SHARE * call.patience()) {
        interrupt(call, running, nanos);
      }
    }
  }

  private Seen seen(WatchedCall.Running running, @Nullable Seen last, long nanos) {
    long cpu = Math.max(0, processorTime.applyAsLong(running.thread().threadId()));
    Seen before =
        last != null && last.call.equals(running)
            ? last
            : new Seen(running, running.since(), cpu, 0);
    // Of a virtual thread nobody knows the processor's time.
    boolean runs =
        running.thread().getState() == Thread.State.RUNNABLE && !running.thread().isVirtual();
    long more = runs ? cpu - before.cpu : Math.min(nanos - before.at, INTERVAL.toNanos());
    return new Seen(running, nanos, cpu, before.own + more);
  }

  private static void interrupt(WatchedCall call, WatchedCall.Running running, long nanos) {
    String stack =
        Arrays.stream(running.thread().getStackTrace())
            .limit(20)
            .map(StackTraceElement::toString)
            .collect(Collectors.joining(" < "));
    if (call.interrupt(running)) {
      LOG.atError()
          .addKeyValue("call", call.what())
          .addKeyValue("thread", running.thread().getName())
          .addKeyValue("stack", stack)
          .log("does not come back and is interrupted");
    } else if (tensOfSeconds(nanos, running) > tensOfSeconds(nanos - INTERVAL.toNanos(), running)) {
      LOG.atError()
          .addKeyValue("call", call.what())
          .addKeyValue("thread", running.thread().getName())
          .addKeyValue("interrupted", running.thread().isInterrupted())
          .addKeyValue("stack", stack)
          .log("has not come back, though it was interrupted; its thread serves nobody");
    }
  }

  private static long tensOfSeconds(long nanos, WatchedCall.Running running) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos - running.since()) / 10;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
