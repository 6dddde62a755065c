package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;
import org.strowger.api.Snapshot;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;

/**
 * The instances of version 3 as VRRPV3-MIB (RFC 6527) has them, read-only; the numbers of those of
 * version 2 are in STROWGER-HA-MIB only. An instance whose device is not there has no row, as
 * ifIndex is in the index. What nobody counts is absent: adverts of unknown routers or of another
 * type, the time since the instance began. {@link VrrpWatch} tells of them.
 */
final class VrrpObjects {
  private static final OID ROOT = Oids.below(Oids.MIB_2, 207);
  private static final OID NOTIFICATIONS = Oids.below(ROOT, 0);
  private static final OID OPERATIONS = Oids.below(ROOT, 1, 1);
  private static final OID STATISTICS = Oids.below(ROOT, 1, 2);

  /** What is told of them is made anew so often, in milliseconds. */
  private static final int REFRESH_MILLIS = 200;

  /** RowStatus. */
  private static final int ROW_ACTIVE = 1;

  private static final int INITIALIZE = 1;
  private static final int BACKUP = 2;
  private static final int MASTER = 3;

  /** vrrpv3StatisticsNewMasterReason. */
  private static final int NOT_MASTER = 0;

  private static final int PRIORITY = 1;
  private static final int PREEMPTED = 2;
  private static final int MASTER_NO_RESPONSE = 3;

  private static final int MASTER_ADDRESS = 3;
  private static final int NEW_MASTER_REASON = 2;
  private static final int PROTOCOL_ERROR_REASON = 6;

  /** A virtual router: ifIndex, the number, the family. */
  record Row(int device, VrrpInstance wanted, VrrpInstanceState state) {
    private OID index() {
      return new OID(new int[] {device, wanted.routerId(), wanted.ipv6() ? 2 : 1});
    }
  }

  private record AddressRow(Row row, InetAddress address) {
    OID index() {
      OID inner = new OctetString(address.getAddress()).toSubIndex(false);
      return new OID(row.index().getValue(), inner.getValue());
    }
  }

  private VrrpObjects() {}

  static Collection<Subtree> all() {
    RowSource<Moment, Row> rows = new RowSource<>(m -> m, VrrpObjects::rows, Row::index);
    RowSource<Moment, AddressRow> addresses =
        new RowSource<>(
            m -> m,
            m ->
                rows(m).stream()
                    .flatMap(
                        row ->
                            row.wanted().addresses().stream()
                                .map(address -> new AddressRow(row, address)))
                    .toList(),
            AddressRow::index);
    return List.of(
        new Table<>(Oids.below(OPERATIONS, 1), rows, operations()),
        new Table<>(
            Oids.below(OPERATIONS, 2),
            addresses,
            List.of(read(2, (m, a) -> Smi.integer(ROW_ACTIVE)))),
        sum(1, VrrpCounters::checksumErrors),
        sum(2, VrrpCounters::versionErrors),
        new Scalar(Oids.below(STATISTICS, 4), m -> m.timeStamp(m.snapshot().running())),
        new Table<>(Oids.below(STATISTICS, 5), rows, statistics()));
  }

  private static Subtree sum(int number, ToLongFunction<VrrpCounters> of) {
    return new Scalar(
        Oids.below(STATISTICS, number),
        m ->
            Smi.counter64(
                rows(m).stream().mapToLong(r -> of.applyAsLong(r.state().counters())).sum()));
  }

  private static List<Row> rows(Moment moment) {
    return rows(moment.snapshot(), moment.platform().map(PlatformState::devices).orElse(List.of()));
  }

  static List<Row> rows(Snapshot snapshot, List<NetworkDeviceState> devices) {
    FailoverState failover = snapshot.failover();
    List<Row> rows = new ArrayList<>();
    for (VrrpInstance wanted : snapshot.configuration().vrrp().instances().values()) {
      VrrpInstanceState state = failover.instances().get(wanted.name());
      if (wanted.version() == 3 && state != null) {
        devices.stream()
            .filter(device -> device.name().equals(wanted.device()))
            .findFirst()
            .ifPresent(device -> rows.add(new Row(device.index(), wanted, state)));
      }
    }
    return rows;
  }

  private static List<Column<Row>> operations() {
    return List.of(
        read(MASTER_ADDRESS, (m, r) -> address(r, r.state().active())),
        read(4, (m, r) -> address(r, own(r))),
        read(5, (m, r) -> virtualMac(r.wanted())),
        read(6, (m, r) -> Smi.integer(status(r.state().role()))),
        read(7, (m, r) -> Smi.gauge(r.wanted().priority())),
        read(8, (m, r) -> Smi.integer(r.wanted().addresses().size())),
        read(9, (m, r) -> Smi.interval(r.wanted().advertInterval().toMillis())),
        read(10, (m, r) -> Smi.truth(r.wanted().preempt())),
        read(11, (m, r) -> Smi.truth(true)),
        read(13, (m, r) -> Smi.integer(ROW_ACTIVE)));
  }

