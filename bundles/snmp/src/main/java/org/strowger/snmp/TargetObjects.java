package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.Collection;
import java.util.List;
import org.snmp4j.mp.MessageProcessingModel;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;

/**
 * The tables of SNMP-TARGET-MIB and SNMP-NOTIFICATION-MIB: show the configured targets. They cannot
 * be written; targets are added in the configuration.
 */
final class TargetObjects {
  private static final OID UDP_IPV4 = new OID("1.3.6.1.6.1.1");
  private static final OID UDP_IPV6 = new OID("1.3.6.1.2.1.100.1.2");
  private static final Variable SNMP_V3 = Smi.integer(MessageProcessingModel.MPv3);
  private static final Variable USM = Smi.integer(SecurityModel.SECURITY_MODEL_USM);
  private static final Variable AUTH_PRIV = Smi.integer(SecurityLevel.AUTH_PRIV);
  private static final OID KINDS = new OID(new int[] {1});

  private TargetObjects() {}

  static Collection<Subtree> all() {
    RowSource<List<NotificationTarget>, NotificationTarget> targets =
        new RowSource<>(
            m -> m.agent().targets(),
            list -> list,
            target -> Smi.impliedIndex(target.configured().name()));
    return List.of(
        new Table<>(Oids.below(Oids.TARGET, 1, 2), targets, addresses()),
        new Table<>(Oids.below(Oids.TARGET, 1, 3), targets, parameters()),
        notifications());
  }

  private static List<Column<NotificationTarget>> addresses() {
    return List.of(
        read(2, (m, t) -> domain(t.configured())),
        read(3, (m, t) -> Smi.endpoint(t.configured().address(), t.configured().port())),
        read(4, (m, t) -> Smi.interval(t.configured().timeout().toMillis())),
        read(5, (m, t) -> Smi.integer(t.configured().retries())),
        read(6, (m, t) -> Smi.text(t.configured().kind().word())),
        read(7, (m, t) -> Smi.text(t.configured().name())),
        read(8, (m, t) -> AccessObjects.STORAGE_READ_ONLY),
        read(9, (m, t) -> AccessObjects.ROW_ACTIVE));
  }

  private static Variable domain(SnmpTarget target) {
    return target.address().getAddress().length == 4 ? UDP_IPV4 : UDP_IPV6;
  }

  private static List<Column<NotificationTarget>> parameters() {
    return List.of(
        read(2, (m, t) -> SNMP_V3),
        read(3, (m, t) -> USM),
        read(4, (m, t) -> new OctetString(t.configured().user())),
        read(5, (m, t) -> AUTH_PRIV),
        read(6, (m, t) -> AccessObjects.STORAGE_READ_ONLY),
        read(7, (m, t) -> AccessObjects.ROW_ACTIVE));
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
