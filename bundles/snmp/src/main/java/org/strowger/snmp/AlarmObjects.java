package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.RealServerId;
import org.strowger.api.Severity;

/** The objects and notifications of STROWGER-ALARM-MIB. The numbers are those of the module. */
final class AlarmObjects {
  private static final OID NOTIFICATIONS = Oids.below(Oids.STG_ALM_MIB, 0);
  private static final OID SUMMARY = Oids.below(Oids.STG_ALM_MIB, 1, 1);
  private static final OID ACTIVE = Oids.below(Oids.STG_ALM_MIB, 1, 2, 1);
  private static final OID TYPES = Oids.below(Oids.STG_ALM_MIB, 1, 2, 3);
  private static final OID TARGETS = Oids.below(Oids.STG_ALM_MIB, 1, 2, 5);
  private static final OID NOTIFY_OBJECTS = Oids.below(Oids.STG_ALM_MIB, 1, 3);
  private static final OID LAST_SEQUENCE = Oids.below(SUMMARY, 9, 0);
  private static final int CLEARED = 6;
  private static final int RESOURCE_OCTETS = 200;
  private static final int SEVERITY = 9;
  private static final int RAISED_TIME = 11;

  /** In the order of the OBJECTS of the notifications, after sequence and index. */
  private static final int[] NOTIFIED_COLUMNS = {2, 3, 4, 5, 6, 7, 8, SEVERITY, 18, 12, 13, 17};

  private static final SortedMap<Integer, Function<Alarm, Variable>> ACTIVE_COLUMNS =
      activeColumns();

