package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.SMIConstants;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
import org.strowger.api.Severity;

/**
 * ALARM-MIB and ITU-ALARM-MIB (RFC 3877): the same store for managers that know only those. There
 * is one list, whose name is empty; a model is a type, its states are the severities; shelved
 * alarms are left out. Read-only: what can be changed is in STROWGER-ALARM-MIB.
 */
final class StandardAlarmObjects {
  private static final OID MODEL = Oids.below(Oids.MIB_2, 118, 1, 1);
  private static final OID ACTIVE = Oids.below(Oids.MIB_2, 118, 1, 2);
  private static final OID CLEAR = Oids.below(Oids.MIB_2, 118, 1, 3);
  private static final OID ITU_MODEL = Oids.below(Oids.MIB_2, 121, 1, 1, 1);
  private static final OID ITU_ACTIVE = Oids.below(Oids.MIB_2, 121, 1, 2, 1);
  private static final OID ITU_STATS = Oids.below(Oids.MIB_2, 121, 1, 2, 2);
  private static final Variable NOTHING = new OctetString();
  private static final OID THE_LIST = new OID(new int[] {0});

  /** InetAddressType unknown(0). */
  private static final Variable UNKNOWN = Smi.integer(0);

  // ItuTrendIndication.
  private static final int MORE_SEVERE = 1;
  private static final int NO_CHANGE = 2;
  private static final int LESS_SEVERE = 3;

  /** A type in one of its states. */
  private record State(AlarmType type, Severity severity) {
    /** alarmModelIndex: minor numbers are below 1000. */
    int model() {
      return 1_000 * type.major() + type.minor();
    }

    /** alarmModelState, which counts severities the other way round. */
    int state() {
      return switch (severity) {
        case CLEARED -> 1;
        case INDETERMINATE -> 2;
        case WARNING -> 3;
        case MINOR -> 4;
        case MAJOR -> 5;
        case CRITICAL -> 6;
      };
    }

    OID notification() {
      return severity == Severity.CLEARED
          ? AlarmNotifications.CLEARED_NAME
          : AlarmNotifications.name(severity);
    }

    OID row() {
      return Oids.below(MODEL, 2, 1, 3, 0, model(), state());
    }

    OID ituRow() {
      return Oids.below(ITU_MODEL, 1, 2, 0, model(), severity.code());
    }
  }

  /** A variable of the notification about an active alarm. */
  private record Told(long alarm, int number, VariableBinding binding) {}

  private static final List<State> STATES =
      Arrays.stream(AlarmType.values())
          .flatMap(t -> Arrays.stream(Severity.values()).map(s -> new State(t, s)))
          .toList();

