package org.strowger.jmx;

import java.util.Arrays;
import java.util.List;
import javax.management.openmbean.TabularType;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Severity;
import org.strowger.api.Snapshot;

/** {@code type=Alarms}: the active alarms; emits them as notifications. */
final class AlarmsObject {
  private static final TabularType ACTIVE = Rows.ALARM.table("index");
  private static final TabularType TYPES = Rows.ALARM_TYPE.table("type");

  static final ObjectKind<Snapshot> KIND =
      new ObjectKind<>("Alarms", "The active alarms", fields(), List.of());

  private AlarmsObject() {}

  private static List<Field<Snapshot>> fields() {
    Fields<Snapshot> fields =
        new Fields<Snapshot>()
            .data(
                "ActiveAlarms",
                ACTIVE,
                "The active alarms",
                s -> Rows.ALARM.rows(ACTIVE, s.activeAlarms()))
            .gauge("ActiveTotal", "{alarm}", "Active alarms", s -> s.activeAlarms().size());
    for (Severity severity : Severity.values()) {
      if (severity != Severity.CLEARED) {
        String name = severity.word();
        fields.gauge(
            "Active" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
            "{alarm}",
            "Active alarms of severity " + name,
            s -> count(s, severity));
      }
    }
    return fields
        .gauge("AlarmSequence", "", "Number of the last alarm sent", Snapshot::alarmSequence)
        .time("AlarmsChanged", "When the active alarms last changed", Snapshot::alarmsChanged)
        .data(
            "AlarmTypes",
            TYPES,
            "Every type of alarm this release can raise, and what to do then",
            s -> Rows.ALARM_TYPE.rows(TYPES, Arrays.asList(AlarmType.values())))
        .list();
  }

  private static long count(Snapshot snapshot, Severity severity) {
    return snapshot.activeAlarms().stream()
        .map(Alarm::severity)
        .filter(each -> each == severity)
        .count();
  }
}