  private AlarmObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(summary());
    all.add(active());
    all.add(types());
    all.add(targets());
    return all;
  }

  private static Collection<Subtree> summary() {
    return List.of(
        new Scalar(Oids.below(SUMMARY, 1), m -> Smi.gauge(m.snapshot().activeAlarms().size())),
        count(2, Severity.CRITICAL),
        count(3, Severity.MAJOR),
        count(4, Severity.MINOR),
        count(5, Severity.WARNING),
        count(6, Severity.INDETERMINATE),
        new Scalar(Oids.below(SUMMARY, 8), m -> Smi.dateAndTime(m.snapshot().alarmsChanged())),
        new Scalar(Oids.below(SUMMARY, 9), m -> sequence(m.snapshot().alarmSequence())));
  }

  private static Subtree count(int number, Severity severity) {
    return new Scalar(
        Oids.below(SUMMARY, number),
        m ->
            Smi.gauge(
                m.snapshot().activeAlarms().stream()
                    .filter(alarm -> alarm.severity() == severity)
                    .count()));
  }

  /** StgSeqNo: after 4294967295 comes 1; 0 stays 0. */
  static Variable sequence(long sequence) {
    return Smi.gauge(sequence <= 0 ? 0 : (sequence - 1) % 0xFFFF_FFFFL + 1);
  }

  private static Subtree active() {
    RowSource<List<Alarm>, Alarm> rows =
        new RowSource<>(
            m -> m.snapshot().activeAlarms(), alarms -> alarms, alarm -> index(alarm.index()));
    List<Column<Alarm>> columns = new ArrayList<>();
    ACTIVE_COLUMNS.forEach(
        (number, value) -> columns.add(read(number, (m, alarm) -> value.apply(alarm))));
    return new Table<>(ACTIVE, rows, columns);
  }

  private static OID index(long number) {
    return new OID(new int[] {(int) number});
  }

  private static SortedMap<Integer, Function<Alarm, Variable>> activeColumns() {
    SortedMap<Integer, Function<Alarm, Variable>> columns = new TreeMap<>();
    columns.put(2, a -> Smi.gauge(a.type().major()));
    columns.put(3, a -> Smi.gauge(a.type().minor()));
    columns.put(4, a -> Smi.text(a.type().word()));
    columns.put(5, a -> Smi.text(a.resource(), RESOURCE_OCTETS));
    columns.put(6, a -> resourceRow(a.resource()));
    columns.put(7, a -> Smi.integer(a.type().eventType()));
    columns.put(8, a -> Smi.integer(a.type().probableCause()));
    columns.put(SEVERITY, a -> Smi.code(a.severity()));
    columns.put(RAISED_TIME, a -> Smi.dateAndTime(a.raisedTime()));
    columns.put(12, a -> Smi.dateAndTime(a.changedTime()));
    columns.put(13, a -> Smi.text(a.text()));
    columns.put(14, a -> Smi.text(a.type().repairText()));
    columns.put(15, a -> sequence(a.sequence()));
    columns.put(17, a -> Smi.gauge(0));
    columns.put(18, a -> Smi.truth(affectsService(a.severity())));
    return columns;
  }

  private static boolean affectsService(Severity severity) {
    return severity == Severity.CRITICAL || severity == Severity.MAJOR;
  }

  /** RowPointer to the row of {@code service=a}, {@code pool=b,real=c}, {@code check=d}, ... */
  static OID resourceRow(String resource) {
    String pool = part(resource, "pool");
    String real = part(resource, "real");
    if (!pool.isEmpty()) {
      return real.isEmpty()
          ? LbObjects.poolRow(pool)
          : LbObjects.realServerRow(new RealServerId(pool, real));
    }
    String service = part(resource, "service");
    if (!service.isEmpty()) {
      return LbObjects.serviceRow(service);
    }
    String check = part(resource, "check");
    if (!check.isEmpty()) {
      return HealthObjects.checkRow(check);
    }
    String scheduler = part(resource, "scheduler");
    return scheduler.isEmpty() ? Oids.ZERO_DOT_ZERO : LbObjects.schedulerRow(scheduler);
  }

  private static String part(String resource, String key) {
    return Arrays.stream(resource.split(",", -1))
        .filter(pair -> pair.startsWith(key + "="))
        .map(pair -> pair.substring(key.length() + 1))
        .findFirst()
        .orElse("");
  }

  private static Subtree types() {
    // The catalogue is fixed: any constant will do as what its rows are made from.
    RowSource<OID, AlarmType> rows =
        new RowSource<>(
            m -> TYPES,
            key -> List.of(AlarmType.values()),
            type -> new OID(new int[] {type.major(), type.minor()}));
    List<Column<AlarmType>> columns =
        List.of(
            read(3, (m, t) -> Smi.text(t.word())),
            read(5, (m, t) -> Smi.integer(t.eventType())),
            read(6, (m, t) -> Smi.integer(t.probableCause())),
            read(8, (m, t) -> Smi.code(t.defaultSeverity())),
            read(16, (m, t) -> Smi.text(t.repairText())));
    return new Table<>(TYPES, rows, columns);
  }

  private static Subtree targets() {
    RowSource<List<NotificationTarget>, NotificationTarget> rows =
        new RowSource<>(
            m -> m.agent().targets(),
            targets -> targets,
            target -> Smi.impliedIndex(target.configured().name()));
    List<Column<NotificationTarget>> columns =
        List.of(
            read(1, (m, t) -> Smi.code(t.configured().kind())),
            read(2, (m, t) -> sequence(t.counters().lastSequence())),
            read(3, (m, t) -> Smi.counter32(t.counters().trapsSent())),
            read(4, (m, t) -> Smi.counter32(t.counters().informsSent())),
            read(5, (m, t) -> Smi.counter32(t.counters().informsAcked())),
            read(6, (m, t) -> Smi.counter32(t.counters().informsTimedOut())),
            read(7, (m, t) -> Smi.counter32(t.counters().dropped())),
            read(8, (m, t) -> Smi.gauge(t.counters().queue())),
            read(9, (m, t) -> Smi.integer(t.counters().state().code())));
    return new Table<>(TARGETS, rows, columns);
  }

  /** The sequence number that a notification carries; 0 if it is none of an alarm. */
  static long sequenceIn(List<VariableBinding> variables) {
    return variables.stream()
        .filter(variable -> variable.getOid().equals(LAST_SEQUENCE))
        .mapToLong(variable -> variable.getVariable().toLong())
        .findFirst()
        .orElse(0);
  }

  /** The notification that {@code alarm} was raised or changed. */
  static Notification raised(Alarm alarm, long upTime) {
    int number =
        switch (alarm.severity()) {
          case WARNING -> 2;
          case MINOR -> 3;
          case MAJOR -> 4;
          case CRITICAL -> 5;
          case INDETERMINATE, CLEARED -> 1;
        };
    return new Notification(
        Oids.below(NOTIFICATIONS, number),
        upTime,
        variables(alarm, alarm.severity()),
        alarm.sequence());
  }

  /** The notification that {@code alarm}, as it last was, is over. */
  static Notification cleared(Alarm alarm, long upTime) {
    List<VariableBinding> variables = new ArrayList<>(variables(alarm, Severity.CLEARED));
    variables.add(
        new VariableBinding(Oids.below(NOTIFY_OBJECTS, 2, 0), Smi.code(alarm.severity())));
    variables.add(cell(RAISED_TIME, alarm));
    return new Notification(
        Oids.below(NOTIFICATIONS, CLEARED), upTime, variables, alarm.sequence());
  }

  private static List<VariableBinding> variables(Alarm alarm, Severity severity) {
    List<VariableBinding> variables = new ArrayList<>();
    variables.add(new VariableBinding(LAST_SEQUENCE, sequence(alarm.sequence())));
    variables.add(new VariableBinding(Oids.below(NOTIFY_OBJECTS, 1, 0), Smi.gauge(alarm.index())));
    Alarm shown =
        new Alarm(
            alarm.index(),
            alarm.type(),
            alarm.resource(),
            severity,
            alarm.text(),
            alarm.raisedTime(),
            alarm.changedTime(),
            alarm.sequence());
    for (int column : NOTIFIED_COLUMNS) {
      variables.add(cell(column, shown));
    }
    return variables;
  }

  private static VariableBinding cell(int column, Alarm alarm) {
    Function<Alarm, Variable> value = Objects.requireNonNull(ACTIVE_COLUMNS.get(column));
    return new VariableBinding(
        Oids.below(ACTIVE, 1, column, (int) alarm.index()), value.apply(alarm));
  }
}
