package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Configuration;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * SNMP-TLS-TM-MIB (RFC 6353) and SNMP-TSM-MIB (RFC 5591): the counters of sessions, which
 * certificate is whose security name, and which certificates are shown to targets and expected of
 * them. It cannot be written; clients and targets are added in the configuration.
 */
final class TlsObjects {
  static final OID TSM = Oids.below(Oids.MIB_2, 190);
  static final OID TLSTM = Oids.below(Oids.MIB_2, 198);

  /** Which certificates are let in. */
  static final OID CONFIG = Oids.below(TLSTM, 2, 2);

  private static final OID CERTIFICATES = Oids.below(CONFIG, 1);

  /** snmpTlstmCertSpecified: the name is the one that is configured. */
  private static final Variable SPECIFIED = Oids.below(TLSTM, 1, 1, 1);

  private static final int FALSE = 2;

  private record Mapping(int number, SnmpTlsClient client) {}

  private TlsObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>();
    for (int number = 1; number <= 4; number++) {
      all.add(StandardObjects.counter(Oids.below(TSM, 1, 1, number)));
    }
    all.add(new Scalar(Oids.below(TSM, 1, 2, 1), m -> Smi.integer(FALSE)));
    for (int number = 1; number <= 10; number++) {
      all.add(StandardObjects.counter(Oids.below(TLSTM, 2, 1, number)));
    }
    all.add(new Scalar(Oids.below(CERTIFICATES, 1), m -> Smi.gauge(m.agent().tlsClients().size())));
    all.add(new Scalar(Oids.below(CERTIFICATES, 2), m -> Smi.ticks(0)));
    all.add(mappings());
    all.add(new Scalar(Oids.below(CERTIFICATES, 4), m -> Smi.gauge(Math.min(1, count(m)))));
    all.add(new Scalar(Oids.below(CERTIFICATES, 5), m -> Smi.ticks(0)));
    all.add(new Scalar(Oids.below(CERTIFICATES, 7), m -> Smi.gauge(count(m))));
    all.add(new Scalar(Oids.below(CERTIFICATES, 8), m -> Smi.ticks(0)));
    all.addAll(targetTables());
    return all;
  }

  /** Those over TLS. */
  private static List<SnmpTarget> targets(Configuration wanted) {
    return TargetObjects.targets(wanted).stream()
        .filter(target -> target.fingerprint().isPresent())
        .toList();
  }

  private static int count(Moment moment) {
    return targets(moment.snapshot().configuration()).size();
  }

  private static Collection<Subtree> targetTables() {
    RowSource<Configuration, SnmpTarget> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            TlsObjects::targets,
            target -> Smi.impliedIndex(target.name()));
    RowSource<Configuration, String> shared =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            wanted -> targets(wanted).isEmpty() ? List.of() : List.of(TargetObjects.TLS),
            Smi::impliedIndex);
    List<Column<String>> parameters =
        List.of(
            read(1, (m, t) -> fingerprint(m.agent().tlsOwn())),
            read(2, (m, t) -> AccessObjects.STORAGE_READ_ONLY),
            read(3, (m, t) -> AccessObjects.ROW_ACTIVE));
    List<Column<SnmpTarget>> addresses =
        List.of(
            read(1, (m, t) -> fingerprint(t.fingerprint())),
            read(2, (m, t) -> Smi.text("")),
            read(3, (m, t) -> AccessObjects.STORAGE_READ_ONLY),
            read(4, (m, t) -> AccessObjects.ROW_ACTIVE));
    return List.of(
        new Table<>(Oids.below(CERTIFICATES, 6), shared, parameters),
        new Table<>(Oids.below(CERTIFICATES, 9), rows, addresses));
  }

  private static Variable fingerprint(Optional<Fingerprint> of) {
    return of.map(each -> new OctetString(each.octets())).orElseGet(OctetString::new);
  }

  private static Subtree mappings() {
    RowSource<AgentState, Mapping> rows =
        new RowSource<>(
            Moment::agent, TlsObjects::numbered, each -> new OID(new int[] {each.number()}));
    List<Column<Mapping>> columns =
        List.of(
            read(2, (m, each) -> new OctetString(each.client().fingerprint().octets())),
            read(3, (m, each) -> SPECIFIED),
            read(4, (m, each) -> Smi.text(each.client().name())),
            read(5, (m, each) -> AccessObjects.STORAGE_READ_ONLY),
            read(6, (m, each) -> AccessObjects.ROW_ACTIVE));
    return new Table<>(Oids.below(CERTIFICATES, 3), rows, columns);
  }

  private static List<Mapping> numbered(AgentState agent) {
    List<Mapping> all = new ArrayList<>();
    agent.tlsClients().values().stream()
        .sorted(Comparator.comparing(SnmpTlsClient::name))
        .forEach(client -> all.add(new Mapping(all.size() + 1, client)));
    return all;
  }
}
