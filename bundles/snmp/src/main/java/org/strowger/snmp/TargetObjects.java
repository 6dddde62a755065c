package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.snmp4j.PDU;
import org.snmp4j.mp.MessageProcessingModel;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Coded;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Names;
import org.strowger.api.NotificationKind;

/**
 * The tables of SNMP-TARGET-MIB and SNMP-NOTIFICATION-MIB: the targets of the configuration. Rows
 * of snmpTargetAddrTable can be made, changed and destroyed over UDP; what they say goes into the
 * configuration. Their tag says whether they get traps or informs, their parameters are the user;
 * of these there is a row for each, and one for targets over TLS, which the configuration alone can
 * make.
 */
final class TargetObjects {
  /** Name of the parameters of targets over TLS; no user can have it. */
  static final String TLS = ":tls";

  private static final OID UDP_IPV4 = new OID("1.3.6.1.6.1.1");
  private static final OID UDP_IPV6 = new OID("1.3.6.1.2.1.100.1.2");
  private static final OID TLS_TCP = new OID("1.3.6.1.6.1.8");
  private static final int TADDRESS_IPV4 = 6;
  private static final int TADDRESS_IPV6 = 18;
  private static final int NAME_OCTETS = 32;
  private static final int RETRIES_MAX = 255;
  private static final int NON_VOLATILE = 3;
  private static final Variable SNMP_V3 = Smi.integer(MessageProcessingModel.MPv3);
  private static final Variable USM = Smi.integer(SecurityModel.SECURITY_MODEL_USM);
  private static final Variable TSM = Smi.integer(SecurityModel.SECURITY_MODEL_TSM);
  private static final Variable AUTH_PRIV = Smi.integer(SecurityLevel.AUTH_PRIV);
  private static final OID KINDS = new OID(new int[] {1});

  /** A target; one that is not there has only a name. */
  private record Row(String name, Optional<SnmpTarget> target) {
    boolean isOverTls() {
      return target.flatMap(SnmpTarget::fingerprint).isPresent();
    }

    KeyPath path() {
      return KeyPath.of("management", "snmp", "targets", name);
    }

    KeyPath path(String key) {
      return path().child(key);
    }
  }

  private TargetObjects() {}

