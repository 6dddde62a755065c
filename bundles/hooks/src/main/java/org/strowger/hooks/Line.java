package org.strowger.hooks;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.HookCall;
import org.strowger.api.HookRunner;
import org.strowger.api.HookState;

/** The calls of one hook, in line, and its counts. Its own lock guards it. */
final class Line {
  private final String name;
  private final Deque<HookCall> waiting = new ArrayDeque<>();
  private boolean served;
  private long runs;
  private long failures;
  private long timeouts;
  private long dropped;
  private boolean failing;
  private boolean overflowing;
  private Optional<Instant> lastTime = Optional.empty();
  private String lastText = "";

  Line(String name) {
    this.name = name;
  }

  /** Whether a call was dropped for this one, and none was since the line was last empty. */
  synchronized boolean add(HookCall call) {
    boolean first = false;
    if (waiting.size() >= HookRunner.MAX_WAITING) {
      waiting.removeFirst();
      dropped++;
      first = !overflowing;
      overflowing = true;
    }
    waiting.addLast(call);
    return first;
  }

  /** Whether somebody is to serve it now who does not yet. */
  synchronized boolean claim() {
    boolean free = !served && !waiting.isEmpty();
    served |= free;
    return free;
  }

  /** The next one; null ends the serving. */
  synchronized @Nullable HookCall next() {
    HookCall next = waiting.poll();
    served = next != null;
    return next;
  }

  /** Whether that its calls overflow has ended. */
  synchronized boolean eased() {
    boolean ended = overflowing && waiting.isEmpty();
    overflowing &= !ended;
    return ended;
  }

  synchronized void late() {
    timeouts++;
  }

  /** A call has ended; whether it failed where the last one did not, or the other way round. */
  synchronized boolean ended(Act.Outcome outcome, Instant now) {
    boolean changed = failing == outcome.good();
    runs++;
    failures += outcome.good() ? 0 : 1;
    failing = !outcome.good();
    lastTime = Optional.of(now);
    lastText = outcome.text();
    return changed;
  }

  /** What waits is the caller's. */
  synchronized List<HookCall> clear() {
    List<HookCall> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  synchronized HookState state() {
    return new HookState(
        name,
        runs,
        failures,
        timeouts,
        dropped,
        waiting.size(),
        failing,
        overflowing,
        lastTime,
        lastText);
  }
}
