package org.strowger.jmx;

import java.util.Arrays;
import java.util.List;
import javax.management.openmbean.TabularType;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Severity;
import org.strowger.api.Snapshot;

/** {@code type=Alarms}: the alarms; emits them as notifications. */
final class AlarmsObject {
  private static final TabularType ACTIVE = Rows.ALARM.table("index");
  private static final TabularType HISTORY = Rows.ALARM_RECORD.table("number");
  private static final TabularType SHELVES = Rows.ALARM_SHELF.table("name");
  private static final TabularType PROFILES = Rows.ALARM_PROFILE.table("type");

  /** Records in the attribute; an operation gives older ones. */
  static final int HISTORY_SHOWN = 100;

  private static final TabularType TYPES = Rows.ALARM_TYPE.table("type");

  static final ObjectKind<Snapshot> KIND =
      new ObjectKind<>(
          "Alarms",
          "The active alarms, their history, and how alarms are treated",
          fields(),
          AlarmOperations.all());

  private AlarmsObject() {}

  private static List<Field<Snapshot>> fields() {
    Fields<Snapshot> fields =
        new Fields<Snapshot>()
            .data(
                "ActiveAlarms",
                ACTIVE,
                "The active alarms",
                s -> Rows.ALARM.rows(ACTIVE, s.activeAlarms()))
            .gauge("ActiveTotal", "{alarm}", "Active alarms", s -> s.alarms().count())
            .gauge("ShelvedCount", "{alarm}", "Alarms that are shelved", s -> s.alarms().shelved());
    for (Severity severity : Severity.values()) {
      if (severity != Severity.CLEARED) {
        String name = severity.word();
        fields.gauge(
            "Active" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
            "{alarm}",
            "Active alarms of severity " + name,
            s -> s.alarms().count(severity));
      }
    }
    telling(fields);
    settings(fields);
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

  private static void telling(Fields<Snapshot> fields) {
    fields
        .data(
            "History",
            HISTORY,
            "What became of alarms, the last " + HISTORY_SHOWN + " steps",
            s -> Rows.ALARM_RECORD.rows(HISTORY, last(s)))
        .counter(
            "HistoryDropped",
            "{record}",
            "Records that left the history because it was full",
            s -> s.alarms().historyDropped())
        .time(
            "ListRebuiltTime", "When the list was last told to be whole", s -> s.alarms().rebuilt())
        .flag("ThrottleActive", "Whether a storm is being suppressed", s -> s.alarms().storm())
        .counter(
            "SuppressedTotal",
            "{notification}",
            "Notifications that were suppressed",
            s -> s.alarms().suppressed())
        .counter(
            "Overflows",
            "{time}",
            "How often the list was found full",
            s -> s.alarms().overflowed());
  }

  private static List<AlarmRecord> last(Snapshot snapshot) {
    List<AlarmRecord> all = snapshot.alarms().history();
    return all.subList(Math.max(0, all.size() - HISTORY_SHOWN), all.size());
  }

  private static void settings(Fields<Snapshot> fields) {
    fields
        .count("HistorySize", "{record}", "Records kept", s -> settings(s).history())
        .tunable((s, value) -> put(value, "alarms", "history"))
        .count(
            "HeartbeatInterval",
            "s",
            "Seconds between two heartbeats; 0: none",
            s -> settings(s).heartbeat().toSeconds())
        .tunable((s, value) -> put(value + "s", "alarms", "heartbeat"))
        .count(
            "ThrottleRate",
            "{notification}/s",
            "Notifications a second, on average at most",
            s -> settings(s).throttleRate())
        .tunable((s, value) -> put(value, "alarms", "throttle", "rate"))
        .count(
            "ThrottleBurst",
            "{notification}",
            "Notifications at once, at most",
            s -> settings(s).throttleBurst())
        .tunable((s, value) -> put(value, "alarms", "throttle", "burst"))
        .flag(
            "Maintenance",
            "Whether somebody works on this director: its alarms are put aside",
            s -> settings(s).maintenance())
        .tunable((s, value) -> put(value, "director", "maintenance"))
        .data(
            "Shelves",
            SHELVES,
            "What is put aside",
            s -> Rows.ALARM_SHELF.rows(SHELVES, settings(s).shelves().values()))
        .data(
            "Profiles",
            PROFILES,
            "How alarms of each type are treated",
            s -> Rows.ALARM_PROFILE.rows(PROFILES, settings(s).profiles().entrySet()));
  }

  private static AlarmSettings settings(Snapshot snapshot) {
    return snapshot.configuration().alarms();
  }

  private static Change put(Object value, String... path) {
    return new Change.Put(KeyPath.of(path), value);
  }
}
