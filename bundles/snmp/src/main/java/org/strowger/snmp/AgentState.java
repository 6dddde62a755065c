package org.strowger.snmp;

import java.util.List;
import java.util.Map;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * What the agent shows of itself. Immutable, but for counters that only grow; made anew when its
 * configuration changes.
 *
 * @param users those whose passphrases could be read
 * @param tlsClients those whom their certificate lets in over TLS
 */
record AgentState(
    Engine engine,
    ProtocolCounters counters,
    Map<String, Credentials> users,
    Map<String, SnmpTlsClient> tlsClients,
    List<NotificationTarget> targets) {
  AgentState {
    users = Map.copyOf(users);
    tlsClients = Map.copyOf(tlsClients);
    targets = List.copyOf(targets);
  }
}
