package org.strowger.snmp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * What the agent shows of itself. Immutable, but for counters that only grow; made anew when its
 * configuration changes.
 *
 * @param users those whose passphrases could be read
 * @param tlsClients those whom their certificate lets in over TLS
 * @param log what was notified; it goes on
 * @param communities those whose file could be read
 * @param tlsOwn of the certificate the agent shows itself; empty if it has none that can be read
 */
record AgentState(
    Engine engine,
    ProtocolCounters counters,
    Map<String, Credentials> users,
    Map<String, SnmpTlsClient> tlsClients,
    List<NotificationTarget> targets,
    NotificationLog log,
    Map<String, Community> communities,
    Optional<Fingerprint> tlsOwn) {
  AgentState {
    users = Map.copyOf(users);
    communities = Map.copyOf(communities);
    tlsClients = Map.copyOf(tlsClients);
    targets = List.copyOf(targets);
  }
}
