package org.strowger.wire;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Visits the connections of a loop again and again, a slice at a time, to find those that are idle:
 * so a connection needs no timer, and an edited time is found at the next visit. One round takes a
 * tenth of the shortest time that any of them has. On its loop only.
 */
final class Sweep {
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(Limits.SWEEP_TICK_MILLIS);
  private static final long SHORTEST_ROUND = 2 * TICK;
  private static final long LONGEST_ROUND =
      TimeUnit.MILLISECONDS.toNanos(Limits.SWEEP_ROUND_MILLIS);

  private final Loop loop;
  private @Nullable LiveConnection next;
  private boolean ticking;
  private long shortest = Long.MAX_VALUE;
  private long shortestSeen = Long.MAX_VALUE;

  Sweep(Loop loop) {
    this.loop = loop;
  }

  /** One more connection. */
  void added(LiveConnection connection) {
    shorten(connection.port().wanted().times().shortest());
    if (!ticking) {
      ticking = true;
      loop.later(Limits.SWEEP_TICK_MILLIS, this::tick);
    }
  }

  /** A connection goes; while it is still linked. */
  void removing(LiveConnection connection) {
    if (connection.equals(next)) {
      next = connection.newer;
    }
  }

  /** Some connection may have this time, in milliseconds, from now on. */
  void shorten(long millis) {
    shortest = Math.min(shortest, millis);
  }

  private void tick() {
    if (loop.live() == 0) {
      ticking = false;
      shortest = Long.MAX_VALUE;
      shortestSeen = Long.MAX_VALUE;
      return;
    }
    try {
      slice(System.nanoTime());
    } finally {
      loop.later(Limits.SWEEP_TICK_MILLIS, this::tick);
    }
  }

  private void slice(long now) {
    if (next == null) { // a new round
      next = loop.oldest();
      shortest = shortestSeen == Long.MAX_VALUE ? shortest : shortestSeen;
      shortestSeen = Long.MAX_VALUE;
    }
    long wanted = 1 + loop.live() * TICK / round();
    for (long left = Math.min(wanted, Limits.SWEEP_SLICE); left > 0 && next != null; left--) {
      LiveConnection visited = next;
      next = visited.newer;
      shortestSeen = Math.min(shortestSeen, visited.port().wanted().times().shortest());
      visited.visit(now);
    }
  }

  private long round() {
    if (loop.buffers().over()) { // what waits is known anew at each visit
      return SHORTEST_ROUND;
    }
    long nanos = TimeUnit.MILLISECONDS.toNanos(shortest); // saturates
    return Math.clamp(nanos / 10, SHORTEST_ROUND, LONGEST_ROUND);
  }
}
