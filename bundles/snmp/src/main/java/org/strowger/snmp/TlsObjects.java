package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * SNMP-TLS-TM-MIB (RFC 6353) and SNMP-TSM-MIB (RFC 5591): the counters of sessions, and which
 * certificate is whose security name. It cannot be written; clients are added in the configuration.
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
    return all;
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
