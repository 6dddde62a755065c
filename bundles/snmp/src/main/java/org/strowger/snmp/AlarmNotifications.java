package org.strowger.snmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.Alarms;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Severity;

/** The notifications of STROWGER-ALARM-MIB. The numbers are those of the module. */
final class AlarmNotifications {
  private static final OID NOTIFICATIONS = Oids.below(Oids.STG_ALM_MIB, 0);
  private static final OID NOTIFY_OBJECTS = Oids.below(Oids.STG_ALM_MIB, 1, 3);
  private static final int CLEARED = 6;

  /** stgAlmCleared. */
  static final OID CLEARED_NAME = Oids.below(NOTIFICATIONS, CLEARED);

  private static final int HEARTBEAT = 8;

  /** stgAlmHeartbeat. */
  static final OID HEARTBEAT_NAME = Oids.below(NOTIFICATIONS, HEARTBEAT);

  private static final int LIST_REBUILT = 9;
  private static final int STORM_START = 10;
  private static final int STORM_END = 11;
  private static final int REPLAYED = 12;

  /** In the order of the OBJECTS of the notifications, after sequence and index. */
  private static final int[] NOTIFIED_COLUMNS = {
    2, 3, 4, 5, 6, 7, 8, AlarmObjects.SEVERITY, 18, 12, 13, 17
  };

  private AlarmNotifications() {}

  /** The sequence number that a notification carries; 0 if it is none of an alarm. */
  static long sequenceIn(OID name, List<VariableBinding> variables) {
    boolean ofAlarm = name.startsWith(NOTIFICATIONS) && name.last() <= CLEARED;
    return variables.stream()
        .filter(variable -> ofAlarm && variable.getOid().equals(AlarmObjects.LAST_SEQUENCE))
        .mapToLong(variable -> variable.getVariable().toLong())
        .findFirst()
        .orElse(0);
  }

  /** The notification that {@code alarm} was raised or changed. */
  static Notification raised(Alarm alarm, long upTime) {
    return new Notification(name(alarm.severity()), upTime, variables(alarm), alarm.sequence());
  }

  /** The notification of alarms of this severity. */
  static OID name(Severity severity) {
    int number =
        switch (severity) {
          case WARNING -> 2;
          case MINOR -> 3;
          case MAJOR -> 4;
          case CRITICAL -> 5;
          case INDETERMINATE, CLEARED -> 1;
        };
    return Oids.below(NOTIFICATIONS, number);
  }

  /** What a notification about an active alarm carries. */
  static List<VariableBinding> variables(Alarm alarm) {
    return variables(alarm, alarm.severity());
  }

  /** The notification that {@code alarm}, as it last was, is over. */
  static Notification cleared(Alarm alarm, long upTime) {
    List<VariableBinding> variables = new ArrayList<>(variables(alarm, Severity.CLEARED));
    variables.add(notifyObject(2, Smi.code(alarm.severity())));
    variables.add(cell(AlarmObjects.RAISED_TIME, alarm));
    return new Notification(CLEARED_NAME, upTime, variables, alarm.sequence());
  }

  /** What was told at a line of the history; empty if nothing was. */
  static Optional<Notification> of(AlarmRecord record, long upTime) {
    if (!record.notified()) {
      return Optional.empty();
    }
    return switch (record.kind()) {
      case RAISE, CHANGE, UNSHELVE -> Optional.of(raised(record.alarm(), upTime));
      case CLEAR, SHELVE -> Optional.of(cleared(record.alarm(), upTime));
      case ACKNOWLEDGE -> Optional.empty();
    };
  }

  /** About the list as a whole. */
  static Notification notice(DirectorEvent.Notice notice, Alarms alarms, long upTime) {
    return switch (notice) {
      case HEARTBEAT -> plain(HEARTBEAT, upTime, concat(list(alarms), severities(alarms)));
      case LIST_REBUILT ->
          plain(
              LIST_REBUILT,
              upTime,
              concat(List.of(scalar(11, Smi.dateAndTime(alarms.rebuilt()))), list(alarms)));
      case STORM_START -> plain(STORM_START, upTime, storm(alarms));
      case STORM_END -> plain(STORM_END, upTime, storm(alarms));
    };
  }

  /** What was told from one sequence number to another was told to the target again. */
  static Notification replayed(String target, long first, long last, long upTime) {
    return plain(
        REPLAYED,
        upTime,
        List.of(
            notifyObject(5, Smi.text(target)),
            notifyObject(6, AlarmObjects.sequence(first)),
            notifyObject(7, AlarmObjects.sequence(last))));
  }

  private static List<VariableBinding> list(Alarms alarms) {
    return List.of(
        scalar(9, AlarmObjects.sequence(alarms.sequence())),
        scalar(8, Smi.dateAndTime(alarms.changed())),
        scalar(1, Smi.gauge(alarms.count())));
  }

  private static List<VariableBinding> severities(Alarms alarms) {
    return List.of(
        scalar(2, Smi.gauge(alarms.count(Severity.CRITICAL))),
        scalar(3, Smi.gauge(alarms.count(Severity.MAJOR))),
        scalar(4, Smi.gauge(alarms.count(Severity.MINOR))),
        scalar(5, Smi.gauge(alarms.count(Severity.WARNING))));
  }

  private static List<VariableBinding> storm(Alarms alarms) {
    return List.of(
        scalar(9, AlarmObjects.sequence(alarms.sequence())),
        scalar(19, Smi.counter64(alarms.suppressed())),
        notifyObject(3, AlarmObjects.sequence(alarms.firstSuppressed())),
        notifyObject(4, AlarmObjects.sequence(alarms.lastSuppressed())));
  }

  private static Notification plain(int number, long upTime, List<VariableBinding> variables) {
    return new Notification(Oids.below(NOTIFICATIONS, number), upTime, variables, 0);
  }

  private static List<VariableBinding> concat(
      List<VariableBinding> first, List<VariableBinding> then) {
    List<VariableBinding> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  private static VariableBinding scalar(int number, Variable value) {
    return new VariableBinding(Oids.below(AlarmObjects.SUMMARY, number, 0), value);
  }

  private static VariableBinding notifyObject(int number, Variable value) {
    return new VariableBinding(Oids.below(NOTIFY_OBJECTS, number, 0), value);
  }

  private static List<VariableBinding> variables(Alarm alarm, Severity severity) {
    List<VariableBinding> variables = new ArrayList<>();
    variables.add(
        new VariableBinding(AlarmObjects.LAST_SEQUENCE, AlarmObjects.sequence(alarm.sequence())));
    variables.add(notifyObject(1, Smi.gauge(alarm.index())));
    for (int column : NOTIFIED_COLUMNS) {
      variables.add(
          column == AlarmObjects.SEVERITY
              ? new VariableBinding(cellName(column, alarm), Smi.code(severity))
              : cell(column, alarm));
    }
    return variables;
  }

  private static VariableBinding cell(int column, Alarm alarm) {
    return new VariableBinding(cellName(column, alarm), AlarmObjects.cell(column, alarm));
  }

  private static OID cellName(int column, Alarm alarm) {
    return Oids.below(AlarmObjects.ACTIVE, 1, column, (int) alarm.index());
  }
}
