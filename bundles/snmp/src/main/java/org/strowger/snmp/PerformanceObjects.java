package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings;
import org.strowger.api.PerformanceSettings.Threshold;
import org.strowger.api.Severity;

/** The objects of STROWGER-PM-MIB. The numbers are those of the module. */
final class PerformanceObjects {
  private static final OID SUMMARY = Oids.below(Oids.STG_PM_MIB, 1, 1);
  private static final OID TABLES = Oids.below(Oids.STG_PM_MIB, 1, 2);
  private static final int OBJECT_OCTETS = 80;
  private static final long LARGEST = 0xFFFF_FFFFL;
  private static final KeyPath SETTINGS = KeyPath.of("management", "performance");

  /** A row of the thresholds; one that is not there has only a name. */
  private record Row(String name, Optional<Threshold> threshold) {
    KeyPath path(String key) {
      return path().child(key);
    }

    KeyPath path() {
      return SETTINGS.child("thresholds").child(name);
    }
  }

  /** A row of bins: the place of the object in the list, and the number of the bin. */
  private record Place(History shape, int object, int number) {}

  private PerformanceObjects() {}

  static Collection<Subtree> all() {
    return List.of(
        summary(1, p -> Smi.dateAndTime(p.taken())),
        summary(2, p -> Smi.gauge(p.histories().size())),
        summary(3, p -> Smi.gauge(p.leftOut())),
        new Scalar(
            Oids.below(SUMMARY, 4),
            m -> Smi.truth(settings(m).realServers()),
            Writable.truth(m -> SETTINGS.child("realServers"))),
        objects(),
        bins(2, History::interval, History::intervals),
        bins(3, History::day, History::days),
        thresholds());
  }

  private static PerformanceSettings settings(Moment moment) {
    return moment.snapshot().configuration().management().performance();
  }

  private static Subtree summary(int number, Function<Performance, Variable> value) {
    return new Scalar(Oids.below(SUMMARY, number), m -> m.performance().map(value).orElse(null));
  }

  private static List<History> histories(Moment moment) {
    return moment.performance().map(Performance::histories).orElse(List.of());
  }

  private static OID index(History history) {
    return new OID(
        new int[] {history.id().objectClass().code()},
        Smi.nameIndex(history.id().name()).getValue());
  }

  private static Subtree objects() {
    RowSource<List<History>, History> rows =
        new RowSource<>(PerformanceObjects::histories, list -> list, PerformanceObjects::index);
    List<Column<History>> columns =
        List.of(
            read(3, (m, h) -> Smi.gauge(h.intervals().size())),
            read(4, (m, h) -> Smi.gauge(h.days().size())));
    return new Table<>(Oids.below(TABLES, 1), rows, columns);
  }

  /** The rows of the running bins change each step, those of whole bins only when one is added. */
  private static Subtree bins(
      int number, Function<History, Bin> running, Function<History, List<Bin>> whole) {
    RowSource<List<History>, Place> rows =
        new RowSource<>(
            new Shape(whole),
            histories -> places(histories, whole),
            place -> new OID(index(place.shape()).getValue(), new int[] {place.number()}));
    List<Column<Place>> columns = new ArrayList<>();
    List<Function<Bin, Variable>> cells = cells();
    for (int i = 0; i < cells.size(); i++) {
      Function<Bin, Variable> cell = cells.get(i);
      BiFunction<Moment, Place, @Nullable Variable> value =
          (m, place) -> {
            Bin bin = bin(m, place, running, whole);
            return bin == null ? null : cell.apply(bin);
          };
      columns.add(read(i + 2, value));
    }
    return new Table<>(Oids.below(TABLES, number), rows, columns);
  }

  /**
   * The list of histories that first had the objects and numbers of bins that it has now: what rows
   * are made from. A new one would have them sorted anew at each step.
   */
  private static final class Shape implements Function<Moment, List<History>> {
    private final Function<History, List<Bin>> whole;
    private volatile List<History> known = List.of();

    Shape(Function<History, List<Bin>> whole) {
      this.whole = whole;
    }

    @Override
    public List<History> apply(Moment moment) {
      List<History> now = histories(moment);
      if (!same(known, now)) {
        known = now;
      }
      return known;
    }

