package org.strowger.director;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks five times a second at all {@link WatchedCall}s, and interrupts the thread of one that does
 * not come back. A call that waits ends by that; one that computes ends at the next backward jump
 * of its code, where the launcher has put the question whether it was interrupted.
 *
 * <p>A machine that is too busy is not the plug-in's fault: a call that runs is overdue only when
 * it has had the processor for {@link #OWN_SHARE} of its patience.
 */
final class CallWatch implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMillis(200);

  /** Part of its patience that a running call must have had the processor. */
  static final double OWN_SHARE = 0.5;

  private static final Logger LOG = LoggerFactory.getLogger(CallWatch.class);

  private final Set<WatchedCall> calls = ConcurrentHashMap.newKeySet();
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** Processor time of the threads of calls that were under way at the last look. */
  private final Map<WatchedCall, Seen> seen = new HashMap<>();

  private final Thread thread;

  private record Seen(WatchedCall.Running call, long cpu) {}

  CallWatch() {
    thread = Thread.ofPlatform().name("call-watch").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** From now on, until it is retired and no call is under way. */
  WatchedCall watch(WatchedCall call) {
    calls.add(call);
    return call;
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

  private void look(long nanos) {
    calls.removeIf(call -> call.retired() && call.running() == null);
    seen.keySet().retainAll(calls);
    for (WatchedCall call : calls) {
      WatchedCall.Running running = call.running();
      if (running == null) {
        seen.remove(call);
        continue;
      }
      long cpu = Math.max(0, threads.getThreadCpuTime(running.thread().threadId()));
      Seen first = seen.get(call);
      if (first == null || !first.call.equals(running)) {
        first = new Seen(running, cpu);
        seen.put(call, first);
      }
      if (nanos - running.since() > call.patience() && atFault(running, call, cpu - first.cpu)) {
        interrupt(call, running);
      }
    }
  }

  private static boolean atFault(WatchedCall.Running running, WatchedCall call, long cpu) {
    // Of a virtual thread nobody knows the processor's time.
    boolean runs =
        running.thread().getState() == Thread.State.RUNNABLE && !running.thread().isVirtual();
    return !runs || cpu > OWN_SHARE * call.patience();
  }

  private static void interrupt(WatchedCall call, WatchedCall.Running running) {
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
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
