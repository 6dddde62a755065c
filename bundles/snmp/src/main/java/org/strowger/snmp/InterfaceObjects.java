package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.LinkState;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.NetworkDeviceState.Counters;
import org.strowger.api.PlatformState;

/**
 * IF-MIB (RFC 2863): ifTable and ifXTable out of the network devices; ifIndex is the kernel's. What
 * Linux does not tell apart, broadcasts for one, is not there rather than 0.
 */
final class InterfaceObjects {
  static final OID IF_ENTRY = Oids.below(Oids.MIB_2, 2, 2, 1);
  private static final OID IF_MIB = Oids.below(Oids.MIB_2, 31);

  static final int ADMIN_STATUS = 7;
  static final int OPER_STATUS = 8;

  /** ifSpeed of what is faster than it can tell (RFC 2863, 3.1.6). */
  private static final long FASTEST = 0xFFFF_FFFFL;

  private static final long MEGABIT = 1_000_000;
  private static final int NAME_OCTETS = 255;
  private static final int ALIAS_OCTETS = 64;

  private InterfaceObjects() {}

  static Collection<Subtree> all() {
    RowSource<List<NetworkDeviceState>, NetworkDeviceState> rows =
        new RowSource<>(
            InterfaceObjects::devices,
            devices -> devices,
            device -> new OID(new int[] {device.index()}));
    return List.of(
        new Scalar(
            Oids.below(Oids.MIB_2, 2, 1),
            m -> m.platform().map(p -> Smi.integer(p.devices().size())).orElse(null)),
        new Table<>(Oids.below(Oids.MIB_2, 2, 2), rows, columns()),
        new Table<>(Oids.below(IF_MIB, 1, 1), rows, extensions()),
        stack(),
        new Scalar(
            Oids.below(IF_MIB, 1, 5),
            m ->
                m.platform()
                    .flatMap(
                        p ->
                            p.devices().stream()
                                .map(NetworkDeviceState::changed)
                                .max(Comparator.naturalOrder()))
                    .map(m::timeStamp)
                    .orElse(null)));
  }

  /** A device that stands on another; 0 for none. */
  private record Layer(int higher, int lower) {}

  private static Subtree stack() {
    RowSource<List<NetworkDeviceState>, Layer> rows =
        new RowSource<>(
            InterfaceObjects::devices,
            InterfaceObjects::layers,
            layer -> new OID(new int[] {layer.higher(), layer.lower()}));
    return new Table<>(
        Oids.below(IF_MIB, 1, 2), rows, List.of(read(3, (m, layer) -> AccessObjects.ROW_ACTIVE)));
  }

  /** Every device stands on another or on none, and has another on it or none (RFC 2863, 3.1.1). */
  private static List<Layer> layers(List<NetworkDeviceState> devices) {
    Set<Integer> known = new TreeSet<>();
    devices.forEach(device -> known.add(device.index()));
    Set<Integer> below = new TreeSet<>();
    List<Layer> layers = new ArrayList<>();
    for (NetworkDeviceState device : devices) {
      List<Integer> lower = device.lower().stream().filter(known::contains).toList();
      lower.forEach(each -> layers.add(new Layer(device.index(), each)));
      below.addAll(lower);
      if (lower.isEmpty()) {
        layers.add(new Layer(device.index(), 0));
      }
    }
    known.removeAll(below);
    known.forEach(top -> layers.add(new Layer(0, top)));
    return layers;
  }

  static List<NetworkDeviceState> devices(Moment moment) {
    return moment.platform().map(PlatformState::devices).orElse(List.of());
  }

  private static List<Column<NetworkDeviceState>> columns() {
    return List.of(
        read(1, (m, d) -> Smi.integer(d.index())),
        read(2, (m, d) -> Smi.text(d.name(), NAME_OCTETS)),
        read(3, (m, d) -> Smi.integer(type(d))),
        read(4, (m, d) -> Smi.integer((int) d.mtuBytes())),
        read(5, (m, d) -> Smi.gauge(Math.min(FASTEST, d.speedMegabits() * MEGABIT))),
        read(
            6,
            (m, d) -> d.mac().map(mac -> new OctetString(mac.bytes())).orElse(new OctetString())),
        read(ADMIN_STATUS, (m, d) -> adminStatus(d)),
        read(OPER_STATUS, (m, d) -> Smi.code(d.link())),
        read(9, (m, d) -> m.timeStamp(d.changed())),
        narrow(10, Counters::inBytes),
        narrow(11, c -> c.inPackets() - c.inMulticast()),
        narrow(13, Counters::inDiscards),
        narrow(14, Counters::inErrors),
        narrow(16, Counters::outBytes),
        narrow(17, Counters::outPackets),
        narrow(19, Counters::outDiscards),
        narrow(20, Counters::outErrors));
  }

  private static List<Column<NetworkDeviceState>> extensions() {
    return List.of(
        read(1, (m, d) -> Smi.text(d.name(), NAME_OCTETS)),
        narrow(2, Counters::inMulticast),
        wide(6, Counters::inBytes),
        wide(7, c -> c.inPackets() - c.inMulticast()),
        wide(8, Counters::inMulticast),
        wide(10, Counters::outBytes),
        wide(11, Counters::outPackets),
        read(14, (m, d) -> Smi.integer(1)), // linkUpDownTrapEnable: enabled
        read(15, (m, d) -> Smi.gauge(d.speedMegabits())),
        read(16, (m, d) -> Smi.truth(d.promiscuous())),
        read(17, (m, d) -> Smi.truth(d.physical())),
        read(18, (m, d) -> Smi.text(d.alias(), ALIAS_OCTETS)),
        read(19, (m, d) -> Smi.ticks(0)));
  }

  private static Column<NetworkDeviceState> narrow(int number, ToLongFunction<Counters> value) {
    return read(number, (m, d) -> Smi.counter32(value.applyAsLong(d.counters())));
  }

  private static Column<NetworkDeviceState> wide(int number, ToLongFunction<Counters> value) {
    return read(number, (m, d) -> Smi.counter64(value.applyAsLong(d.counters())));
  }

  private static Variable adminStatus(NetworkDeviceState device) {
    return Smi.integer(device.up() ? 1 : 2);
  }

  /** IANAifType of an ARPHRD number of linux/if_arp.h. */
  private static int type(NetworkDeviceState device) {
    return switch (device.type()) {
      case 1 -> 6; // ethernetCsmacd
      case 32 -> 199; // infiniband
      case 512 -> 23; // ppp
      case 768, 769, 776, 778, 823 -> 131; // tunnel
      case 772 -> 24; // softwareLoopback
      case 801, 802, 803 -> 71; // ieee80211
      case 65_534 -> 53; // propVirtual: tun, WireGuard
      default -> 1; // other
    };
  }

  /** linkUp or linkDown, with the three objects that IF-MIB has in them. */
  static Notification notification(NetworkDeviceState device, LinkState link, long upTime) {
    int index = device.index();
    return new Notification(
        Oids.below(Oids.SNMP_MIB, 1, 5, link == LinkState.UP ? 4 : 3),
        upTime,
        List.of(
            new VariableBinding(Oids.below(IF_ENTRY, 1, index), Smi.integer(index)),
            new VariableBinding(Oids.below(IF_ENTRY, ADMIN_STATUS, index), adminStatus(device)),
            new VariableBinding(Oids.below(IF_ENTRY, OPER_STATUS, index), Smi.code(link))),
        0);
  }
}