  private StandardAlarmObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>();
    all.add(new Scalar(Oids.below(MODEL, 1), m -> Smi.ticks(0)));
    all.add(models());
    all.add(new Scalar(Oids.below(ACTIVE, 1), m -> m.timeStamp(m.snapshot().alarmsChanged())));
    all.add(active());
    all.add(variables());
    all.add(stats());
    all.add(
        new Scalar(Oids.below(ACTIVE, 5), m -> Smi.counter32(m.snapshot().alarms().overflowed())));
    all.add(new Scalar(Oids.below(CLEAR, 1), m -> Smi.gauge(AlarmObjects.settings(m).history())));
    all.add(cleared());
    all.add(ituModels());
    all.add(ituActive());
    all.add(ituStats());
    return all;
  }

  private static Subtree models() {
    RowSource<List<State>, State> rows =
        new RowSource<>(
            m -> STATES,
            states -> states,
            each -> new OID(new int[] {0, each.model(), each.state()}));
    List<Column<State>> columns =
        List.of(
            read(3, (m, s) -> s.notification()),
            read(4, (m, s) -> Smi.gauge(0)),
            read(5, (m, s) -> Smi.integer(0)),
            read(6, (m, s) -> Smi.text(s.type().word() + " " + s.severity().word())),
            read(7, (m, s) -> s.ituRow()),
            read(8, (m, s) -> Oids.ZERO_DOT_ZERO),
            read(9, (m, s) -> Oids.ZERO_DOT_ZERO),
            read(10, (m, s) -> AccessObjects.ROW_ACTIVE));
    return new Table<>(Oids.below(MODEL, 2), rows, columns);
  }

  private static Subtree ituModels() {
    RowSource<List<State>, State> rows =
        new RowSource<>(
            m -> STATES,
            states -> states,
            each -> new OID(new int[] {0, each.model(), each.severity().code()}));
    List<Column<State>> columns =
        List.of(
            read(2, (m, s) -> Smi.integer(s.type().eventType())),
            read(3, (m, s) -> Smi.integer(s.type().probableCause())),
            read(4, (m, s) -> Smi.text(s.type().repairText())),
            read(5, (m, s) -> s.row()));
    return new Table<>(ITU_MODEL, rows, columns);
  }

  /** The list, then when it was, then which: a walk from a time on finds what is newer. */
  private static OID index(Instant time, long number) {
    OID when = ((OctetString) Smi.dateAndTime(time)).toSubIndex(false);
    OID listed = new OID(THE_LIST.getValue(), when.getValue());
    return Oids.below(listed, (int) number);
  }

  private static List<Alarm> shown(List<Alarm> alarms) {
    return alarms.stream().filter(alarm -> !alarm.shelved()).toList();
  }

  private static RowSource<List<Alarm>, Alarm> activeRows() {
    return new RowSource<>(
        m -> m.snapshot().activeAlarms(),
        StandardAlarmObjects::shown,
        alarm -> index(alarm.changedTime(), alarm.index()));
  }

  private static Subtree active() {
    List<Column<Alarm>> columns =
        List.of(
            read(4, (m, a) -> m.agent().engine().id()),
            read(5, (m, a) -> UNKNOWN),
            read(6, (m, a) -> NOTHING),
            read(7, (m, a) -> NOTHING),
            read(8, (m, a) -> Smi.gauge(AlarmNotifications.variables(a).size())),
            read(9, (m, a) -> AlarmNotifications.name(a.severity())),
            read(10, (m, a) -> AlarmObjects.resourceRow(a.resource())),
            read(11, (m, a) -> Smi.text(a.text())),
            read(12, (m, a) -> Oids.ZERO_DOT_ZERO),
            read(13, (m, a) -> new State(a.type(), a.severity()).row()),
            read(14, (m, a) -> trendRow(a)));
    return new Table<>(Oids.below(ACTIVE, 2), activeRows(), columns);
  }

  private static OID trendRow(Alarm alarm) {
    OID column = Oids.below(ITU_ACTIVE, 1, 1);
    return new OID(column.getValue(), index(alarm.changedTime(), alarm.index()).getValue());
  }

  private static Subtree variables() {
    RowSource<List<Alarm>, Told> rows =
        new RowSource<>(
            m -> m.snapshot().activeAlarms(),
            StandardAlarmObjects::told,
            each -> new OID(new int[] {0, (int) each.alarm(), each.number()}));
    List<Column<Told>> columns =
        List.of(
            read(2, (m, t) -> t.binding().getOid()),
            read(3, (m, t) -> Smi.integer(valueType(t.binding().getVariable()))),
            typed(4, 1),
            typed(5, 2),
            typed(6, 3),
            typed(7, 4),
            typed(8, 6),
            typed(10, 7),
            typed(11, 8));
    return new Table<>(Oids.below(ACTIVE, 3), rows, columns);
  }

  private static List<Told> told(List<Alarm> alarms) {
    List<Told> told = new ArrayList<>();
    for (Alarm alarm : shown(alarms)) {
      int number = 0;
      for (VariableBinding binding : AlarmNotifications.variables(alarm)) {
        told.add(new Told(alarm.index(), ++number, binding));
      }
    }
    return told;
  }

  private static Column<Told> typed(int number, int valueType) {
    return read(number, (m, t) -> ofType(t.binding().getVariable(), valueType));
  }

  private static @Nullable Variable ofType(Variable value, int valueType) {
    return valueType(value) == valueType ? value : null;
  }

  /** alarmActiveVariableValueType. */
  private static int valueType(Variable value) {
    return switch (value.getSyntax()) {
      case SMIConstants.SYNTAX_COUNTER32 -> 1;
      case SMIConstants.SYNTAX_GAUGE32 -> 2;
      case SMIConstants.SYNTAX_TIMETICKS -> 3;
      case SMIConstants.SYNTAX_INTEGER -> 4;
      case SMIConstants.SYNTAX_IPADDRESS -> 5;
      case SMIConstants.SYNTAX_OBJECT_IDENTIFIER -> 7;
      case SMIConstants.SYNTAX_COUNTER64 -> 8;
      case SMIConstants.SYNTAX_OPAQUE -> 9;
      default -> 6;
    };
  }

  private static RowSource<OID, OID> theList() {
    return new RowSource<>(m -> THE_LIST, List::of, list -> list);
  }

  private static Subtree stats() {
    List<Column<OID>> columns =
        List.of(
            read(1, (m, list) -> Smi.gauge(m.snapshot().alarms().count())),
            read(2, (m, list) -> Smi.counter32(raised(m))),
            read(3, (m, list) -> last(m, AlarmRecord.Kind.RAISE)),
            read(4, (m, list) -> last(m, AlarmRecord.Kind.CLEAR)));
    return new Table<>(Oids.below(ACTIVE, 4), theList(), columns);
  }

  private static long raised(Moment moment) {
    return moment.snapshot().alarms().counts().values().stream()
        .mapToLong(Alarms.Counts::raised)
        .sum();
  }

  private static Variable last(Moment moment, AlarmRecord.Kind kind) {
    return moment.snapshot().alarms().history().reversed().stream()
        .filter(record -> record.kind() == kind)
        .findFirst()
        .map(record -> moment.timeStamp(record.time()))
        .orElse(Smi.ticks(0));
  }

  private static Subtree cleared() {
    RowSource<List<AlarmRecord>, AlarmRecord> rows =
        new RowSource<>(
            m -> m.snapshot().alarms().history(),
            history ->
                history.stream().filter(record -> record.kind() == AlarmRecord.Kind.CLEAR).toList(),
            record -> index(record.time(), record.number()));
    List<Column<AlarmRecord>> columns =
        List.of(
            read(3, (m, r) -> m.agent().engine().id()),
            read(4, (m, r) -> UNKNOWN),
            read(5, (m, r) -> NOTHING),
            read(6, (m, r) -> NOTHING),
            read(7, (m, r) -> AlarmNotifications.CLEARED_NAME),
            read(8, (m, r) -> AlarmObjects.resourceRow(r.alarm().resource())),
            read(9, (m, r) -> Smi.gauge(0)),
            read(10, (m, r) -> new State(r.alarm().type(), Severity.CLEARED).row()));
    return new Table<>(Oids.below(CLEAR, 2), rows, columns);
  }

  private static Subtree ituActive() {
    List<Column<Alarm>> columns =
        List.of(
            read(1, (m, a) -> Smi.integer(trend(a))),
            read(2, (m, a) -> Oids.ZERO_DOT_ZERO),
            read(3, (m, a) -> Oids.ZERO_DOT_ZERO),
            read(4, (m, a) -> Oids.ZERO_DOT_ZERO));
    return new Table<>(ITU_ACTIVE, activeRows(), columns);
  }

  /** Against the severity with which it was raised; the smaller code is the graver. */
  private static int trend(Alarm alarm) {
    int change = alarm.severity().code() - alarm.originalSeverity().code();
    return change == 0 ? NO_CHANGE : change < 0 ? MORE_SEVERE : LESS_SEVERE;
  }

  private static Subtree ituStats() {
    List<Column<OID>> columns = new ArrayList<>();
    List<Severity> order =
        List.of(
            Severity.INDETERMINATE,
            Severity.CRITICAL,
            Severity.MAJOR,
            Severity.MINOR,
            Severity.WARNING);
    for (int i = 0; i < order.size(); i++) {
      Severity severity = order.get(i);
      columns.add(read(1 + i, (m, list) -> Smi.gauge(m.snapshot().alarms().count(severity))));
      columns.add(read(6 + i, (m, list) -> Smi.counter32(raised(m, severity))));
    }
    return new Table<>(ITU_STATS, theList(), columns);
  }

  private static long raised(Moment moment, Severity severity) {
    return moment.snapshot().alarms().raised().getOrDefault(severity, 0L);
  }
}
