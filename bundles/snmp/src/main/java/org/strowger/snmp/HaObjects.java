package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.snmp4j.PDU;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.KeyPath;
import org.strowger.api.Snapshot;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;

/** The objects and notifications of STROWGER-HA-MIB. The numbers are those of the module. */
final class HaObjects {
  private static final OID NOTIFICATIONS = Oids.below(Oids.STG_HA_MIB, 0);
  private static final OID SUMMARY = Oids.below(Oids.STG_HA_MIB, 1, 1);
  private static final OID TABLES = Oids.below(Oids.STG_HA_MIB, 1, 2);
  private static final OID SWITCHES = Oids.below(TABLES, 3);
  private static final int LONG_OCTETS = 1_023;

  /** StgFailoverRequest; the commands follow in their order. */
  private static final int NO_REQUEST = 1;

  /** stgHaMode. */
  private static final int STANDALONE = 1;

  private static final int ACTIVE_STANDBY = 2;
  private static final int ACTIVE_ACTIVE = 3;

  /** Both halves of an instance. */
  private record Row(VrrpInstance wanted, VrrpInstanceState state) {}

  private record AddressRow(VrrpInstanceState state, InetAddress address) {
    OID index() {
      return new OID(
          Oids.below(Smi.nameIndex(state.name()), address instanceof java.net.Inet4Address ? 1 : 2)
              .getValue(),
          ((org.snmp4j.smi.OctetString) Smi.address(address)).toSubIndex(false).getValue());
    }
  }

  private HaObjects() {}

  static Collection<Subtree> all() {
    return List.of(
        scalar(1, s -> Smi.integer(mode(s.failover()))),
        scalar(2, s -> Smi.code(s.role())),
        scalar(3, s -> Smi.text(text(s.failover()))),
        scalar(4, s -> Smi.text(s.failover().unavailable().orElse(""))),
        new Scalar(
            Oids.below(SUMMARY, 5),
            _ -> Smi.integer(NO_REQUEST),
            new Writable<>(
                value ->
                    Writable.enumFault(
                        value,
                        code ->
                            code >= NO_REQUEST
                                && code <= NO_REQUEST + FailoverCommand.values().length),
                (m, value) -> asked(m.snapshot(), value.toInt()))),
        scalar(6, s -> Smi.code(last(s.failover()))),
        scalar(7, s -> Smi.counter32(count(s.failover()))),
        scalar(8, s -> Smi.counter32(sum(s.failover(), VrrpInstanceState::splits))),
        scalar(9, s -> Smi.truth(forced(s.failover()))),
        instances(),
        addresses(),
        switches());
  }

  private static Subtree scalar(int number, Function<Snapshot, Variable> value) {
    return new Scalar(Oids.below(SUMMARY, number), m -> value.apply(m.snapshot()));
  }

  private static int mode(FailoverState failover) {
    if (failover.instances().isEmpty()) {
      return STANDALONE;
    }
    long active =
        failover.instances().values().stream()
            .filter(each -> each.role() == DirectorRole.ACTIVE)
            .count();
    return active == 0 || active == failover.instances().size() ? ACTIVE_STANDBY : ACTIVE_ACTIVE;
  }

  private static String text(FailoverState failover) {
    return failover.instances().isEmpty()
        ? "this director is alone"
        : failover.instances().values().stream()
            .map(each -> each.name() + ": " + each.role().word() + ", " + each.reasonText())
            .collect(Collectors.joining("; "));
  }

  private static SwitchReason last(FailoverState failover) {
    return failover.switches().isEmpty()
        ? SwitchReason.NONE
        : failover.switches().getFirst().reason();
  }

  private static long count(FailoverState failover) {
    return failover.switches().isEmpty() ? 0 : failover.switches().getFirst().number();
  }

  private static long sum(FailoverState failover, ToLongFunction<VrrpInstanceState> of) {
    return failover.instances().values().stream().mapToLong(of).sum();
  }

