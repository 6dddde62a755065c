package org.strowger.director;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Severity;

/**
 * The active alarms, keyed by (type, resource). It is told the whole set of conditions that hold
 * and works out what to raise, change and clear. Bounded: beyond {@link #MAX_ACTIVE} the least
 * severe conditions are left out, and an alarm says so.
 */
final class AlarmList {
  /** Most active alarms. */
  static final int MAX_ACTIVE = 1_000;

  /** How long a condition must hold before it is raised, where that is not at once. */
  private static final Map<AlarmType, Duration> RAISE_DELAY =
      Map.of(
          AlarmType.PLUGIN_MISSING, Duration.ofSeconds(2),
          AlarmType.CHECK_STALLED, Duration.ofSeconds(10),
          AlarmType.SERVICE_DEGRADED, Duration.ofSeconds(5),
          AlarmType.BUNDLE_FAILED, Duration.ofSeconds(5),
          AlarmType.STARTUP_DIFFERS, Duration.ofMinutes(5));

  /** A condition that holds now. */
  record Condition(AlarmType type, String resource, Severity severity, String text) {
    static Condition of(AlarmType type, String resource, String text) {
      return new Condition(type, resource, type.defaultSeverity(), text);
    }
  }

  private record Key(AlarmType type, String resource) {}

  private final Map<Key, Long> heldSince = new HashMap<>();
  private final Map<Key, Alarm> active = new LinkedHashMap<>();
  private long lastIndex;
  private long sequence;
  private Instant changed;

  AlarmList(Instant now) {
    changed = now;
  }

  /**
   * Brings the list in line with the conditions.
   *
   * @param nanos monotonic clock
   */
  List<DirectorEvent> reconcile(List<Condition> conditions, Instant now, long nanos) {
    Map<Key, Condition> wanted = due(bounded(conditions), nanos);
    List<DirectorEvent> events = new ArrayList<>();
    clearOthers(wanted, now, events);
    wanted.forEach((key, condition) -> raise(key, condition, now, events));
    if (!events.isEmpty()) {
      changed = now;
    }
    return events;
  }

  private static List<Condition> bounded(List<Condition> conditions) {
    if (conditions.size() <= MAX_ACTIVE) {
      return conditions;
    }
    List<Condition> kept =
        new ArrayList<>(
            conditions.stream()
                .sorted(Comparator.comparingInt(c -> c.severity().code()))
                .limit(MAX_ACTIVE - 1)
                .toList());
    String text = (conditions.size() - kept.size()) + " conditions are not in the list";
    kept.add(Condition.of(AlarmType.ALARM_TABLE_OVERFLOW, "unit=director", text));
    return kept;
  }

  /** The conditions that held long enough; remembers since when the others hold. */
  private Map<Key, Condition> due(List<Condition> conditions, long nanos) {
    Map<Key, Condition> due = new LinkedHashMap<>();
    Map<Key, Long> held = new HashMap<>();
    for (Condition condition : conditions) {
      Key key = new Key(condition.type, condition.resource);
      long since = heldSince.getOrDefault(key, nanos);
      held.put(key, since);
      if (active.containsKey(key) || nanos - since >= delay(key)) {
        due.put(key, condition);
      }
    }
    heldSince.clear();
    heldSince.putAll(held);
    return due;
  }

  private static long delay(Key key) {
    return RAISE_DELAY.getOrDefault(key.type, Duration.ZERO).toNanos();
  }

  private void clearOthers(Map<Key, Condition> wanted, Instant now, List<DirectorEvent> events) {
    Iterator<Map.Entry<Key, Alarm>> each = active.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Key, Alarm> entry = each.next();
      if (!wanted.containsKey(entry.getKey())) {
        each.remove();
        Alarm alarm = entry.getValue();
        events.add(
            new DirectorEvent.AlarmCleared(
                with(alarm, alarm.severity(), alarm.text(), now, nextSequence())));
      }
    }
  }

  private void raise(Key key, Condition condition, Instant now, List<DirectorEvent> events) {
    @Nullable Alarm present = active.get(key);
    if (present == null) {
      Alarm alarm =
          new Alarm(
              ++lastIndex,
              key.type,
              key.resource,
              condition.severity,
              condition.text,
              now,
              now,
              nextSequence());
      active.put(key, alarm);
      events.add(new DirectorEvent.AlarmRaised(alarm));
    } else if (present.severity() != condition.severity || !present.text().equals(condition.text)) {
      Alarm alarm = with(present, condition.severity, condition.text, now, nextSequence());
      active.put(key, alarm);
      events.add(new DirectorEvent.AlarmChanged(alarm));
    }
  }

  private static Alarm with(Alarm alarm, Severity severity, String text, Instant now, long number) {
    return new Alarm(
        alarm.index(),
        alarm.type(),
        alarm.resource(),
        severity,
        text,
        alarm.raisedTime(),
        now,
        number);
  }

  /** StgSeqNo: 1 to 4294967295, then 1 again. */
  private long nextSequence() {
    sequence = sequence == 0xFFFF_FFFFL ? 1 : sequence + 1;
    return sequence;
  }

  /** Nanoseconds until the next delayed condition is due; {@code Long.MAX_VALUE} if none is. */
  long nanosUntilDue(long nanos) {
    return heldSince.entrySet().stream()
        .filter(entry -> !active.containsKey(entry.getKey()))
        .mapToLong(entry -> Math.max(0, delay(entry.getKey()) - (nanos - entry.getValue())))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  List<Alarm> active() {
    return List.copyOf(active.values());
  }

  long sequence() {
    return sequence;
  }

  Instant changed() {
    return changed;
  }
}
