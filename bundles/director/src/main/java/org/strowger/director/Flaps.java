package org.strowger.director;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.api.AlarmProfile;

/**
 * When the conditions of alarms came and went, also of those that are not active now. Bounded: the
 * longest quiet one is forgotten first. The director's thread only.
 */
final class Flaps {
  /** Alarms whose transitions are remembered. */
  static final int MAX_REMEMBERED = 2 * AlarmStore.MAX_ACTIVE;

  private final Map<AlarmEntry.Key, Deque<Long>> transitions = new LinkedHashMap<>();

  /** One more; true if that makes as many within the window as the profile allows. */
  boolean transition(AlarmEntry.Key key, AlarmProfile profile, long nanos) {
    Deque<Long> times = transitions.remove(key);
    if (times == null) {
      times = new ArrayDeque<>();
    }
    transitions.put(key, times); // now the last in order
    if (transitions.size() > MAX_REMEMBERED) {
      Iterator<AlarmEntry.Key> first = transitions.keySet().iterator();
      first.next();
      first.remove();
    }
    times.add(nanos);
    while (times.size() > Math.max(1, profile.flapCount())) {
      times.remove();
    }
    return profile.flapCount() > 0
        && times.size() == profile.flapCount()
        && nanos - times.element() <= profile.flapWindow().toNanos();
  }

  /** Time until a whole window is quiet; 0 if it is. */
  long nanosUntilQuiet(AlarmEntry.Key key, AlarmProfile profile, long nanos) {
    Deque<Long> times = transitions.get(key);
    return times == null || times.isEmpty()
        ? 0
        : Math.max(0, profile.flapWindow().toNanos() - (nanos - times.getLast()));
  }

  void forget(AlarmEntry.Key key) {
    transitions.remove(key);
  }
}
