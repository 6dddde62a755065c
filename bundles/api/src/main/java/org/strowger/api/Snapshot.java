package org.strowger.api;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One moment of the director: wanted, observed and counted. Immutable; every reader (GET, JMX,
 * shell) reads one of these, so that a walk sees one moment.
 *
 * @param revision number of the committed revision
 * @param version grows with every published change of what is wanted or observed
 * @param taken when the counters were read
 * @param running when this process's director started
 * @param health the health checker as a whole
 * @param realServerCounters of those that any plane knows; who is absent has counted nothing
 * @param probes what is known of each wanted probe
 * @param probesOf the probes of each real server, in the order of its pool's checks
 * @param hooks what is observed of each wanted hook
 * @param role of this director among those that stand for each other
 * @param failover what is observed of it among them
 * @param revisions the kept revisions, newest first
 * @param pending the revision that waits for its confirmation, if one does
 * @param tree the wanted configuration as written: keys that were left to their default are absent
 */
public record Snapshot(
    long revision,
    long version,
    Instant taken,
    Instant running,
    Configuration configuration,
    Map<String, Object> tree,
    Map<String, VirtualServiceState> services,
    Map<String, PoolState> pools,
    Map<RealServerId, RealServerState> realServers,
    Map<String, VirtualServiceCounters> serviceCounters,
    Map<RealServerId, RealServerCounters> realServerCounters,
    SortedMap<String, PlaneState> planes,
    SortedMap<String, SchedulerState> schedulers,
    HealthState health,
    SortedMap<ProbeId, ProbeState> probes,
    Map<RealServerId, List<ProbeId>> probesOf,
    SortedMap<String, CheckTypeState> checkTypes,
    SortedMap<String, HookState> hooks,
    DirectorRole role,
    FailoverState failover,
    List<BundleView> bundles,
    Alarms alarms,
    List<RevisionSummary> revisions,
    Optional<Revision.Pending> pending) {

  /** The active alarms; shelved ones are among them, marked. */
  public List<Alarm> activeAlarms() {
    return alarms.active();
  }

  /** Sequence number of the last alarm notification, 0 = none yet. */
  public long alarmSequence() {
    return alarms.sequence();
  }

  /** When the list of active alarms last changed. */
  public Instant alarmsChanged() {
    return alarms.changed();
  }

  /** The committed revision; empty before the first. */
  public Optional<RevisionSummary> lastRevision() {
    return revisions.stream().filter(each -> each.number() == revision).findFirst();
  }

  /**
   * How the director is, in one word: down if every virtual service in service is; degraded if one
   * is not up, or if a critical or major alarm is active that is not shelved; up else.
   */
  public OperState condition() {
    List<OperState> states =
        configuration.virtualServices().values().stream()
            .filter(service -> service.adminState() == AdminState.IN_SERVICE)
            .map(service -> services.get(service.name()))
            .filter(Objects::nonNull)
            .map(VirtualServiceState::operState)
            .toList();
    if (!states.isEmpty() && states.stream().allMatch(state -> state == OperState.DOWN)) {
      return OperState.DOWN;
    }
    boolean grave = alarms.count(Severity.CRITICAL) + alarms.count(Severity.MAJOR) > 0;
    boolean allUp = states.stream().allMatch(state -> state == OperState.UP);
    return grave || !allUp ? OperState.DEGRADED : OperState.UP;
  }

  /** The same in a sentence, with the gravest alarm that is not shelved. */
  public String conditionText() {
    long up = services.values().stream().filter(state -> state.operState() == OperState.UP).count();
    String served = "%d of %d virtual services are up".formatted(up, services.size());
    return alarms.active().stream()
        .filter(alarm -> !alarm.shelved())
        .min(Comparator.comparing(Alarm::severity).thenComparing(Alarm::raisedTime))
        .map(
            alarm ->
                "%s; %d alarms, the gravest: %s %s of %s"
                    .formatted(
                        served,
                        alarms.count(),
                        alarm.severity().word(),
                        alarm.type().word(),
                        alarm.resource()))
        .orElse(served + "; no alarms");
  }
}