  private static boolean forced(FailoverState failover) {
    return failover.instances().values().stream().anyMatch(VrrpInstanceState::forcedStandby);
  }

  /** What cannot be is told at once; what comes of the rest is in the tables. */
  private static Asked asked(Snapshot snapshot, int code) {
    if (code == NO_REQUEST) {
      return new Asked.Nothing(KeyPath.of("failover"));
    }
    FailoverCommand command =
        switch (code) {
          case 2 -> FailoverCommand.SWITCH;
          case 3 -> FailoverCommand.FORCE_STANDBY;
          default -> FailoverCommand.RELEASE;
        };
    boolean alone = snapshot.failover().instances().isEmpty();
    boolean nothing = command == FailoverCommand.SWITCH && snapshot.role() != DirectorRole.ACTIVE;
    return alone || nothing ? new Asked.Fault(PDU.inconsistentValue) : new Asked.Failover(command);
  }

  private static List<Row> rows(Snapshot snapshot) {
    List<Row> rows = new ArrayList<>();
    Map<String, VrrpInstance> wanted = snapshot.configuration().vrrp().instances();
    snapshot
        .failover()
        .instances()
        .forEach(
            (name, state) ->
                Optional.ofNullable(wanted.get(name)).ifPresent(w -> rows.add(new Row(w, state))));
    return rows;
  }

  private static Subtree instances() {
    RowSource<Snapshot, Row> rows =
        new RowSource<>(
            Moment::snapshot, HaObjects::rows, row -> Smi.nameIndex(row.wanted().name()));
    List<Column<Row>> columns = new ArrayList<>(wanted());
    columns.addAll(observed());
    int number = 31;
    for (ToLongFunction<VrrpCounters> each : counters()) {
      columns.add(read(number++, (m, r) -> Smi.counter64(each.applyAsLong(r.state().counters()))));
    }
    return new Table<>(Oids.below(TABLES, 1), rows, columns);
  }

  private static List<Column<Row>> wanted() {
    return List.of(
        read(2, (m, r) -> Smi.text(r.wanted().device())),
        read(3, (m, r) -> Smi.gauge(r.wanted().version())),
        read(4, (m, r) -> Smi.gauge(r.wanted().routerId())),
        read(5, (m, r) -> Smi.gauge(r.wanted().priority())),
        read(6, (m, r) -> Smi.gauge(r.wanted().advertInterval().toMillis())),
        read(7, (m, r) -> Smi.truth(r.wanted().preempt())),
        read(8, (m, r) -> Smi.gauge(r.wanted().preemptDelay().toMillis())),
        read(9, (m, r) -> Smi.gauge(r.wanted().startDelay().toMillis())),
        read(10, (m, r) -> Smi.text(text(r.wanted().source()))),
        read(11, (m, r) -> words(texts(r.wanted().unicastPeers()))),
        read(12, (m, r) -> Smi.truth(r.wanted().pseudoHeader())),
        read(13, (m, r) -> Smi.gauge(r.wanted().announceInterval().toMillis())),
        read(14, (m, r) -> Smi.gauge(r.wanted().deadMan().toMillis())),
        read(15, (m, r) -> words(r.wanted().signing().keys())),
        read(16, (m, r) -> Smi.truth(r.wanted().signing().acceptUnsigned())),
        read(17, (m, r) -> words(tracks(r.wanted()))),
        read(18, (m, r) -> Smi.truth(r.wanted().duty())));
  }

  private static List<String> tracks(VrrpInstance wanted) {
    return wanted.tracks().entrySet().stream()
        .map(each -> each.getKey() + ":" + each.getValue())
        .toList();
  }

