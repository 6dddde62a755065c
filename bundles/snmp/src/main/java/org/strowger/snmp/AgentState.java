package org.strowger.snmp;

import java.util.List;
import java.util.Map;

/**
 * What the agent shows of itself. Immutable, but for counters that only grow; made anew when its
 * configuration changes.
 *
 * @param users those whose passphrases could be read
 */
record AgentState(
    Engine engine,
    ProtocolCounters counters,
    Map<String, Credentials> users,
    List<NotificationTarget> targets) {
  AgentState {
    users = Map.copyOf(users);
    targets = List.copyOf(targets);
  }
}
