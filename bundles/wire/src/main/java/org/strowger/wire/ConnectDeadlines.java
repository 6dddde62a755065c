package org.strowger.wire;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Connects of one loop that have a deadline, looked at together: a timer for each would cost more
 * than the connect. Touched by its loop only.
 */
final class ConnectDeadlines {
  private record Connecting(RingSide side, long deadline) {}

  private final Loop loop;
  private ArrayDeque<Connecting> connecting = new ArrayDeque<>();
  private boolean ticking;

  ConnectDeadlines(Loop loop) {
    this.loop = loop;
  }

  /** Ends the connect after that time, unless it has ended by itself. */
  void add(RingSide side, int millis) {
    connecting.add(new Connecting(side, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis)));
    if (!ticking) {
      ticking = true;
      loop.later(Limits.CONNECT_TICK_MILLIS, this::tick);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    ArrayDeque<Connecting> all = connecting;
    connecting = new ArrayDeque<>();
    for (Connecting each : all) {
      if (each.side.connecting()) {
        if (each.deadline - now > 0) {
          connecting.add(each);
        } else {
          each.side.connectTimedOut();
        }
      }
    }
    ticking = !connecting.isEmpty();
    if (ticking) {
      loop.later(Limits.CONNECT_TICK_MILLIS, this::tick);
    }
  }
}
