package org.strowger.snmp;

import org.snmp4j.smi.OID;

/** The object identifiers everything else stands below, as in the modules of the folder mibs. */
final class Oids {
  static final OID MIB_2 = new OID("1.3.6.1.2.1");
  static final OID SNMP_MODULES = new OID("1.3.6.1.6.3");

  /** The root of STROWGER-SMI: the one place in the code that holds the enterprise number. */
  static final OID STG = new OID("1.3.6.1.4.1.32473");

  static final OID STG_DIRECTOR_SOFTWARE = below(STG, 1, 3);
  static final OID STG_MGMT = below(STG, 2);
  static final OID STG_SYS_MIB = below(STG_MGMT, 2);
  static final OID STG_LB_MIB = below(STG_MGMT, 3);
  static final OID STG_HC_MIB = below(STG_MGMT, 4);
  static final OID STG_HA_MIB = below(STG_MGMT, 5);
  static final OID STG_ALM_MIB = below(STG_MGMT, 6);
  static final OID STG_UPG_MIB = below(STG_MGMT, 7);
  static final OID STG_CFG_MIB = below(STG_MGMT, 8);
  static final OID STG_PM_MIB = below(STG_MGMT, 9);

  static final OID SYSTEM = below(MIB_2, 1);
  static final OID SNMP = below(MIB_2, 11);
  static final OID SNMP_MIB = below(SNMP_MODULES, 1);
  static final OID FRAMEWORK = below(SNMP_MODULES, 10);
  static final OID MPD = below(SNMP_MODULES, 11);
  static final OID TARGET = below(SNMP_MODULES, 12);
  static final OID NOTIFICATION = below(SNMP_MODULES, 13);
  static final OID USM = below(SNMP_MODULES, 15);
  static final OID VACM = below(SNMP_MODULES, 16);
  static final OID COMMUNITY = below(SNMP_MODULES, 18);

  /** What SNMP4J's own configuration objects stand below; one of them writes files. */
  static final OID SNMP4J = new OID("1.3.6.1.4.1.4976");

  static final OID ZERO_DOT_ZERO = new OID(new int[] {0, 0});

  private Oids() {}

  /** {@code parent} followed by {@code subidentifiers}. */
  static OID below(OID parent, int... subidentifiers) {
    return new OID(parent.getValue(), subidentifiers);
  }
}
