package org.strowger.jmx;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.management.openmbean.TabularType;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.OperState;
import org.strowger.api.RealServerState;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/** {@code type=Director}: this director as a whole. */
final class DirectorObject {
  private static final TabularType BUNDLES = Rows.BUNDLE.table("bundleId");

  static final ObjectKind<Snapshot> KIND =
      new ObjectKind<>(
          "Director", "This traffic director as a whole", fields(), LiveConnections.operations());

  private DirectorObject() {}

  private static List<Field<Snapshot>> fields() {
    Fields<Snapshot> fields = new Fields<>();
    identity(fields);
    services(fields);
    reals(fields);
    traffic(fields);
    return fields.list();
  }

  private static void identity(Fields<Snapshot> fields) {
    fields
        .text("DirectorName", "Its name", s -> s.configuration().directorName())
        .text(
            "DirectorZone",
            "Where it stands: real servers of its zone are preferred; empty for no preference",
            s -> s.configuration().directorZone())
        .count(
            "ConnectionLimit",
            "{conn}",
            "Connections held at once over all services, at most; 0 is no limit",
            s -> s.configuration().connectionLimit())
        .text(
            "MaintenanceFolder",
            "A file in it named after a real server or an address is maintenance; empty for none",
            s -> s.configuration().maintenanceFolder().map(Path::toString).orElse(""));
    kernel(fields);
    moment(fields);
  }

  private static void kernel(Fields<Snapshot> fields) {
    fields
        .text(
            "DataInterface",
            "Network device for addresses of services that the kernel forwards; empty: none",
            s -> s.configuration().kernel().dataInterface())
        .text(
            "XdpInterfaces",
            "Network devices where the kernel plane meets packets in the driver",
            s -> String.join(" ", s.configuration().kernel().xdpInterfaces()))
        .text(
            "XdpGenericInterfaces",
            "Network devices where it meets them behind the driver",
            s -> String.join(" ", s.configuration().kernel().xdpGenericInterfaces()))
        .text(
            "SourceAddresses",
            "Addresses that full NAT takes as sources towards real servers",
            s ->
                s.configuration().kernel().sourceAddresses().stream()
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(" ")))
        .flag(
            "ProgramStatistics",
            "Whether the kernel measures its programs",
            s -> s.configuration().kernel().programStatistics());
  }

  private static void moment(Fields<Snapshot> fields) {
    fields
        .flag(
            "ChecksOnStandby",
            "false: real servers are not looked at while this director is not the active one",
            s -> s.configuration().checksOnStandby())
        .word("Role", "What it is among those that stand for each other", Snapshot::role)
        .gauge("Revision", "", "Number of the committed revision", Snapshot::revision)
        .counter("Version", "{change}", "Published changes since the start", Snapshot::version)
        .time("Taken", "The moment all these values are of", Snapshot::taken)
        .time("Running", "When this process's director started", Snapshot::running)
        .gauge("AlarmSequence", "", "Number of the last alarm sent", Snapshot::alarmSequence)
        .time("AlarmsChanged", "When the active alarms last changed", Snapshot::alarmsChanged)
        .data(
            "LastRevision",
            Rows.REVISION.type(),
            "The committed revision: when, by whom, from where",
            s -> s.lastRevision().map(Rows.REVISION::row).orElse(null))
        .data(
            "Bundles",
            BUNDLES,
            "The installed bundles",
            s -> Rows.BUNDLE.rows(BUNDLES, s.bundles()))
        .gauge("BundlesActive", "{bundle}", "Active bundles", DirectorObject::activeBundles);
  }

  private static void services(Fields<Snapshot> fields) {
    fields
        .gauge("ServicesTotal", "{service}", "Virtual services", s -> s.services().size())
        .gauge("ServicesUp", "{service}", "Those up", s -> services(s, OperState.UP))
        .gauge(
            "ServicesDegraded", "{service}", "Those degraded", s -> services(s, OperState.DEGRADED))
        .gauge("ServicesDown", "{service}", "Those down", s -> services(s, OperState.DOWN))
        .gauge("PoolsTotal", "{pool}", "Pools", s -> s.pools().size());
  }

  private static void reals(Fields<Snapshot> fields) {
    fields
        .gauge("RealsTotal", "{real}", "Real servers", s -> s.realServers().size())
        .gauge("RealsUp", "{real}", "Those up", s -> reals(s, OperState.UP))
        .gauge("RealsDraining", "{real}", "Those draining", s -> reals(s, OperState.DRAINING))
        .gauge("RealsDown", "{real}", "Those down", s -> reals(s, OperState.DOWN));
  }

  private static void traffic(Fields<Snapshot> fields) {
    fields
        .counter(
            "ConnsTotal",
            "{conn}",
            "Connections accepted from clients",
            s -> counters(s).stream().mapToLong(VirtualServiceCounters::connsTotal).sum())
        .gauge(
            "ConnsActive",
            "{conn}",
            "Connections held now",
            s -> counters(s).stream().mapToLong(VirtualServiceCounters::connsActive).sum())
        .counter(
            "BytesIn",
            "By",
            "Bytes from clients to real servers",
            s -> counters(s).stream().mapToLong(VirtualServiceCounters::bytesIn).sum())
        .counter(
            "BytesOut",
            "By",
            "Bytes from real servers to clients",
            s -> counters(s).stream().mapToLong(VirtualServiceCounters::bytesOut).sum());
  }

  private static List<VirtualServiceCounters> counters(Snapshot snapshot) {
    return List.copyOf(snapshot.serviceCounters().values());
  }

  private static long services(Snapshot snapshot, OperState wanted) {
    Predicate<VirtualServiceState> matches = state -> state.operState() == wanted;
    return snapshot.services().values().stream().filter(matches).count();
  }

  private static long reals(Snapshot snapshot, OperState wanted) {
    Predicate<RealServerState> matches = state -> state.operState() == wanted;
    return snapshot.realServers().values().stream().filter(matches).count();
  }

  private static long activeBundles(Snapshot snapshot) {
    return snapshot.bundles().stream()
        .map(BundleView::state)
        .filter(state -> state == BundleLifecycle.ACTIVE)
        .count();
  }
}
