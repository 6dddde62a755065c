package org.strowger.snmp;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.Variable;
import org.strowger.api.Performance;
import org.strowger.api.PlatformState;
import org.strowger.api.Snapshot;
import org.strowger.api.SyncState;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.VrrpCounters;

/**
 * What one request sees: one snapshot of the director, one state of the agent and, once it is asked
 * for, one look at the machine, one history of performance and one state of the upgrade, so that
 * all variables of a response belong together. Used by one thread after the other.
 */
final class Moment {
  /** What was found when it was asked for; nobody has asked yet while there is none. */
  private record Looked<T>(Optional<T> found) {}

  private final Snapshot snapshot;
  private final AgentState agent;
  private final Sources sources;
  private final Supplier<UpgradeStatus> upgrades;
  private final long upTime;
  private @Nullable Looked<PlatformState> platform;
  private @Nullable Looked<Performance> performance;
  private @Nullable SyncState sync;
  private @Nullable UpgradeStatus upgrade;

  Moment(
      Snapshot snapshot,
      AgentState agent,
      Sources sources,
      Supplier<UpgradeStatus> upgrades,
      long upTime) {
    this.snapshot = snapshot;
    this.agent = agent;
    this.sources = sources;
    this.upgrades = upgrades;
    this.upTime = upTime;
  }

  static Moment of(
      Snapshot snapshot, AgentState agent, Sources sources, Supplier<UpgradeStatus> upgrades) {
    return new Moment(snapshot, agent, sources, upgrades, agent.engine().upTime());
  }

  Snapshot snapshot() {
    return snapshot;
  }

  AgentState agent() {
    return agent;
  }

  /** Where the in-service upgrade stands. */
  UpgradeStatus upgrade() {
    UpgradeStatus known = upgrade;
    if (known == null) {
      known = upgrades.get();
      upgrade = known;
    }
    return known;
  }

  /** sysUpTime, in hundredths of a second. */
  long upTime() {
    return upTime;
  }

  /** The machine; empty while nobody looks at it. */
  Optional<PlatformState> platform() {
    Looked<PlatformState> known = platform;
    if (known == null) {
      known = new Looked<>(sources.platform().now());
      platform = known;
    }
    return known.found();
  }

  /** What was measured; empty while nobody measures. */
  Optional<Performance> performance() {
    Looked<Performance> known = performance;
    if (known == null) {
      known = new Looked<>(sources.performance().now());
      performance = known;
    }
    return known.found();
  }

  /** The connections that directors tell each other; nothing while nobody does. */
  SyncState sync() {
    SyncState known = sync;
    if (known == null) {
      known = sources.sync().now().orElse(SyncState.NONE);
      sync = known;
    }
    return known;
  }

  /** The last protocol error of an instance; empty if nobody knows. */
  OptionalInt vrrpError(String instance, VrrpCounters counted) {
    return sources.vrrpErrors().last(instance, counted);
  }

  /** TimeStamp: sysUpTime when {@code instant} was; 0 if that was before the agent started. */
  Variable timeStamp(Instant instant) {
    long millis = Duration.between(agent.engine().started(), instant).toMillis();
    return Smi.ticks(Math.max(0, Math.min(Smi.hundredths(millis), upTime)));
  }
}
