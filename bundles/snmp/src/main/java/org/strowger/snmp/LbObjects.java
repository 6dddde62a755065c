package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.OperState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.SchedulerState;
import org.strowger.api.Snapshot;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/** The objects of STROWGER-LB-MIB. The numbers are those of the module. */
final class LbObjects {
  private static final OID SUMMARY = Oids.below(Oids.STG_LB_MIB, 1, 1);
  private static final OID TABLES = Oids.below(Oids.STG_LB_MIB, 1, 2);
  private static final int VERDICT_COLUMNS = 100;
  private static final int SCHEDULER = 1;

  private LbObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(summary());
    all.addAll(services());
    all.add(pools());
    all.addAll(realServers());
    all.add(schedulers());
    return all;
  }

  /** The row of a virtual service, for RowPointers. */
  static OID serviceRow(String service) {
    return cell(1, 3, Smi.nameIndex(service));
  }

  /** The row of a pool, for RowPointers. */
  static OID poolRow(String pool) {
    return cell(4, 3, Smi.nameIndex(pool));
  }

  /** The row of a real server, for RowPointers. */
  static OID realServerRow(RealServerId id) {
    return cell(5, 2, index(id));
  }

  /** The row of a scheduler, for RowPointers. */
  static OID schedulerRow(String scheduler) {
    return cell(9, 3, schedulerIndex(scheduler));
  }

  private static OID cell(int table, int column, OID index) {
    return new OID(Oids.below(TABLES, table, 1, column).getValue(), index.getValue());
  }

  private static OID index(RealServerId id) {
    return new OID(Smi.nameIndex(id.pool()).getValue(), Smi.nameIndex(id.real()).getValue());
  }

  private static OID schedulerIndex(String name) {
    return new OID(new int[] {SCHEDULER}, Smi.nameIndex(name).getValue());
  }

  private static Collection<Subtree> summary() {
    return List.of(
        count(1, snapshot -> snapshot.configuration().virtualServices().size()),
        count(2, snapshot -> services(snapshot, OperState.UP)),
        count(3, snapshot -> services(snapshot, OperState.DEGRADED)),
        count(4, snapshot -> services(snapshot, OperState.DOWN)),
        count(5, snapshot -> snapshot.configuration().pools().size()),
        count(6, LbObjects::realServerCount),
        count(7, snapshot -> realServers(snapshot, OperState.UP)),
        count(8, snapshot -> realServers(snapshot, OperState.DRAINING)),
        count(9, snapshot -> realServers(snapshot, OperState.DOWN)),
        new Scalar(Oids.below(SUMMARY, 10), m -> Smi.counter64(connsActive(m.snapshot()))),
        new Scalar(Oids.below(SUMMARY, 11), m -> m.timeStamp(m.snapshot().running())));
  }

  private static Subtree count(int number, Function<Snapshot, Number> value) {
    return new Scalar(
        Oids.below(SUMMARY, number), m -> Smi.gauge(value.apply(m.snapshot()).longValue()));
  }

  private static long services(Snapshot snapshot, OperState state) {
    return snapshot.services().values().stream().filter(s -> s.operState() == state).count();
  }

  private static long realServers(Snapshot snapshot, OperState state) {
    return snapshot.realServers().values().stream().filter(r -> r.operState() == state).count();
  }

  private static long realServerCount(Snapshot snapshot) {
    return snapshot.configuration().pools().values().stream()
        .mapToLong(pool -> pool.realServers().size())
        .sum();
  }

  private static long connsActive(Snapshot snapshot) {
    return snapshot.serviceCounters().values().stream()
        .mapToLong(VirtualServiceCounters::connsActive)
        .sum();
  }

  private static Collection<Subtree> services() {
    RowSource<Configuration, VirtualService> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> configuration.virtualServices().values(),
            service -> Smi.nameIndex(service.name()));
    return List.of(
        new Table<>(Oids.below(TABLES, 1), rows, serviceColumns()),
        new Table<>(Oids.below(TABLES, 2), rows, serviceStateColumns()),
        new Table<>(Oids.below(TABLES, 3), rows, serviceStatsColumns()));
  }

  private static List<Column<VirtualService>> serviceColumns() {
    return List.of(
        read(3, (m, s) -> Smi.addressType(s.address())),
        read(4, (m, s) -> Smi.address(s.address())),
        read(5, (m, s) -> Smi.gauge(s.port())),
        read(7, (m, s) -> Smi.gauge(s.protocol().code())),
        read(9, (m, s) -> Smi.text(s.scheduler())),
        read(10, (m, s) -> Smi.text(options(s.schedulerOptions()))),
        read(11, (m, s) -> Smi.code(s.forwarding())),
        read(12, (m, s) -> Smi.text(s.pool())),
        write(
            23,
            (m, s) -> Smi.code(s.adminState()),
            Writable.adminState(s -> KeyPath.virtualService(s.name(), "adminState"))),
        read(24, (m, s) -> Smi.gauge(s.connectTimeout().toMillis())),
        read(25, (m, s) -> Smi.gauge(s.connectTries())));
  }

  private static String options(Map<String, Object> options) {
    return options.entrySet().stream()
        .map(option -> option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining(","));
  }

  private static List<Column<VirtualService>> serviceStateColumns() {
    return List.of(
        serviceState(1, (m, s) -> Smi.code(s.operState())),
        serviceState(2, (m, s) -> Smi.code(s.reason())),
        serviceState(3, (m, s) -> Smi.text(s.reasonText())),
        serviceState(4, (m, s) -> m.timeStamp(s.lastChange())),
        serviceState(5, (m, s) -> Smi.dateAndTime(s.lastChange())),
        serviceState(6, (m, s) -> Smi.counter32(s.transitions())),
        serviceState(8, (m, s) -> Smi.gauge(s.realsTotal())),
        serviceState(9, (m, s) -> Smi.gauge(s.realsUp())),
        serviceState(10, (m, s) -> Smi.gauge(s.realsDraining())));
  }

  private static Column<VirtualService> serviceState(
      int number, BiFunction<Moment, VirtualServiceState, Variable> value) {
    return read(number, (m, s) -> present(m, m.snapshot().services().get(s.name()), value));
  }

  private static List<Column<VirtualService>> serviceStatsColumns() {
    List<Column<VirtualService>> columns = new ArrayList<>();
    columns.add(serviceCounter(1, VirtualServiceCounters::connsTotal));
    columns.add(serviceCounter(4, VirtualServiceCounters::bytesIn));
    columns.add(serviceCounter(5, VirtualServiceCounters::bytesOut));
    columns.add(serviceCounter(15, VirtualServiceCounters::connsActive));
    for (Verdict verdict : Verdict.values()) {
      columns.add(
          serviceCounter(VERDICT_COLUMNS + verdict.code(), counters -> counters.count(verdict)));
    }
    return columns;
  }

  private static Column<VirtualService> serviceCounter(
      int number, Function<VirtualServiceCounters, Long> value) {
    return read(
        number,
        (m, s) ->
            Smi.counter64(
                value.apply(
                    m.snapshot()
                        .serviceCounters()
                        .getOrDefault(s.name(), VirtualServiceCounters.ZERO))));
  }

  private static Subtree pools() {
    RowSource<Configuration, Pool> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> configuration.pools().values(),
            pool -> Smi.nameIndex(pool.name()));
    return new Table<>(Oids.below(TABLES, 4), rows, poolColumns());
  }

  private static List<Column<Pool>> poolColumns() {
    return List.of(
        poolState(3, (m, p) -> Smi.gauge(p.realsTotal())),
        poolState(4, (m, p) -> Smi.gauge(p.realsUp())),
        poolState(5, (m, p) -> Smi.gauge(p.realsDraining())),
        poolState(6, (m, p) -> Smi.gauge(p.realsDown())),
        poolState(7, (m, p) -> Smi.gauge(p.weightTotal())),
        poolState(8, (m, p) -> Smi.gauge(p.weightUp())),
        poolState(10, (m, p) -> Smi.code(p.operState())),
        poolState(11, (m, p) -> Smi.code(p.reason())),
        poolState(12, (m, p) -> Smi.text(p.reasonText())),
        poolState(13, (m, p) -> m.timeStamp(p.lastChange())),
        poolState(14, (m, p) -> Smi.gauge(p.usedByServices())),
        write(
            16,
            (m, p) -> Smi.code(p.adminState()),
            Writable.adminState(p -> KeyPath.pool(p.name(), "adminState"))),
        poolState(17, (m, p) -> Smi.dateAndTime(p.lastChange())));
  }

  private static Column<Pool> poolState(int number, BiFunction<Moment, PoolState, Variable> value) {
    return read(number, (m, p) -> present(m, m.snapshot().pools().get(p.name()), value));
  }

  private static Collection<Subtree> realServers() {
    RowSource<Configuration, RealServer> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration ->
                configuration.pools().values().stream()
                    .flatMap(pool -> pool.realServers().values().stream())
                    .toList(),
            real -> index(real.id()));
    return List.of(
        new Table<>(Oids.below(TABLES, 5), rows, realServerColumns()),
        new Table<>(Oids.below(TABLES, 6), rows, realServerStateColumns()),
        new Table<>(Oids.below(TABLES, 7), rows, realServerStatsColumns()));
  }

  private static List<Column<RealServer>> realServerColumns() {
    return List.of(
        read(2, (m, r) -> Smi.addressType(r.address())),
        read(3, (m, r) -> Smi.address(r.address())),
        read(4, (m, r) -> Smi.gauge(r.port())),
        write(
            9,
            (m, r) -> Smi.gauge(r.weight()),
            Writable.weight(r -> KeyPath.realServer(r.id(), "weight"))),
        write(
            10,
            (m, r) -> Smi.code(r.adminState()),
            Writable.adminState(r -> KeyPath.realServer(r.id(), "adminState"))));
  }

  private static List<Column<RealServer>> realServerStateColumns() {
    return List.of(
        realServerState(1, (m, r) -> Smi.code(r.operState())),
        realServerState(2, (m, r) -> Smi.code(r.reason())),
        realServerState(3, (m, r) -> Smi.text(r.reasonText())),
        realServerState(4, (m, r) -> Smi.gauge(r.operWeight())),
        realServerState(5, (m, r) -> m.timeStamp(r.lastChange())),
        realServerState(6, (m, r) -> Smi.dateAndTime(r.lastChange())),
        realServerState(15, (m, r) -> Smi.counter32(r.transitions())));
  }

  private static Column<RealServer> realServerState(
      int number, BiFunction<Moment, RealServerState, Variable> value) {
    return read(number, (m, r) -> present(m, m.snapshot().realServers().get(r.id()), value));
  }

  private static List<Column<RealServer>> realServerStatsColumns() {
    return List.of(
        realServerCounter(1, RealServerCounters::connsTotal),
        realServerCounter(4, RealServerCounters::bytesIn),
        realServerCounter(5, RealServerCounters::bytesOut),
        realServerCounter(6, RealServerCounters::connFailures),
        realServerCounter(7, RealServerCounters::selections),
        realServerCounter(15, RealServerCounters::connsActive));
  }

  private static Column<RealServer> realServerCounter(
      int number, Function<RealServerCounters, Long> value) {
    return read(
        number,
        (m, r) ->
            Smi.counter64(
                value.apply(
                    m.snapshot()
                        .realServerCounters()
                        .getOrDefault(r.id(), RealServerCounters.ZERO))));
  }

  private static Subtree schedulers() {
    RowSource<Snapshot, SchedulerState> rows =
        new RowSource<>(
            Moment::snapshot,
            snapshot -> snapshot.schedulers().values(),
            scheduler -> schedulerIndex(scheduler.name()));
    List<Column<SchedulerState>> columns =
        List.of(
            read(3, (m, s) -> Smi.text(s.bundleName())),
            read(4, (m, s) -> Smi.text(s.version())),
            read(5, (m, s) -> Smi.code(s.state())),
            read(6, (m, s) -> Smi.gauge(s.users())),
            read(7, (m, s) -> Smi.counter64(s.invocations())),
            read(8, (m, s) -> Smi.counter64(s.failures())),
            read(9, (m, s) -> Smi.dateAndTime(s.lastSwap())),
            read(10, (m, s) -> Smi.counter32(s.swapCount())),
            read(11, (m, s) -> Smi.code(s.kind())));
    return new Table<>(Oids.below(TABLES, 9), rows, columns);
  }

  /** Wanted but not observed yet: the instance does not exist. */
  private static <T> @Nullable Variable present(
      Moment moment, @Nullable T state, BiFunction<Moment, T, Variable> value) {
    return state == null ? null : value.apply(moment, state);
  }
}
