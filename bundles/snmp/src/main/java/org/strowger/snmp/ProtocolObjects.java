package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.strowger.api.NetworkAddress;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;

/**
 * IP-MIB (RFC 4293), TCP-MIB (RFC 4022) and UDP-MIB (RFC 4113): the kernel's own counters, which
 * carry the names of these modules.
 */
final class ProtocolObjects {
  private static final OID IP = Oids.below(Oids.MIB_2, 4);
  private static final OID ICMP = Oids.below(Oids.MIB_2, 5);
  private static final OID TCP = Oids.below(Oids.MIB_2, 6);
  private static final OID UDP = Oids.below(Oids.MIB_2, 7);
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;

  /** Of what the kernel counts with fewer bits than the object has. */
  private static final long LARGEST = Integer.MAX_VALUE;

  /** The numbers of ipSystemStatsTable, and what the kernel calls them. */
  private static final List<SystemCounter> SYSTEM_COUNTERS =
      List.of(
          new SystemCounter(3, 4, "InReceives"),
          new SystemCounter(5, 6, "InOctets"),
          new SystemCounter(7, 0, "InHdrErrors"),
          new SystemCounter(8, 0, "InNoRoutes"),
          new SystemCounter(9, 0, "InAddrErrors"),
          new SystemCounter(10, 0, "InUnknownProtos"),
          new SystemCounter(11, 0, "InTruncatedPkts"),
          new SystemCounter(14, 0, "ReasmReqds"),
          new SystemCounter(15, 0, "ReasmOKs"),
          new SystemCounter(16, 0, "ReasmFails"),
          new SystemCounter(17, 0, "InDiscards"),
          new SystemCounter(18, 19, "InDelivers"),
          new SystemCounter(20, 21, "OutRequests"),
          new SystemCounter(22, 0, "OutNoRoutes"),
          new SystemCounter(23, 24, "ForwDatagrams"),
          new SystemCounter(25, 0, "OutDiscards"),
          new SystemCounter(27, 0, "FragOKs"),
          new SystemCounter(28, 0, "FragFails"),
          new SystemCounter(29, 0, "FragCreates"),
          new SystemCounter(32, 33, "OutOctets"),
          new SystemCounter(34, 35, "InMcastPkts"),
          new SystemCounter(36, 37, "InMcastOctets"),
          new SystemCounter(38, 39, "OutMcastPkts"),
          new SystemCounter(40, 41, "OutMcastOctets"),
          new SystemCounter(42, 43, "InBcastPkts"),
          new SystemCounter(44, 45, "OutBcastPkts"));

  private static final List<String> IP_SCALARS =
      List.of(
          "InReceives",
          "InHdrErrors",
          "InAddrErrors",
          "ForwDatagrams",
          "InUnknownProtos",
          "InDiscards",
          "InDelivers",
          "OutRequests",
          "OutDiscards",
          "OutNoRoutes",
          "",
          "ReasmReqds",
          "ReasmOKs",
          "ReasmFails",
          "FragOKs",
          "FragFails",
          "FragCreates");

  private static final List<String> ICMP_SCALARS =
      List.of(
          "InMsgs",
          "InErrors",
          "InDestUnreachs",
          "InTimeExcds",
          "InParmProbs",
          "InSrcQuenchs",
          "InRedirects",
          "InEchos",
          "InEchoReps",
          "InTimestamps",
          "InTimestampReps",
          "InAddrMasks",
          "InAddrMaskReps",
          "OutMsgs",
          "OutErrors",
          "OutDestUnreachs",
          "OutTimeExcds",
          "OutParmProbs",
          "OutSrcQuenchs",
          "OutRedirects",
          "OutEchos",
          "OutEchoReps",
          "OutTimestamps",
          "OutTimestampReps",
          "OutAddrMasks",
          "OutAddrMaskReps");

  /**
   * @param wide number of the column of 64 bits; 0 if there is none
   */
  private record SystemCounter(int narrow, int wide, String name) {
    /** What the kernel has of it for a version of IP; null if nothing. */
    @Nullable Long value(PlatformState state, int version) {
      SortedMap<String, Long> known = state.protocols();
      if (version == IPV6) {
        return known.get("Ip6." + (name.equals("ForwDatagrams") ? "OutForwDatagrams" : name));
      }
      return known.getOrDefault("Ip." + name, known.get("IpExt." + name));
    }
  }

  /** One type of ICMP message. */
  private record Message(int version, int type) {}

