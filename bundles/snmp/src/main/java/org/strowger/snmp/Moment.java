package org.strowger.snmp;

import java.time.Duration;
import java.time.Instant;
import org.snmp4j.smi.Variable;
import org.strowger.api.Snapshot;
import org.strowger.api.UpgradeStatus;

/**
 * What one request sees: one snapshot of the director and one state of the agent, so that all
 * variables of a response belong together.
 *
 * @param upgrade where the in-service upgrade stands
 * @param upTime sysUpTime, in hundredths of a second
 */
record Moment(Snapshot snapshot, AgentState agent, UpgradeStatus upgrade, long upTime) {
  static Moment of(Snapshot snapshot, AgentState agent, UpgradeStatus upgrade) {
    return new Moment(snapshot, agent, upgrade, agent.engine().upTime());
  }

  /** TimeStamp: sysUpTime when {@code instant} was; 0 if that was before the agent started. */
  Variable timeStamp(Instant instant) {
    long millis = Duration.between(agent.engine().started(), instant).toMillis();
    return Smi.ticks(Math.max(0, Math.min(Smi.hundredths(millis), upTime)));
  }
}
