package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.snmp4j.smi.OID;
import org.strowger.api.KernelSettings;
import org.strowger.api.OperState;
import org.strowger.api.PlaneState;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualServiceCounters;

/** The objects of STROWGER-LB-MIB. The numbers are those of the module. */
final class LbObjects {
  private static final OID SUMMARY = Oids.below(Oids.STG_LB_MIB, 1, 1);
  static final OID TABLES = Oids.below(Oids.STG_LB_MIB, 1, 2);
  private static final int TRANSPORT_OCTETS = 32;

  private LbObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(summary());
    all.addAll(ServiceObjects.all());
    all.add(PoolObjects.table());
    all.addAll(RealServerObjects.all());
    all.add(PluginObjects.table());
    all.add(planes());
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
    return cell(9, 3, PluginObjects.schedulerIndex(scheduler));
  }

  private static OID cell(int table, int column, OID index) {
    return new OID(Oids.below(TABLES, table, 1, column).getValue(), index.getValue());
  }

  static OID index(RealServerId id) {
    return new OID(Smi.nameIndex(id.pool()).getValue(), Smi.nameIndex(id.real()).getValue());
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
        new Scalar(Oids.below(SUMMARY, 11), m -> m.timeStamp(m.snapshot().running())),
        new Scalar(
            Oids.below(SUMMARY, 12), m -> Smi.text(m.snapshot().configuration().directorZone())),
        new Scalar(
            Oids.below(SUMMARY, 13),
            m -> Smi.gauge(m.snapshot().configuration().connectionLimit())),
        new Scalar(
            Oids.below(SUMMARY, 14),
            m ->
                Smi.text(
                    m.snapshot()
                        .configuration()
                        .maintenanceFolder()
                        .map(Path::toString)
                        .orElse(""))),
        new Scalar(Oids.below(SUMMARY, 15), m -> Smi.text(kernel(m).dataInterface())),
        new Scalar(
            Oids.below(SUMMARY, 16), m -> Smi.text(String.join(" ", kernel(m).xdpInterfaces()))),
        new Scalar(
            Oids.below(SUMMARY, 17),
            m -> Smi.text(String.join(" ", kernel(m).xdpGenericInterfaces()))),
        new Scalar(Oids.below(SUMMARY, 18), m -> Smi.text(sources(kernel(m)))),
        new Scalar(Oids.below(SUMMARY, 19), m -> Smi.truth(kernel(m).programStatistics())));
  }

  private static KernelSettings kernel(Moment moment) {
    return moment.snapshot().configuration().kernel();
  }

  private static String sources(KernelSettings kernel) {
    return kernel.sourceAddresses().stream()
        .map(InetAddress::getHostAddress)
        .collect(Collectors.joining(" "));
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

  private static Subtree planes() {
    RowSource<Snapshot, PlaneState> rows =
        new RowSource<>(
            Moment::snapshot,
            snapshot -> snapshot.planes().values(),
            plane -> Smi.nameIndex(plane.name()));
    List<Column<PlaneState>> columns =
        List.of(
            read(2, (m, p) -> Smi.text(p.transport(), TRANSPORT_OCTETS)),
            read(3, (m, p) -> Smi.counter64(p.connsHeld())),
            read(4, (m, p) -> Smi.counter64(p.openFiles())),
            read(5, (m, p) -> Smi.counter64(p.maxFiles())),
            read(6, (m, p) -> Smi.counter64(p.acceptPauses())),
            read(7, (m, p) -> Smi.counter64(p.bufferPauses())),
            read(8, (m, p) -> Smi.counter64(p.bufferBytes())),
            read(9, (m, p) -> Smi.counter64(p.programs().tcNanos())),
            read(10, (m, p) -> Smi.counter64(p.programs().tcRuns())),
            read(11, (m, p) -> Smi.counter64(p.programs().xdpNanos())),
            read(12, (m, p) -> Smi.counter64(p.programs().xdpRuns())),
            read(13, (m, p) -> Smi.counter64(p.programs().eventsLost())));
    return new Table<>(Oids.below(TABLES, 11), rows, columns);
  }
}
