package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Configuration;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.Management;
import org.strowger.api.OperState;
import org.strowger.api.Pool;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerState;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/**
 * The virtual and real servers of KEEPALIVED-MIB as a second view of the snapshot, where {@code
 * management.snmp.keepalivedMib} says so: templates and dashboards made for keepalived go on
 * working. Indexes are places in the configuration, as keepalived has them, and so change when
 * something before them does. What only keepalived has is absent. The numbers of a real server are
 * of all virtual services that use it.
 */
final class KeepalivedObjects {
  /** debian project keepalived. */
  static final OID ROOT = new OID("1.3.6.1.4.1.9586.100.5");

  private static final OID GLOBAL = Oids.below(ROOT, 1);
  private static final OID CHECK = Oids.below(ROOT, 3);
  private static final OID VIRTUAL = Oids.below(CHECK, 3);
  private static final OID REAL = Oids.below(CHECK, 4);
  private static final OID TRAPS = Oids.below(CHECK, 5, 0);
  private static final OID ROUTER_ID = Oids.below(GLOBAL, 2, 0);

  private static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
          "twos");
  private static final int UNKNOWN_SCHEDULER = 99;

  private static final int ALIVE = 1;
  private static final int DEAD = 2;
  private static final int ENABLED = 1;
  private static final int DISABLED = 2;

  /** A virtual server, which is a virtual service. */
  record Virtual(int index, VirtualService service, Pool pool) {
    OID oid() {
      return new OID(new int[] {index});
    }

    boolean quorumMet(Snapshot snapshot) {
      VirtualServiceState state = snapshot.services().get(service.name());
      long needed = Math.max(1, pool.health().quorum());
      return state != null && state.realsUp() >= needed;
    }
  }

  /** A real server of a virtual server; one of the backup pool is a sorry server. */
  record Real(Virtual virtual, int index, RealServer real, boolean sorry) {
    OID oid() {
      return new OID(new int[] {virtual.index(), index});
    }

    boolean alive(Snapshot snapshot) {
      RealServerState state = snapshot.realServers().get(real.id());
      return state != null && state.operState() != OperState.DOWN;
    }
  }

  private KeepalivedObjects() {}

  static boolean wanted(Configuration configuration) {
    return configuration.management().snmp().filter(Management.Snmp::keepalivedMib).isPresent();
  }

  static Collection<Subtree> all() {
    RowSource<Configuration, Virtual> virtuals =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> wanted(configuration) ? virtuals(configuration) : List.of(),
            Virtual::oid);
    RowSource<Configuration, Real> reals =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> wanted(configuration) ? reals(configuration) : List.of(),
            Real::oid);
    return List.of(
        global(1, s -> Smi.text("Strowger")),
        global(2, s -> Smi.text(s.configuration().directorName())),
        new Table<>(VIRTUAL, virtuals, virtualColumns()),
        new Table<>(REAL, reals, realColumns()));
  }

  private static Subtree global(int number, Function<Snapshot, Variable> value) {
    return new Scalar(
        Oids.below(GLOBAL, number),
        m -> wanted(m.snapshot().configuration()) ? value.apply(m.snapshot()) : null);
  }

  static List<Virtual> virtuals(Configuration configuration) {
    List<Virtual> all = new ArrayList<>();
    for (VirtualService service : configuration.virtualServices().values()) {
      Pool pool = configuration.pools().get(service.pool());
      if (pool != null) {
        all.add(new Virtual(all.size() + 1, service, pool));
      }
    }
    return all;
  }

  static List<Real> reals(Configuration configuration) {
    List<Real> all = new ArrayList<>();
    for (Virtual virtual : virtuals(configuration)) {
      int index = 0;
      for (RealServer real : virtual.pool().realServers().values()) {
        all.add(new Real(virtual, ++index, real, false));
      }
      Optional<Pool> backup = virtual.service().backupPool().map(configuration.pools()::get);
      for (RealServer real : backup.map(p -> p.realServers().values()).orElse(List.of())) {
        all.add(new Real(virtual, ++index, real, true));
      }
    }
    return all;
  }

  private static List<Column<Virtual>> virtualColumns() {
    List<Column<Virtual>> columns =
        new ArrayList<>(
            List.of(
                read(2, (m, v) -> Smi.integer(2)), // ip
                read(5, (m, v) -> Smi.addressType(v.service().address())),
                read(6, (m, v) -> Smi.address(v.service().address())),
                read(7, (m, v) -> Smi.gauge(v.service().port().first())),
                read(8, (m, v) -> protocol(v)),
                read(9, (m, v) -> scheduler(v.service().scheduler())),
                read(10, (m, v) -> kind(v.service().forwarding())),
                read(13, (m, v) -> enabled(v.service().persistence().timeout().isPositive())),
                read(14, (m, v) -> Smi.gauge(v.service().persistence().timeout().toSeconds())),
                read(22, (m, v) -> Smi.gauge(Math.max(1, v.pool().health().quorum()))),
                read(26, (m, v) -> Smi.gauge(v.pool().health().quorumHysteresis())),
                read(37, (m, v) -> Smi.truth(v.service().onePacket())),
                read(71, (m, v) -> Smi.text(v.service().name()))));
    columns.add(read(11, (m, v) -> status(m.snapshot(), v)));
    columns.add(state(20, s -> Smi.gauge(s.realsTotal())));
    columns.add(state(21, s -> Smi.gauge(s.realsUp())));
    columns.add(read(23, (m, v) -> Smi.integer(v.quorumMet(m.snapshot()) ? 1 : 2)));
    columns.add(counted(27, c -> Smi.gauge(c.connsTotal())));
    columns.add(counted(28, c -> Smi.counter32(c.packetsIn())));
    columns.add(counted(29, c -> Smi.counter32(c.packetsOut())));
    columns.add(counted(30, c -> Smi.counter64(c.bytesIn())));
    columns.add(counted(31, c -> Smi.counter64(c.bytesOut())));
    columns.add(counted(38, c -> Smi.counter64(c.connsTotal())));
    columns.add(counted(39, c -> Smi.counter64(c.packetsIn())));
    columns.add(counted(40, c -> Smi.counter64(c.packetsOut())));
    return columns;
  }

  private static Variable status(Snapshot snapshot, Virtual virtual) {
    VirtualServiceState state = snapshot.services().get(virtual.service().name());
    return Smi.integer(state == null || state.operState() == OperState.DOWN ? DEAD : ALIVE);
  }

  private static Column<Virtual> state(int number, Function<VirtualServiceState, Variable> value) {
    return read(
        number,
        (m, v) ->
            Column.present(
                m, m.snapshot().services().get(v.service().name()), (any, s) -> value.apply(s)));
  }

  private static Column<Virtual> counted(
      int number, Function<VirtualServiceCounters, Variable> value) {
    return read(
        number,
        (m, v) ->
            value.apply(
                m.snapshot()
                    .serviceCounters()
                    .getOrDefault(v.service().name(), VirtualServiceCounters.ZERO)));
  }

  private static Variable protocol(Virtual virtual) {
    return Smi.integer(
        switch (virtual.service().protocol()) {
          case TCP -> 1;
          case UDP -> 2;
          case SCTP -> 3;
        });
  }

  private static Variable scheduler(String name) {
    int place = SCHEDULERS.indexOf(name);
    return Smi.integer(place < 0 ? UNKNOWN_SCHEDULER : place + 1);
  }

  /** nat, dr or tun: what a relay does is nearest to the first. */
  private static Variable kind(ForwardingMethod method) {
    return Smi.integer(
        switch (method) {
          case RELAY, MASQUERADING, FULLNAT -> 1;
          case DIRECT, LOCAL -> 2;
          case TUNNEL_IPIP, TUNNEL_GUE -> 3;
        });
  }

  private static Variable enabled(boolean value) {
    return Smi.integer(value ? ENABLED : DISABLED);
  }

  private static List<Column<Real>> realColumns() {
    List<Column<Real>> columns =
        new ArrayList<>(
            List.of(
                read(2, (m, r) -> Smi.integer(r.sorry() ? 2 : 1)),
                read(3, (m, r) -> Smi.addressType(r.real().address())),
                read(4, (m, r) -> Smi.address(r.real().address())),
                read(5, (m, r) -> Smi.gauge(port(r))),
                read(6, (m, r) -> Smi.integer(r.alive(m.snapshot()) ? ALIVE : DEAD)),
                read(7, (m, r) -> Smi.integer(r.real().weight())),
                read(8, (m, r) -> Smi.gauge(r.real().upperThreshold())),
                read(9, (m, r) -> Smi.gauge(r.real().lowerThreshold())),
                read(13, (m, r) -> Smi.gauge(failedChecks(m.snapshot(), r))),
                read(40, (m, r) -> kind(method(r))),
                read(55, (m, r) -> Smi.text(r.real().id().real()))));
    columns.add(carried(14, RealServerCounters::connsTotal, Smi::gauge));
    columns.add(carried(15, RealServerCounters::connsActive, Smi::gauge));
    columns.add(carried(16, RealServerCounters::connsInactive, Smi::gauge));
    columns.add(carried(20, RealServerCounters::bytesIn, Smi::counter64));
    columns.add(carried(21, RealServerCounters::bytesOut, Smi::counter64));
    columns.add(carried(27, RealServerCounters::connsTotal, Smi::counter64));
    return columns;
  }

  private interface Syntax {
    Variable of(long value);
  }

  private static Column<Real> carried(
      int number, ToLongFunction<RealServerCounters> value, Syntax syntax) {
    return read(
        number,
        (m, r) ->
            syntax.of(
                value.applyAsLong(
                    m.snapshot()
                        .realServerCounters()
                        .getOrDefault(r.real().id(), RealServerCounters.ZERO))));
  }

  private static int port(Real real) {
    return real.real().port() == 0 ? real.virtual().service().port().first() : real.real().port();
  }

  private static ForwardingMethod method(Real real) {
    return real.real().forwarding().orElse(real.virtual().service().forwarding());
  }

  private static long failedChecks(Snapshot snapshot, Real real) {
    List<ProbeId> probes = snapshot.probesOf().getOrDefault(real.real().id(), List.of());
    return probes.stream()
        .filter(
            id -> {
              ProbeState probe = snapshot.probes().get(id);
              return probe != null && probe.verdict() == ProbeVerdict.FAILED;
            })
        .count();
  }

  /** realServerStateChange. */
  static Notification changed(Real real, Snapshot now, long upTime) {
    return new Notification(
        Oids.below(TRAPS, 1),
        upTime,
        join(
            Stream.of(
                cell(REAL, 3, real.oid(), Smi.addressType(real.real().address())),
                cell(REAL, 4, real.oid(), Smi.address(real.real().address())),
                cell(REAL, 5, real.oid(), Smi.gauge(port(real))),
                cell(REAL, 6, real.oid(), Smi.integer(real.alive(now) ? ALIVE : DEAD)),
                cell(VIRTUAL, 2, real.virtual().oid(), Smi.integer(2)),
                cell(VIRTUAL, 8, real.virtual().oid(), protocol(real.virtual()))),
            counts(real.virtual(), now)),
        0);
  }

  /** virtualServerQuorumStateChange. */
  static Notification quorum(Virtual virtual, Snapshot now, long upTime) {
    return new Notification(
        Oids.below(TRAPS, 2),
        upTime,
        join(
            Stream.of(
                cell(VIRTUAL, 2, virtual.oid(), Smi.integer(2)),
                cell(VIRTUAL, 8, virtual.oid(), protocol(virtual)),
                cell(VIRTUAL, 23, virtual.oid(), Smi.integer(virtual.quorumMet(now) ? 1 : 2)),
                cell(
                    VIRTUAL,
                    22,
                    virtual.oid(),
                    Smi.gauge(Math.max(1, virtual.pool().health().quorum())))),
            counts(virtual, now)),
        0);
  }

  /** What both end with: how many are up, who says so, and the address of the virtual server. */
  private static Stream<VariableBinding> counts(Virtual virtual, Snapshot now) {
    VirtualServiceState state = now.services().get(virtual.service().name());
    InetAddress address = virtual.service().address();
    OID index = virtual.oid();
    return Stream.of(
        cell(VIRTUAL, 21, index, Smi.gauge(state == null ? 0 : state.realsUp())),
        cell(VIRTUAL, 20, index, Smi.gauge(state == null ? 0 : state.realsTotal())),
        new VariableBinding(ROUTER_ID, Smi.text(now.configuration().directorName())),
        cell(VIRTUAL, 5, index, Smi.addressType(address)),
        cell(VIRTUAL, 6, index, Smi.address(address)),
        cell(VIRTUAL, 7, index, Smi.gauge(virtual.service().port().first())));
  }

  private static List<VariableBinding> join(
      Stream<VariableBinding> first, Stream<VariableBinding> then) {
    return Stream.concat(first, then).toList();
  }

  private static VariableBinding cell(OID table, int column, OID index, @Nullable Variable value) {
    OID name = Oids.below(table, 1, column);
    return new VariableBinding(new OID(name.getValue(), index.getValue()), value);
  }
}
