package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

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
import org.strowger.api.Alarm;
import org.strowger.api.AlarmSettings;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.RealServerId;
import org.strowger.api.Severity;

/**
 * The objects of STROWGER-ALARM-MIB: summary, settings, active alarms, targets. The numbers are
 * those of the module.
 */
final class AlarmObjects {
  static final OID SUMMARY = Oids.below(Oids.STG_ALM_MIB, 1, 1);
  static final OID ACTIVE = Oids.below(Oids.STG_ALM_MIB, 1, 2, 1);
  private static final OID TARGETS = Oids.below(Oids.STG_ALM_MIB, 1, 2, 5);
  static final OID LAST_SEQUENCE = Oids.below(SUMMARY, 9, 0);
  static final int RESOURCE_OCTETS = 200;
  static final int SEVERITY = 9;
  static final int RAISED_TIME = 11;

  private static final SortedMap<Integer, Function<Alarm, Variable>> ACTIVE_COLUMNS =
      activeColumns();

  private AlarmObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(summary());
    all.addAll(settings());
    all.add(active());
    all.addAll(AlarmTables.all());
    all.add(targets());
    return all;
  }

  private static Collection<Subtree> summary() {
    return List.of(
        new Scalar(Oids.below(SUMMARY, 1), m -> Smi.gauge(m.snapshot().alarms().count())),
        count(2, Severity.CRITICAL),
        count(3, Severity.MAJOR),
        count(4, Severity.MINOR),
        count(5, Severity.WARNING),
        count(6, Severity.INDETERMINATE),
        new Scalar(Oids.below(SUMMARY, 7), m -> Smi.gauge(m.snapshot().alarms().shelved())),
        new Scalar(Oids.below(SUMMARY, 8), m -> Smi.dateAndTime(m.snapshot().alarmsChanged())),
        new Scalar(Oids.below(SUMMARY, 9), m -> sequence(m.snapshot().alarmSequence())),
        new Scalar(Oids.below(SUMMARY, 11), m -> Smi.dateAndTime(m.snapshot().alarms().rebuilt())),
        new Scalar(
            Oids.below(SUMMARY, 14), m -> Smi.counter32(m.snapshot().alarms().historyDropped())),
        new Scalar(Oids.below(SUMMARY, 18), m -> Smi.truth(m.snapshot().alarms().storm())),
        new Scalar(Oids.below(SUMMARY, 19), m -> Smi.counter64(m.snapshot().alarms().suppressed())),
        new Scalar(
            Oids.below(SUMMARY, 21), m -> Smi.counter32(m.snapshot().alarms().overflowed())));
  }

  private static Collection<Subtree> settings() {
    return List.of(
        new Scalar(
            Oids.below(SUMMARY, 13),
            m -> Smi.gauge(settings(m).history()),
            Writable.number(100, 10_000, m -> KeyPath.of("alarms", "history"))),
        new Scalar(
            Oids.below(SUMMARY, 15),
            m -> Smi.gauge(settings(m).heartbeat().toSeconds()),
            Writable.seconds(0, 86_400, m -> KeyPath.of("alarms", "heartbeat"))),
        new Scalar(
            Oids.below(SUMMARY, 16),
            m -> Smi.gauge(settings(m).throttleRate()),
            Writable.number(1, 10_000, m -> KeyPath.of("alarms", "throttle", "rate"))),
        new Scalar(
            Oids.below(SUMMARY, 17),
            m -> Smi.gauge(settings(m).throttleBurst()),
            Writable.number(1, 100_000, m -> KeyPath.of("alarms", "throttle", "burst"))),
        new Scalar(
            Oids.below(SUMMARY, 20),
            m -> Smi.integer((int) m.snapshot().alarms().resyncs()),
            new Writable<>(
                value -> Writable.enumFault(value, number -> number >= 0),
                (m, value) ->
                    new Asked.Of(KeyPath.of("resync"), new Change.Resync(value.toLong())))),
        new Scalar(
            Oids.below(SUMMARY, 22),
            m -> Smi.truth(settings(m).maintenance()),
            Writable.truth(m -> KeyPath.of("director", "maintenance"))));
  }

  static AlarmSettings settings(Moment moment) {
    return moment.snapshot().configuration().alarms();
  }

  private static Subtree count(int number, Severity severity) {
    return new Scalar(
        Oids.below(SUMMARY, number), m -> Smi.gauge(m.snapshot().alarms().count(severity)));
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

  static OID index(long number) {
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
    columns.put(10, a -> Smi.code(a.originalSeverity()));
    columns.put(RAISED_TIME, a -> Smi.dateAndTime(a.raisedTime()));
    columns.put(12, a -> Smi.dateAndTime(a.changedTime()));
    columns.put(13, a -> Smi.text(a.text()));
    columns.put(14, a -> Smi.text(a.type().repairText()));
    columns.put(15, a -> sequence(a.sequence()));
    columns.put(16, a -> sequence(a.raiseSequence()));
    columns.put(17, a -> Smi.gauge(a.rootCause()));
    columns.put(18, a -> Smi.truth(a.serviceAffecting()));
    columns.put(19, a -> Smi.truth(a.flapping()));
    columns.put(20, a -> Smi.counter32(a.transitions()));
    columns.put(21, a -> Smi.counter32(a.suppressed()));
    columns.put(22, a -> Smi.truth(a.shelved()));
    columns.put(23, a -> Smi.text(a.acknowledgedBy()));
    return columns;
  }

  /** A cell of the active alarms, by the number of its column. */
  static Variable cell(int column, Alarm alarm) {
    return Objects.requireNonNull(ACTIVE_COLUMNS.get(column)).apply(alarm);
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
            read(9, (m, t) -> Smi.integer(t.counters().state().code())),
            read(10, (m, t) -> sequence(t.counters().missed())),
            read(11, (m, t) -> Smi.counter32(t.counters().replays())),
            write(
                12,
                (m, t) -> Smi.gauge(0),
                new Writable<>(
                    value -> Writable.unsignedFault(value, 1, 0xFFFF_FFFFL),
                    (t, value) -> new Asked.Replay(t.configured().name(), value.toLong()))),
            write(
                13,
                (m, t) ->
                    Smi.gauge(
                        t.configured().heartbeat().orElse(settings(m).heartbeat()).toSeconds()),
                Writable.seconds(
                    0,
                    86_400,
                    t ->
                        KeyPath.of(
                            "management", "snmp", "targets", t.configured().name(), "heartbeat"))));
    return new Table<>(TARGETS, rows, columns);
  }
}
