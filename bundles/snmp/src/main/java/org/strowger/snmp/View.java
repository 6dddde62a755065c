package org.strowger.snmp;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.strowger.api.Role;

/**
 * A view of the object tree (RFC 3415): of the subtrees that hold an object the longest decides.
 * The constants are what the roles may see and write; VACM's tables show the same.
 */
@SuppressWarnings("ImmutableEnumChecker") // SNMP4J's OID can be changed; nobody changes these.
enum View {
  /** Everything but what only administers access and targets. */
  PUBLIC(
      List.of(Oids.MIB_2, Oids.SNMP_MODULES, Oids.STG, KeepalivedObjects.ROOT),
      List.of(
          Oids.below(Oids.TARGET, 1, 2),
          Oids.below(Oids.TARGET, 1, 3),
          Oids.below(Oids.NOTIFICATION, 1),
          Oids.below(Oids.USM, 1, 2),
          Oids.VACM,
          Oids.COMMUNITY,
          TlsObjects.CONFIG,
          Oids.SNMP4J)),
  /** Everything. */
  ALL(List.of(new OID("1.3.6.1")), List.of(Oids.SNMP4J)),
  /**
   * Weights and admin states, and what an alarm list needs: a new writable object is the
   * administrators' until it stands here.
   */
  OPERATE(
      List.of(
          Oids.below(LbObjects.TABLES, 1, 1, 23),
          Oids.below(LbObjects.TABLES, 4, 1, 16),
          Oids.below(LbObjects.TABLES, 5, 1, 9),
          Oids.below(LbObjects.TABLES, 5, 1, 10),
          Oids.below(AlarmObjects.SUMMARY, 20), // resync
          Oids.below(Oids.STG_ALM_MIB, 1, 2, 4), // shelves
          Oids.below(Oids.STG_ALM_MIB, 1, 2, 5, 1, 12), // replay
          ConfigObjects.CONFIRMING),
      List.of()),
  /** All that can be written. */
  TUNE(List.of(Oids.STG_MGMT, Oids.below(Oids.TARGET, 1, 2), Oids.below(Oids.SNMP, 30)), List.of()),
  /** Nothing. */
  NONE(List.of(), List.of());

  private static final View[] ALL_VIEWS = values();

  private final OctetString octets = new OctetString(name().toLowerCase(Locale.ROOT));
  private final List<OID> included;
  private final List<OID> excluded;

  View(List<OID> included, List<OID> excluded) {
    this.included = included;
    this.excluded = excluded;
  }

  static View reading(Role role) {
    return role == Role.ADMIN ? ALL : PUBLIC;
  }

  static View writing(Role role) {
    return switch (role) {
      case VIEWER -> NONE;
      case OPERATOR -> OPERATE;
      case ADMIN -> TUNE;
    };
  }

  /** The view with this name, or null. */
  static @Nullable View of(OctetString name) {
    for (View view : ALL_VIEWS) {
      if (view.octets.equals(name)) {
        return view;
      }
    }
    return null;
  }

  List<OID> included() {
    return included;
  }

  List<OID> excluded() {
    return excluded;
  }

  /** The name in VACM's tables. */
  String viewName() {
    return octets.toString();
  }

  /** The name, as the protocol has it. */
  OctetString octets() {
    return octets;
  }

  boolean allows(OID oid) {
    return longest(included, oid) > longest(excluded, oid);
  }

  /** Whether all that is, or could be, below this identifier is in the view. */
  boolean allowsAll(OID root) {
    return allows(root) && noneBelow(included, root) && noneBelow(excluded, root);
  }

  private static boolean noneBelow(List<OID> subtrees, OID root) {
    return subtrees.stream().noneMatch(each -> each.size() > root.size() && each.startsWith(root));
  }

  private static int longest(List<OID> subtrees, OID oid) {
    int longest = -1;
    for (OID subtree : subtrees) {
      if (subtree.size() > longest && oid.startsWith(subtree)) {
        longest = subtree.size();
      }
    }
    return longest;
  }
}
