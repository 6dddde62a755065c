package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Management.SnmpTlsClient;
import org.strowger.api.Management.SnmpUser;
import org.strowger.api.Role;

/**
 * The tables of SNMP-USER-BASED-SM-MIB, SNMP-VIEW-BASED-ACM-MIB and SNMP-COMMUNITY-MIB: show who
 * may do what. They are made from what decides it, {@link View}, and cannot be written.
 */
final class AccessObjects {
  static final Variable STORAGE_READ_ONLY = Smi.integer(5);
  static final Variable ROW_ACTIVE = Smi.integer(1);
  private static final Variable EXACT = Smi.integer(1);
  private static final Variable INCLUDED = Smi.integer(1);
  private static final Variable EXCLUDED = Smi.integer(2);
  private static final Variable NOTHING = new OctetString();
  private static final OID NO_INDEX = new OID(new int[0]);

  private record UserRow(OctetString engineId, Credentials credentials) {}

  /** Who is in a group. */
  private record Member(int model, String name, Role role) {}

  /** A group by one of the security models. */
  private record Entry(Role role, int model, int level) {}

  private record Family(View view, OID subtree, boolean included) {}

  private AccessObjects() {}

  static Collection<Subtree> all() {
    return List.of(users(), contexts(), groups(), access(), families(), communities());
  }

  /** SNMP-COMMUNITY-MIB (RFC 3584), but for the communities themselves. */
  private static Subtree communities() {
    RowSource<AgentState, Community> rows =
        new RowSource<>(
            Moment::agent,
            agent -> agent.communities().values(),
            each -> Smi.impliedIndex(each.configured().name()));
    List<Column<Community>> columns =
        List.of(
            read(2, (m, each) -> NOTHING),
            read(3, (m, each) -> Smi.text(each.configured().name())),
            read(4, (m, each) -> m.agent().engine().id()),
            read(5, (m, each) -> NOTHING),
            read(6, (m, each) -> NOTHING),
            read(7, (m, each) -> STORAGE_READ_ONLY),
            read(8, (m, each) -> ROW_ACTIVE));
    return new Table<>(Oids.below(Oids.COMMUNITY, 1, 1), rows, columns);
  }

  private static Subtree users() {
    RowSource<AgentState, UserRow> rows =
        new RowSource<>(
            Moment::agent,
            agent ->
                agent.users().values().stream()
                    .map(credentials -> new UserRow(agent.engine().id(), credentials))
                    .toList(),
            row ->
                join(
                    row.engineId().toSubIndex(false),
                    Smi.nameIndex(row.credentials().user().name())));
    List<Column<UserRow>> columns =
        List.of(
            read(3, (m, u) -> u.credentials().securityName()),
            read(4, (m, u) -> Oids.ZERO_DOT_ZERO),
            read(5, (m, u) -> u.credentials().authProtocol()),
            read(6, (m, u) -> NOTHING),
            read(7, (m, u) -> NOTHING),
            read(8, (m, u) -> u.credentials().privProtocol()),
            read(9, (m, u) -> NOTHING),
            read(10, (m, u) -> NOTHING),
            read(11, (m, u) -> NOTHING),
            read(12, (m, u) -> STORAGE_READ_ONLY),
            read(13, (m, u) -> ROW_ACTIVE));
    return new Table<>(Oids.below(Oids.USM, 1, 2, 2), rows, columns);
  }

  /** One context, the default one: its name, the index, is empty. */
  private static Subtree contexts() {
    RowSource<OID, OID> rows =
        new RowSource<>(m -> NO_INDEX, List::of, name -> new OID(new int[] {0}));
    return new Table<>(
        Oids.below(Oids.VACM, 1, 1), rows, List.of(read(1, (m, context) -> NOTHING)));
  }

  private static Subtree groups() {
    RowSource<AgentState, Member> rows =
        new RowSource<>(
            Moment::agent,
            AccessObjects::members,
            each -> join(new OID(new int[] {each.model()}), Smi.nameIndex(each.name())));
    List<Column<Member>> columns =
        List.of(
            read(3, (m, each) -> Smi.text(each.role().word())),
            read(4, (m, each) -> STORAGE_READ_ONLY),
            read(5, (m, each) -> ROW_ACTIVE));
    return new Table<>(Oids.below(Oids.VACM, 1, 2), rows, columns);
  }

  private static List<Member> members(AgentState agent) {
    List<Member> all = new ArrayList<>();
    for (Credentials each : agent.users().values()) {
      SnmpUser user = each.user();
      all.add(new Member(SecurityModel.SECURITY_MODEL_USM, user.name(), user.role()));
    }
    for (SnmpTlsClient client : agent.tlsClients().values()) {
      all.add(new Member(SecurityModel.SECURITY_MODEL_TSM, client.name(), client.role()));
    }
    for (String community : agent.communities().keySet()) {
      all.add(new Member(SecurityModel.SECURITY_MODEL_SNMPv2c, community, Role.VIEWER));
    }
    return all;
  }

  private static Subtree access() {
    List<Entry> all = new ArrayList<>();
    for (Role role : Role.values()) {
      all.add(new Entry(role, SecurityModel.SECURITY_MODEL_USM, SecurityLevel.AUTH_PRIV));
      all.add(new Entry(role, SecurityModel.SECURITY_MODEL_TSM, SecurityLevel.AUTH_PRIV));
    }
    all.add(
        new Entry(Role.VIEWER, SecurityModel.SECURITY_MODEL_SNMPv2c, SecurityLevel.NOAUTH_NOPRIV));
    RowSource<OID, Entry> rows =
        new RowSource<>(m -> NO_INDEX, key -> all, AccessObjects::accessIndex);
    List<Column<Entry>> columns =
        List.of(
            read(4, (m, each) -> EXACT),
            read(5, (m, each) -> Smi.text(View.reading(each.role()).viewName())),
            read(6, (m, each) -> Smi.text(View.writing(each.role()).viewName())),
            read(7, (m, each) -> Smi.text(View.reading(each.role()).viewName())),
            read(8, (m, each) -> STORAGE_READ_ONLY),
            read(9, (m, each) -> ROW_ACTIVE));
    return new Table<>(Oids.below(Oids.VACM, 1, 4), rows, columns);
  }

  /** Group, context prefix (none), security model, security level. */
  private static OID accessIndex(Entry entry) {
    return join(
        Smi.nameIndex(entry.role().word()), new OID(new int[] {0, entry.model(), entry.level()}));
  }

  private static Subtree families() {
    List<Family> all = new ArrayList<>();
    for (View view : View.values()) {
      view.included().forEach(subtree -> all.add(new Family(view, subtree, true)));
      view.excluded().forEach(subtree -> all.add(new Family(view, subtree, false)));
    }
    RowSource<List<Family>, Family> rows =
        new RowSource<>(
            m -> all,
            list -> list,
            family ->
                join(Smi.nameIndex(family.view().viewName()), family.subtree().toSubIndex(false)));
    List<Column<Family>> columns =
        List.of(
            read(3, (m, family) -> NOTHING),
            read(4, (m, family) -> family.included() ? INCLUDED : EXCLUDED),
            read(5, (m, family) -> STORAGE_READ_ONLY),
            read(6, (m, family) -> ROW_ACTIVE));
    return new Table<>(Oids.below(Oids.VACM, 1, 5, 2), rows, columns);
  }

  private static OID join(OID... parts) {
    return new OID(
        Arrays.stream(parts).flatMapToInt(part -> Arrays.stream(part.getValue())).toArray());
  }
}