  private static List<Column<Row>> observed() {
    return List.of(
        read(19, (m, r) -> Smi.code(r.state().role())),
        read(20, (m, r) -> Smi.dateAndTime(r.state().since())),
        read(21, (m, r) -> Smi.code(r.state().reason())),
        read(22, (m, r) -> Smi.text(r.state().reasonText())),
        read(23, (m, r) -> Smi.gauge(r.state().priority())),
        read(24, (m, r) -> Smi.text(text(r.state().active()))),
        read(25, (m, r) -> Smi.gauge(r.state().activePriority())),
        read(26, (m, r) -> Smi.gauge(r.state().masterDownMillis())),
        read(27, (m, r) -> Smi.truth(r.state().forcedStandby())),
        read(28, (m, r) -> words(r.state().failedTracks())),
        read(29, (m, r) -> Smi.counter32(r.state().transitions())),
        read(30, (m, r) -> Smi.counter32(r.state().splits())));
  }

  /** In the order of their columns. */
  private static List<ToLongFunction<VrrpCounters>> counters() {
    return List.of(
        VrrpCounters::advertsSent,
        VrrpCounters::advertsReceived,
        VrrpCounters::prioritiesZeroSent,
        VrrpCounters::prioritiesZeroReceived,
        VrrpCounters::sendFailures,
        VrrpCounters::checksumErrors,
        VrrpCounters::versionErrors,
        VrrpCounters::hopErrors,
        VrrpCounters::lengthErrors,
        VrrpCounters::addressListErrors,
        VrrpCounters::intervalErrors,
        VrrpCounters::authenticationErrors,
        VrrpCounters::peerErrors,
        VrrpCounters::signatureErrors,
        VrrpCounters::replayErrors,
        VrrpCounters::announcements);
  }

  private static Subtree addresses() {
    RowSource<Snapshot, AddressRow> rows =
        new RowSource<>(
            Moment::snapshot,
            snapshot ->
                rows(snapshot).stream()
                    .flatMap(
                        row ->
                            row.wanted().addresses().stream()
                                .map(address -> new AddressRow(row.state(), address)))
                    .toList(),
            AddressRow::index);
    return new Table<>(
        Oids.below(TABLES, 2),
        rows,
        List.of(read(3, (m, a) -> Smi.truth(a.state().held().contains(a.address())))));
  }

  private static Subtree switches() {
    RowSource<FailoverState, FailoverState.Switch> rows =
        new RowSource<>(
            m -> m.snapshot().failover(),
            FailoverState::switches,
            each -> AlarmObjects.index(each.number()));
    List<Column<FailoverState.Switch>> columns = new ArrayList<>();
    for (int number = 2; number <= 8; number++) {
      int column = number;
      columns.add(read(column, (m, s) -> of(s, column)));
    }
    return new Table<>(SWITCHES, rows, columns);
  }

  /** A column of a switch. */
  private static Variable of(FailoverState.Switch of, int column) {
    return switch (column) {
      case 2 -> Smi.dateAndTime(of.time());
      case 3 -> Smi.text(of.instance());
      case 4 -> Smi.code(of.from());
      case 5 -> Smi.code(of.to());
      case 6 -> Smi.code(of.reason());
      case 7 -> Smi.text(text(of.peer()));
      default -> Smi.gauge(of.durationMillis());
    };
  }

  /** That this happened. */
  static Notification switched(FailoverState.Switch happened, long upTime) {
    OID index = AlarmObjects.index(happened.number());
    List<VariableBinding> bindings = new ArrayList<>();
    for (int column = 2; column <= 8; column++) {
      OID name = new OID(Oids.below(SWITCHES, 1, column).getValue(), index.getValue());
      bindings.add(new VariableBinding(name, of(happened, column)));
    }
    return new Notification(Oids.below(NOTIFICATIONS, 1), upTime, bindings, 0);
  }

  private static Variable words(Collection<String> words) {
    return Smi.text(String.join(" ", words), LONG_OCTETS);
  }

  private static List<String> texts(List<InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getHostAddress).toList();
  }

  private static String text(Optional<InetAddress> address) {
    return address.map(InetAddress::getHostAddress).orElse("");
  }
}
