package org.strowger.snmp;

import java.util.List;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.VariableBinding;

/**
 * What is sent to every target.
 *
 * @param name value of snmpTrapOID
 * @param upTime sysUpTime when it happened, in hundredths of a second
 * @param variables what follows sysUpTime and snmpTrapOID
 * @param sequence sequence number of an alarm notification, 0 for others
 */
record Notification(OID name, long upTime, List<VariableBinding> variables, long sequence) {
  static final OID COLD_START = Oids.below(Oids.SNMP_MIB, 1, 5, 1);
  static final OID WARM_START = Oids.below(Oids.SNMP_MIB, 1, 5, 2);
  static final OID AUTHENTICATION_FAILURE = Oids.below(Oids.SNMP_MIB, 1, 5, 5);

  Notification {
    variables = List.copyOf(variables);
  }
}