  static Collection<Subtree> all() {
    RowSource<Configuration, Row> targets =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            wanted -> targets(wanted).stream().map(t -> new Row(t.name(), Optional.of(t))).toList(),
            row -> Smi.impliedIndex(row.name()));
    RowSource<Configuration, String> parameters =
        new RowSource<>(
            m -> m.snapshot().configuration(), TargetObjects::parameters, Smi::impliedIndex);
    return List.of(
        new Table<>(Oids.below(Oids.TARGET, 1, 2), targets, addresses(), TargetObjects::unmade),
        new Table<>(Oids.below(Oids.TARGET, 1, 3), parameters, parameters()),
        notifications());
  }

  /** The configured targets. */
  static List<SnmpTarget> targets(Configuration wanted) {
    return wanted.management().snmp().map(Snmp::targets).orElse(Map.of()).values().stream()
        .toList();
  }

  private static List<String> parameters(Configuration wanted) {
    List<String> names =
        new ArrayList<>(wanted.management().snmp().map(Snmp::users).orElse(Map.of()).keySet());
    if (targets(wanted).stream().anyMatch(target -> target.fingerprint().isPresent())) {
      names.add(TLS);
    }
    return names;
  }

  private static @Nullable Row unmade(OID index) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < index.size(); i++) {
      name.append((char) index.get(i));
    }
    return Names.valid(name.toString()) ? new Row(name.toString(), Optional.empty()) : null;
  }

  private static List<Column<Row>> addresses() {
    return List.of(
        write(
            2,
            shown(TargetObjects::domain),
            new Writable<>(TargetObjects::domainFault, (row, value) -> in(row, (OID) value))),
        write(
            3,
            shown(TargetObjects::address),
            new Writable<>(TargetObjects::fault, (row, value) -> at(row, (OctetString) value))),
        write(
            4,
            shown(t -> Smi.interval(t.timeout().toMillis())),
            number(
                Integer.MAX_VALUE,
                (row, hundredths) -> new Asked.Put(row.path("timeout"), 10L * hundredths + "ms"))),
        write(
            5,
            shown(t -> Smi.integer(t.retries())),
            number(RETRIES_MAX, (row, times) -> new Asked.Put(row.path("retries"), (long) times))),
        write(
            6,
            shown(t -> Smi.text(t.kind().word())),
            new Writable<>(
                TargetObjects::tagFault,
                (row, tag) -> new Asked.Put(row.path("kind"), tag.toString()))),
        write(
            7,
            shown(t -> Smi.text(t.fingerprint().isPresent() ? TLS : t.user())),
            Writable.text(NAME_OCTETS, row -> row.path("user"))),
        write(
            8,
            (m, row) -> AlarmTables.NON_VOLATILE,
            said(value -> Writable.enumFault(value, code -> code == NON_VOLATILE))),
        write(
            9,
            (m, row) -> AccessObjects.ROW_ACTIVE,
            Writable.rowStatus(row -> row.target().isPresent(), Row::path)));
  }

  private static BiFunction<Moment, Row, @Nullable Variable> shown(
      Function<SnmpTarget, Variable> value) {
    return (m, row) -> row.target().map(value).orElse(null);
  }

  /** What can be said of a row, but is so or not without being written anywhere. */
  private static Writable<Row> said(ToIntFunction<Variable> fault) {
    return new Writable<>(
        fault, (row, value) -> new Asked.Nothing(row.path(value.getSyntaxString())));
  }

  private static Writable<Row> number(int most, BiFunction<Row, Integer, Asked> asked) {
    return new Writable<>(
        value ->
            !(value instanceof Integer32)
                ? PDU.wrongType
                : value.toInt() < 0 || value.toInt() > most ? PDU.wrongValue : PDU.noError,
        (row, value) -> asked.apply(row, value.toInt()));
  }

  private static Variable domain(SnmpTarget target) {
    if (target.fingerprint().isPresent()) {
      return TLS_TCP;
    }
    return target.address().getAddress().length == 4 ? UDP_IPV4 : UDP_IPV6;
  }

  private static int domainFault(Variable value) {
    if (!(value instanceof OID domain)) {
      return PDU.wrongType;
    }
    return List.of(UDP_IPV4, UDP_IPV6, TLS_TCP).contains(domain) ? PDU.noError : PDU.wrongValue;
  }

  /** The domain follows from the address, and is not written anywhere: it can only be right. */
  private static Asked in(Row row, OID domain) {
    KeyPath name = row.path("domain");
    if (row.isOverTls()) {
      return domain.equals(TLS_TCP)
          ? new Asked.Nothing(name)
          : new Asked.Fault(PDU.inconsistentValue);
    }
    if (domain.equals(TLS_TCP)) { // whom to expect there this table cannot say
      return new Asked.Fault(PDU.wrongValue);
    }
    return new Asked.Provided(
        name,
        row.path("address"),
        address -> address.toString().contains(":") == domain.equals(UDP_IPV6),
        row.target().map(target -> domain(target).equals(domain)).orElse(true));
  }

  /** TAddress; over TLS it is text (RFC 6353, SnmpTLSAddress). */
  private static Variable address(SnmpTarget target) {
    if (target.fingerprint().isEmpty()) {
      return Smi.endpoint(target.address(), target.port());
    }
    String host = target.address().getHostAddress();
    return Smi.text((host.contains(":") ? "[" + host + "]" : host) + ":" + target.port());
  }

  private static int fault(Variable value) {
    if (!(value instanceof OctetString octets)) {
      return PDU.wrongType;
    }
    boolean known = octets.length() == TADDRESS_IPV4 || octets.length() == TADDRESS_IPV6;
    return known ? PDU.noError : PDU.wrongLength;
  }

  /** Of a target over TLS, whose TAddress is text, this would be another. */
  private static Asked at(Row row, OctetString value) {
    if (row.isOverTls()) {
      return new Asked.Fault(PDU.inconsistentValue);
    }
    byte[] octets = value.getValue();
    int end = octets.length - 2;
    long port = ((octets[end] & 0xFFL) << 8) | (octets[end + 1] & 0xFFL);
    try {
      InetAddress address = InetAddress.getByAddress(Arrays.copyOf(octets, end));
      return new Asked.Both(
          new Asked.Put(row.path("address"), address.getHostAddress()),
          new Asked.Put(row.path("port"), port));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 octets are an address", e);
    }
  }

  private static int tagFault(Variable value) {
    int fault = Writable.textFault(value, NAME_OCTETS);
    boolean known =
        fault == PDU.noError && Coded.byWord(NotificationKind.class, value.toString()).isPresent();
    return fault == PDU.noError && !known ? PDU.wrongValue : fault;
  }

  private static List<Column<String>> parameters() {
    return List.of(
        read(2, (m, name) -> SNMP_V3),
        read(3, (m, name) -> name.equals(TLS) ? TSM : USM),
        read(4, (m, name) -> name.equals(TLS) ? TlsLine.SECURITY_NAME : new OctetString(name)),
        read(5, (m, name) -> AUTH_PRIV),
        read(6, (m, name) -> AccessObjects.STORAGE_READ_ONLY),
        read(7, (m, name) -> AccessObjects.ROW_ACTIVE));
  }

  /** One row for traps and one for informs; the tag of a target says which it gets. */
  private static Subtree notifications() {
    RowSource<OID, NotificationKind> rows =
        new RowSource<>(
            m -> KINDS,
            key -> List.of(NotificationKind.values()),
            kind -> Smi.impliedIndex(kind.word()));
    List<Column<NotificationKind>> columns =
        List.of(
            read(2, (m, kind) -> Smi.text(kind.word())),
            read(3, (m, kind) -> Smi.code(kind)),
            read(4, (m, kind) -> AccessObjects.STORAGE_READ_ONLY),
            read(5, (m, kind) -> AccessObjects.ROW_ACTIVE));
    return new Table<>(Oids.below(Oids.NOTIFICATION, 1, 1), rows, columns);
  }
}