  private static Optional<InetAddress> own(Row row) {
    boolean active = row.state().role() == DirectorRole.ACTIVE;
    return row.wanted().source().or(() -> active ? row.state().active() : Optional.empty());
  }

  /** Zeros where there is none. */
  private static Variable address(Row row, Optional<InetAddress> address) {
    return address.map(Smi::address).orElseGet(() -> zeros(row.wanted().ipv6()));
  }

  private static Variable zeros(boolean ipv6) {
    return new OctetString(new byte[ipv6 ? 16 : 4]);
  }

  /** RFC 9568, 7.3: follows from the number, whether it is used or not. */
  private static Variable virtualMac(VrrpInstance wanted) {
    byte family = (byte) (wanted.addresses().getFirst() instanceof Inet6Address ? 2 : 1);
    return new OctetString(new byte[] {0, 0, 0x5e, 0, family, (byte) wanted.routerId()});
  }

  private static int status(DirectorRole role) {
    return switch (role) {
      case INITIALIZE -> INITIALIZE;
      case BACKUP -> BACKUP;
      case ACTIVE -> MASTER;
    };
  }

  private static List<Column<Row>> statistics() {
    return List.of(
        read(1, (m, r) -> Smi.counter32(r.state().transitions())),
        read(
            NEW_MASTER_REASON,
            (m, r) -> Smi.integer(reason(m.snapshot().failover(), r.wanted().name()))),
        counted(3, VrrpCounters::advertsReceived),
        counted(4, VrrpCounters::intervalErrors),
        counted(5, VrrpCounters::hopErrors),
        read(PROTOCOL_ERROR_REASON, VrrpObjects::lastError),
        counted(7, VrrpCounters::prioritiesZeroReceived),
        counted(8, VrrpCounters::prioritiesZeroSent),
        counted(10, VrrpCounters::addressListErrors),
        counted(11, VrrpCounters::lengthErrors),
        read(12, (m, r) -> m.timeStamp(m.snapshot().running())),
        read(13, (m, r) -> Smi.gauge(REFRESH_MILLIS)));
  }

  private static Column<Row> counted(int number, ToLongFunction<VrrpCounters> of) {
    return read(number, (m, r) -> Smi.counter64(of.applyAsLong(r.state().counters())));
  }

  /** Why it became active the last time. */
  private static int reason(FailoverState failover, String instance) {
    return failover.switches().stream()
        .filter(each -> each.instance().equals(instance) && each.to() == DirectorRole.ACTIVE)
        .findFirst()
        .map(each -> reason(each.reason()))
        .orElse(NOT_MASTER);
  }

  private static int reason(SwitchReason why) {
    return switch (why) {
      case PEER_LOST -> MASTER_NO_RESPONSE;
      case PRIORITY -> PREEMPTED;
      default -> PRIORITY;
    };
  }

  private static @Nullable Variable lastError(Moment moment, Row row) {
    OptionalInt known = moment.vrrpError(row.wanted().name(), row.state().counters());
    return known.isPresent() ? Smi.integer(known.getAsInt()) : null;
  }

  /** vrrpv3NewMaster: this director became active, for this reason. */
  static Notification newMaster(Row row, SwitchReason why, long upTime) {
    return new Notification(
        Oids.below(NOTIFICATIONS, 1),
        upTime,
        List.of(
            cell(OPERATIONS, 1, MASTER_ADDRESS, row, address(row, own(row))),
            cell(STATISTICS, 5, NEW_MASTER_REASON, row, Smi.integer(reason(why)))),
        0);
  }

  /**
   * vrrpv3ProtoError: an advert came that breaks the protocol.
   *
   * @param reason of vrrpv3StatisticsProtoErrReason
   */
  static Notification protocolError(Row row, int reason, long upTime) {
    return new Notification(
        Oids.below(NOTIFICATIONS, 2),
        upTime,
        List.of(cell(STATISTICS, 5, PROTOCOL_ERROR_REASON, row, Smi.integer(reason))),
        0);
  }

  private static VariableBinding cell(OID group, int table, int column, Row row, Variable value) {
    OID name = Oids.below(group, table, 1, column);
    return new VariableBinding(new OID(name.getValue(), row.index().getValue()), value);
  }
}
