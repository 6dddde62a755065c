package org.strowger.health;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.strowger.api.HealthTable;
import org.strowger.api.ProbeState;

/** One wanted probe: what is known of it and when it is due. Its own lock guards it. */
final class Probing {
  private HealthTable.Probe wanted;
  private ProbeState state;
  private long due;
  private boolean shifted;
  private boolean removed;
  private boolean claimed;
  private int faultsInARow;
  private @Nullable Look look;
  private @Nullable Future<?> timer;

  Probing(HealthTable.Probe wanted, ProbeState known) {
    this.wanted = wanted;
    this.state = known;
  }

  synchronized HealthTable.Probe wanted() {
    return wanted;
  }

  synchronized void wanted(HealthTable.Probe edited) {
    wanted = edited;
  }

  synchronized ProbeState state() {
    return state;
  }

  /** Takes over what somebody else knows, if nothing is known here yet. */
  synchronized void learn(ProbeState known) {
    if (state.looks() == 0) {
      state = known;
    }
  }

  synchronized void state(ProbeState next) {
    state = next;
    faultsInARow = 0;
  }

  synchronized void faulted(String text) {
    faultsInARow++;
    state = Judge.faulted(state, text, faultsInARow);
  }

  synchronized long due() {
    return due;
  }

  /** Due next at this time, by this timer. */
  synchronized void due(long nanos, Future<?> next) {
    if (timer != null) {
      timer.cancel(false);
    }
    due = nanos;
    timer = next;
    if (removed) {
      next.cancel(false);
    }
  }

  synchronized boolean removed() {
    return removed;
  }

  synchronized void remove() {
    removed = true;
    if (timer != null) {
      timer.cancel(false);
    }
    if (look != null) {
      boolean _ = look.answer(); // nobody wants to know any more
      look.interrupt();
    }
  }

  /** Its next look begins, or waits for a slot; false if that is so already. */
  synchronized boolean claim() {
    boolean free = !claimed;
    claimed = true;
    if (free) {
      look = null;
    }
    return free;
  }

  /** Its look is over. */
  synchronized void release() {
    claimed = false;
  }

  /** The one under way, or the last one. */
  synchronized @Nullable Look look() {
    return look;
  }

  synchronized void look(Look next) {
    look = next;
  }

  /** True once: its phase among the others is still that of its first look. */
  synchronized boolean shift() {
    boolean first = !shifted;
    shifted = true;
    return first;
  }
}
