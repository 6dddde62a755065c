package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;

/** The tables of STROWGER-ALARM-MIB about what was, what can be, and what is put aside. */
final class AlarmTables {
  private static final OID TABLES = Oids.below(Oids.STG_ALM_MIB, 1, 2);
  private static final long DELAY_MAX_MILLIS = 3_600_000;
  private static final long WINDOW_MAX_SECONDS = 86_400;
  private static final int FLAPS_MAX = 100;
  private static final int TYPE_OCTETS = 64;
  private static final int COMMENT_OCTETS = 200;

  /** StorageType (RFC 2579) of what is in the saved configuration. */
  static final Variable NON_VOLATILE = Smi.integer(3);

  /** A row of the shelves; one that is not there has only a name. */
  private record Row(String name, Optional<AlarmShelf> shelf) {
    KeyPath path(String key) {
      return path().child(key);
    }

    KeyPath path() {
      return KeyPath.of("alarms", "shelves", name);
    }
  }

  private AlarmTables() {}

  static Collection<Subtree> all() {
    return List.of(history(), types(), shelves());
  }

  private static Subtree history() {
    RowSource<List<AlarmRecord>, AlarmRecord> rows =
        new RowSource<>(
            m -> m.snapshot().alarms().history(),
            records -> records,
            record -> AlarmObjects.index(record.number()));
    List<Column<AlarmRecord>> columns =
        List.of(
            read(2, (m, r) -> Smi.code(r.kind())),
            read(3, (m, r) -> Smi.gauge(r.alarm().index())),
            read(4, (m, r) -> Smi.gauge(r.alarm().type().major())),
            read(5, (m, r) -> Smi.gauge(r.alarm().type().minor())),
            read(6, (m, r) -> Smi.text(r.alarm().resource(), AlarmObjects.RESOURCE_OCTETS)),
            read(7, (m, r) -> Smi.code(r.alarm().severity())),
            read(8, (m, r) -> Smi.dateAndTime(r.time())),
            read(9, (m, r) -> Smi.text(r.alarm().text())),
            read(10, (m, r) -> AlarmObjects.sequence(r.alarm().sequence())),
            read(11, (m, r) -> Smi.truth(r.notified())));
    return new Table<>(Oids.below(TABLES, 2), rows, columns);
  }

  private static Subtree types() {
    // The catalogue is fixed: any constant will do as what its rows are made from.
    RowSource<OID, AlarmType> rows =
        new RowSource<>(
            m -> TABLES,
            key -> List.of(AlarmType.values()),
            type -> new OID(new int[] {type.major(), type.minor()}));
    List<Column<AlarmType>> columns =
        List.of(
            read(3, (m, t) -> Smi.text(t.word())),
            read(5, (m, t) -> Smi.integer(t.eventType())),
            read(6, (m, t) -> Smi.integer(t.probableCause())),
            read(8, (m, t) -> Smi.code(t.defaultSeverity())),
            write(
                9,
                (m, t) -> Smi.code(profile(m, t).severity()),
                Writable.severity(t -> path(t, "severity"))),
            write(
                10,
                (m, t) -> Smi.truth(profile(m, t).enabled()),
                Writable.truth(t -> path(t, "enabled"))),
            write(
                11,
                (m, t) -> Smi.gauge(profile(m, t).raiseDelay().toMillis()),
                Writable.duration(DELAY_MAX_MILLIS, t -> path(t, "raiseDelay"))),
            write(
                12,
                (m, t) -> Smi.gauge(profile(m, t).clearDelay().toMillis()),
                Writable.duration(DELAY_MAX_MILLIS, t -> path(t, "clearDelay"))),
            write(
                13,
                (m, t) -> Smi.gauge(profile(m, t).flapCount()),
                Writable.number(FLAPS_MAX, t -> path(t, "flapCount"))),
            write(
                14,
                (m, t) -> Smi.gauge(profile(m, t).flapWindow().toSeconds()),
                Writable.seconds(1, WINDOW_MAX_SECONDS, t -> path(t, "flapWindow"))),
            read(16, (m, t) -> Smi.text(t.repairText())),
            read(17, (m, t) -> Smi.counter32(counts(m, t).raised())),
            read(18, (m, t) -> Smi.counter32(counts(m, t).suppressed())));
    return new Table<>(Oids.below(TABLES, 3), rows, columns);
  }

  private static AlarmProfile profile(Moment moment, AlarmType type) {
    return AlarmObjects.settings(moment).profile(type);
  }

  private static Alarms.Counts counts(Moment moment, AlarmType type) {
    return moment.snapshot().alarms().counts().getOrDefault(type, Alarms.Counts.NONE);
  }

  private static KeyPath path(AlarmType type, String key) {
    return KeyPath.of("alarms", "profiles", type.word(), key);
  }

  private static Subtree shelves() {
    RowSource<Configuration, Row> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            wanted -> rows(wanted.alarms()),
            row -> Smi.nameIndex(row.name()));
    List<Column<Row>> columns =
        List.of(
            write(
                2,
                (m, r) ->
                    Smi.text(r.shelf().flatMap(AlarmShelf::type).map(AlarmType::word).orElse("")),
                Writable.text(TYPE_OCTETS, r -> r.path("type"))),
            write(
                3,
                (m, r) -> Smi.text(r.shelf().map(AlarmShelf::resource).orElse("*")),
                Writable.text(AlarmObjects.RESOURCE_OCTETS, r -> r.path("resource"))),
            write(
                4,
                (m, r) ->
                    r.shelf().flatMap(AlarmShelf::until).map(Smi::dateAndTime).orElse(Smi.NEVER),
                Writable.moment(r -> r.path("until"))),
            write(
                5,
                (m, r) -> Smi.text(r.shelf().map(AlarmShelf::comment).orElse("")),
                Writable.text(COMMENT_OCTETS, r -> r.path("comment"))),
            read(6, (m, r) -> Smi.gauge(matches(m, r))),
            read(7, (m, r) -> NON_VOLATILE),
            write(
                8,
                (m, r) -> AccessObjects.ROW_ACTIVE,
                Writable.rowStatus(r -> r.shelf().isPresent(), Row::path)));
    return new Table<>(Oids.below(TABLES, 4), rows, columns, AlarmTables::unmade);
  }

  private static List<Row> rows(AlarmSettings settings) {
    return settings.shelves().values().stream()
        .map(shelf -> new Row(shelf.name(), Optional.of(shelf)))
        .toList();
  }

  private static @Nullable Row unmade(OID index) {
    return Smi.name(index).map(name -> new Row(name, Optional.<AlarmShelf>empty())).orElse(null);
  }

  private static long matches(Moment moment, Row row) {
    return moment.snapshot().activeAlarms().stream()
        .filter(
            alarm ->
                row.shelf()
                    .filter(
                        shelf ->
                            shelf.matches(
                                alarm.type(), alarm.resource(), moment.snapshot().taken()))
                    .isPresent())
        .count();
  }
}