  private ProtocolObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>();
    all.add(number(IP, 1, "Ip.Forwarding"));
    all.add(number(IP, 2, "Ip.DefaultTTL"));
    counters(all, IP, 3, "Ip.", IP_SCALARS);
    all.add(number(IP, 13, "Ip.ReasmTimeout"));
    all.add(systemStats());
    all.add(addresses());
    counters(all, ICMP, 1, "Icmp.", ICMP_SCALARS);
    all.add(icmpStats());
    all.add(icmpMessages());
    all.addAll(tcp());
    all.addAll(udp());
    return all;
  }

  private static Subtree number(OID group, int number, String name) {
    return SystemObjects.platform(
        Oids.below(group, number),
        p -> Smi.integer((int) Math.clamp(p.protocol(name), -1, LARGEST)));
  }

  private static void counters(
      List<Subtree> all, OID group, int first, String protocol, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      String name = protocol + names.get(i);
      if (!names.get(i).isEmpty()) {
        all.add(
            SystemObjects.platform(
                Oids.below(group, first + i), p -> Smi.counter32(p.protocol(name))));
      }
    }
  }

  private static Collection<Subtree> tcp() {
    List<Subtree> all = new ArrayList<>();
    all.add(number(TCP, 1, "Tcp.RtoAlgorithm"));
    all.add(number(TCP, 2, "Tcp.RtoMin"));
    all.add(number(TCP, 3, "Tcp.RtoMax"));
    all.add(number(TCP, 4, "Tcp.MaxConn"));
    counters(
        all, TCP, 5, "Tcp.", List.of("ActiveOpens", "PassiveOpens", "AttemptFails", "EstabResets"));
    all.add(
        SystemObjects.platform(Oids.below(TCP, 9), p -> Smi.gauge(p.protocol("Tcp.CurrEstab"))));
    counters(
        all, TCP, 10, "Tcp.", List.of("InSegs", "OutSegs", "RetransSegs", "", "InErrs", "OutRsts"));
    all.add(wide(TCP, 17, "Tcp.InSegs"));
    all.add(wide(TCP, 18, "Tcp.OutSegs"));
    return all;
  }

  /** Of both versions of IP together: the kernel counts them apart. */
  private static Collection<Subtree> udp() {
    List<Subtree> all = new ArrayList<>();
    List<String> names = List.of("InDatagrams", "NoPorts", "InErrors", "OutDatagrams");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      all.add(SystemObjects.platform(Oids.below(UDP, i + 1), p -> Smi.counter32(both(p, name))));
    }
    all.add(SystemObjects.platform(Oids.below(UDP, 8), p -> Smi.counter64(both(p, "InDatagrams"))));
    all.add(
        SystemObjects.platform(Oids.below(UDP, 9), p -> Smi.counter64(both(p, "OutDatagrams"))));
    return all;
  }

  private static long both(PlatformState state, String name) {
    return state.protocol("Udp." + name) + state.protocol("Udp6." + name);
  }

  private static Subtree wide(OID group, int number, String name) {
    return SystemObjects.platform(Oids.below(group, number), p -> Smi.counter64(p.protocol(name)));
  }

  private static Subtree systemStats() {
    RowSource<List<Integer>, Integer> rows =
        new RowSource<>(
            ProtocolObjects::versions, list -> list, version -> new OID(new int[] {version}));
    List<Column<Integer>> columns = new ArrayList<>();
    for (SystemCounter each : SYSTEM_COUNTERS) {
      columns.add(read(each.narrow(), (m, version) -> counter(m, each, version, false)));
      if (each.wide() > 0) {
        columns.add(read(each.wide(), (m, version) -> counter(m, each, version, true)));
      }
    }
    columns.add(read(46, (m, version) -> Smi.ticks(0)));
    columns.add(read(47, (m, version) -> Smi.gauge(Platform.STATE_AGE_MILLIS)));
    return new Table<>(Oids.below(IP, 31, 1), rows, columns);
  }

  private static final List<Integer> NONE = List.of();
  private static final List<Integer> BOTH = List.of(IPV4, IPV6);

  private static List<Integer> versions(Moment moment) {
    return moment.platform().isPresent() ? BOTH : NONE;
  }

  private static @Nullable Variable counter(
      Moment moment, SystemCounter counter, int version, boolean wide) {
    Long value = moment.platform().map(p -> counter.value(p, version)).orElse(null);
    if (value == null) {
      return null;
    }
    return wide ? Smi.counter64(value) : Smi.counter32(value);
  }

  private static Subtree addresses() {
    RowSource<List<NetworkAddress>, NetworkAddress> rows =
        new RowSource<>(
            m -> m.platform().map(PlatformState::addresses).orElse(List.of()),
            ProtocolObjects::distinct,
            ProtocolObjects::index);
    List<Column<NetworkAddress>> columns =
        List.of(
            read(3, (m, a) -> Smi.integer(a.device())),
            read(4, (m, a) -> Smi.integer(1)), // unicast
            read(5, (m, a) -> Oids.ZERO_DOT_ZERO),
            read(6, (m, a) -> Smi.integer(a.ours() ? 2 : 1)), // manual, other
            read(7, (m, a) -> Smi.integer(1)), // preferred
            read(8, (m, a) -> Smi.ticks(0)),
            read(9, (m, a) -> Smi.ticks(0)),
            read(10, (m, a) -> AccessObjects.ROW_ACTIVE),
            read(11, (m, a) -> Smi.integer(2))); // volatile
    return new Table<>(Oids.below(IP, 34), rows, columns);
  }

  /** An address may stand on several devices; the table has room for one of them. */
  private static Collection<NetworkAddress> distinct(List<NetworkAddress> addresses) {
    Map<OID, NetworkAddress> distinct = new TreeMap<>();
    addresses.forEach(address -> distinct.putIfAbsent(index(address), address));
    return distinct.values();
  }

  /** Type, length, octets; a scoped address has its device behind them (RFC 4001: ipv6z). */
  private static OID index(NetworkAddress address) {
    byte[] octets = address.address().getAddress();
    boolean scoped = address.address().isLinkLocalAddress() && octets.length == 16;
    int[] index = new int[2 + octets.length + (scoped ? 4 : 0)];
    index[0] = octets.length == 4 ? IPV4 : scoped ? 4 : IPV6;
    index[1] = index.length - 2;
    for (int i = 0; i < octets.length; i++) {
      index[i + 2] = octets[i] & 0xFF;
    }
    for (int i = 0; scoped && i < 4; i++) {
      index[index.length - 1 - i] = (address.device() >>> (8 * i)) & 0xFF;
    }
    return new OID(index);
  }

  private static Subtree icmpStats() {
    RowSource<List<Integer>, Integer> rows =
        new RowSource<>(
            ProtocolObjects::versions, list -> list, version -> new OID(new int[] {version}));
    List<String> names = List.of("InMsgs", "InErrors", "OutMsgs", "OutErrors");
    List<Column<Integer>> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      columns.add(
          read(
              i + 2,
              (m, version) ->
                  m.platform()
                      .map(p -> Smi.counter32(p.protocol(icmp(version, "") + name)))
                      .orElse(null)));
    }
    return new Table<>(Oids.below(ICMP, 29), rows, columns);
  }

  private static String icmp(int version, String kind) {
    return version == IPV6 ? "Icmp6." : "Icmp" + kind + ".";
  }

  private static Subtree icmpMessages() {
    RowSource<List<Message>, Message> rows =
        new RowSource<>(
            m -> m.platform().map(ProtocolObjects::messages).orElse(List.of()),
            list -> list,
            message -> new OID(new int[] {message.version(), message.type()}));
    List<Column<Message>> columns =
        List.of(
            read(3, (m, message) -> message(m, message, "InType")),
            read(4, (m, message) -> message(m, message, "OutType")));
    return new Table<>(Oids.below(ICMP, 30), rows, columns);
  }

  private static @Nullable Variable message(Moment moment, Message message, String direction) {
    String name = icmp(message.version(), "Msg") + direction + message.type();
    return moment.platform().map(p -> Smi.counter32(p.protocol(name))).orElse(null);
  }

  /** The types of which the kernel has seen a message. */
  private static List<Message> messages(PlatformState state) {
    SortedMap<String, Long> known = state.protocols();
    Map<OID, Message> found = new TreeMap<>();
    for (String name : known.keySet()) {
      int at = name.indexOf("Type");
      boolean four = name.startsWith("IcmpMsg.");
      if (at > 0 && (four || name.startsWith("Icmp6."))) {
        String type = name.substring(at + 4);
        if (type.matches("[0-9]{1,3}")) {
          Message message = new Message(four ? IPV4 : IPV6, Integer.parseInt(type));
          found.put(new OID(new int[] {message.version(), message.type()}), message);
        }
      }
    }
    return List.copyOf(found.values());
  }
}
