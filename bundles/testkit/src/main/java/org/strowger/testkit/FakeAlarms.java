package org.strowger.testkit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmRecord;
import org.strowger.api.Alarms;

/** The alarms of a {@link FakeDirector}: a list, and a line of history for each step. */
final class FakeAlarms {
  private final List<Alarm> active = new CopyOnWriteArrayList<>();
  private final List<AlarmRecord> history = new CopyOnWriteArrayList<>();
  private final Map<String, List<AlarmCondition>> reported = new ConcurrentHashMap<>();

  void raise(Alarm alarm) {
    active.add(alarm);
    record(AlarmRecord.Kind.RAISE, alarm);
  }

  void clear(Alarm alarm) {
    active.remove(alarm);
    record(AlarmRecord.Kind.CLEAR, alarm);
  }

  private void record(AlarmRecord.Kind kind, Alarm alarm) {
    history.add(new AlarmRecord(history.size() + 1, kind, alarm, alarm.changedTime(), true));
  }

  void report(String reporter, List<AlarmCondition> conditions) {
    reported.put(reporter, List.copyOf(conditions));
  }

  Map<String, List<AlarmCondition>> reported() {
    return Map.copyOf(reported);
  }

  Alarms list() {
    return new Alarms(
        active,
        history,
        active.size(),
        FakeDirector.START,
        FakeDirector.START,
        0,
        false,
        3,
        1,
        2,
        4,
        0,
        Map.of(),
        Map.of());
  }
}
