package org.strowger.wire;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Watches what all connections share, and tells the decider when it gets short.
 *
 * <p>File descriptors: before the process has none left, all listening sockets of the wire pause,
 * and new connections wait in the kernel's backlog. Counting descriptors is slow, so it is done now
 * and then, off the loops; in between two are reckoned for each live connection. Buffers: each loop
 * keeps its own budget, see {@link Buffers}; here it is only told.
 */
final class ShortageWatch {
  private static final String DESCRIPTORS = "fileDescriptors";

  private final Exchange exchange;
  private final List<Loop> loops;
  private final OpenFiles files;
  private final AtomicBoolean paused = new AtomicBoolean();

  /** Touched by the first loop only. */
  private long ticks;

  /** Descriptors that are no connection's, and all that may be open, when last counted. */
  private volatile long others;

  private volatile long most = Long.MAX_VALUE;

  ShortageWatch(Exchange exchange, List<Loop> loops, OpenFiles files) {
    this.exchange = exchange;
    this.loops = loops;
    this.files = files;
  }

  /** What is kept free: for management, logs, files, and connections taken at the last moment. */
  static long reserve(long most) {
    return Math.max(Limits.DESCRIPTOR_RESERVE, most / Limits.DESCRIPTOR_RESERVE_PART);
  }

  /** Counts now and from now on. */
  void start() {
    count();
    loops.getFirst().later(Limits.SHORTAGE_TICK_MILLIS, this::tick);
  }

  private void tick() {
    loops.getFirst().later(Limits.SHORTAGE_TICK_MILLIS, this::tick);
    ticks++;
    if (paused.get() || ticks % Limits.DESCRIPTOR_COUNT_TICKS == 0) {
      Thread.ofVirtual().name("descriptors").start(this::count);
    }
    exchange.shortage(
        "buffers",
        loops.stream()
            .filter(loop -> loop.buffers().over())
            .map(loop -> loop + ": " + loop.buffers())
            .collect(Collectors.joining(", ")));
  }

  private void count() {
    long limit = files.most();
    others = Math.max(0, files.open() - connections());
    most = limit;
    long free = free();
    if (free < reserve(limit)) {
      pause(free + " of " + limit + " file descriptors are left");
    } else if (free >= reserve(limit) * 3 / 2) {
      resume();
    }
  }

  private long connections() {
    long sum = 0;
    for (Loop loop : loops) {
      sum += 2L * loop.live();
    }
    return sum;
  }

  private long free() {
    return most - others - connections();
  }

  /** A connection was accepted on this loop, by its thread. */
  void accepted(Loop loop) {
    long limit = most;
    if (!paused.get() && free() < reserve(limit)) {
      pause("fewer than " + reserve(limit) + " of " + limit + " file descriptors are left");
    }
    if (paused.get()) {
      loop.accepting(false); // at once: many may have arrived together
    }
  }

  /**
   * True if the connections that a listening socket may have waiting could take the reserve, were
   * they accepted all at once; any thread.
   */
  boolean sparing() {
    return free() < reserve(most) + 2L * Limits.BACKLOG;
  }

  /** There was none left for a new connection. */
  void exhausted() {
    pause("no file descriptor is left");
  }

  private void pause(String why) {
    if (paused.compareAndSet(false, true)) {
      loops.getFirst().events().execute(() -> loops.getFirst().countPause());
      loops.forEach(loop -> loop.events().execute(() -> loop.accepting(!paused.get())));
      exchange.shortage(DESCRIPTORS, why + ": no connections are accepted for now");
    }
  }

  private void resume() {
    if (paused.compareAndSet(true, false)) {
      loops.forEach(loop -> loop.events().execute(() -> loop.accepting(!paused.get())));
      exchange.shortage(DESCRIPTORS, "");
    }
  }
}