    private boolean same(List<History> before, List<History> now) {
      if (before.size() != now.size()) {
        return false;
      }
      for (int i = 0; i < now.size(); i++) {
        int bins = whole.apply(now.get(i)).size();
        boolean alike = before.get(i).id().equals(now.get(i).id());
        if (!alike || whole.apply(before.get(i)).size() != bins) {
          return false;
        }
      }
      return true;
    }
  }

  private static List<Place> places(List<History> histories, Function<History, List<Bin>> whole) {
    List<Place> places = new ArrayList<>();
    for (int object = 0; object < histories.size(); object++) {
      History history = histories.get(object);
      for (int number = 0; number <= whole.apply(history).size(); number++) {
        places.add(new Place(history, object, number));
      }
    }
    return places;
  }

  private static @Nullable Bin bin(
      Moment moment,
      Place place,
      Function<History, Bin> running,
      Function<History, List<Bin>> whole) {
    List<History> histories = histories(moment);
    if (place.object() >= histories.size()) {
      return null;
    }
    History history = histories.get(place.object());
    List<Bin> bins = whole.apply(history);
    if (place.number() == 0) {
      return running.apply(history);
    }
    return place.number() > bins.size() ? null : bins.get(place.number() - 1);
  }

  private static List<Function<Bin, Variable>> cells() {
    return List.of(
        b -> Smi.dateAndTime(b.start()),
        b -> Smi.gauge(b.secondsMeasured()),
        b -> Smi.truth(b.suspect()),
        b -> Smi.counter64(b.conns()),
        b -> Smi.counter64(b.rejected()),
        b -> Smi.counter64(b.bytesIn()),
        b -> Smi.counter64(b.bytesOut()),
        b -> Smi.counter64(b.packetsIn()),
        b -> Smi.counter64(b.packetsOut()),
        b -> Smi.counter64(b.connsMax()),
        b -> Smi.counter64(b.connRateMax()),
        b -> Smi.gauge(b.downSeconds()),
        b -> Smi.gauge(b.degradedSeconds()));
  }

  private static Subtree thresholds() {
    RowSource<PerformanceSettings, Row> rows =
        new RowSource<>(
            PerformanceObjects::settings,
            settings ->
                settings.thresholds().values().stream()
                    .map(each -> new Row(each.name(), Optional.of(each)))
                    .toList(),
            row -> Smi.nameIndex(row.name()));
    List<Column<Row>> columns =
        List.of(
            write(
                2,
                cell(t -> Smi.text(t.object(), OBJECT_OCTETS)),
                Writable.text(OBJECT_OCTETS, r -> r.path("object"))),
            write(3, cell(t -> Smi.code(t.counter())), counter()),
            write(
                4,
                cell(t -> Smi.gauge(t.rising())),
                Writable.number(1, LARGEST, r -> r.path("rising"))),
            write(
                5,
                cell(t -> Smi.gauge(t.falling())),
                Writable.number(LARGEST, r -> r.path("falling"))),
            write(
                6,
                cell(t -> Smi.code(t.severity())),
                Writable.<Row>severity(r -> r.path("severity"))),
            read(7, (m, r) -> AlarmTables.NON_VOLATILE),
            write(
                8,
                (m, r) -> AccessObjects.ROW_ACTIVE,
                Writable.rowStatus(r -> r.threshold().isPresent(), Row::path)));
    return new Table<>(
        Oids.below(TABLES, 4),
        rows,
        columns,
        index ->
            Smi.name(index).map(name -> new Row(name, Optional.<Threshold>empty())).orElse(null));
  }

  /** Of a row that is there. */
  private static BiFunction<Moment, Row, @Nullable Variable> cell(
      Function<Threshold, Variable> value) {
    return (m, row) ->
        row.threshold().map(value).orElseGet(() -> Smi.integer(Severity.MINOR.code()));
  }

  private static Writable<Row> counter() {
    return new Writable<>(
        value ->
            Writable.enumFault(
                value, code -> Coded.byCode(PerformanceCounter.class, code).isPresent()),
        (row, value) ->
            new Asked.Put(
                row.path("counter"),
                Coded.byCode(PerformanceCounter.class, value.toInt()).orElseThrow().word()));
  }
}
