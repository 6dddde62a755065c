package org.strowger.api;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * @param alarmSequence sequence number of the last alarm notification, 0 = none yet
 * @param alarmsChanged when the list of active alarms last changed
 * @param health the health checker as a whole
 * @param probes what is known of each wanted probe
 * @param probesOf the probes of each real server, in the order of its pool's checks
 * @param hooks what is observed of each wanted hook
 * @param role of this director among those that stand for each other
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
    List<BundleView> bundles,
    List<Alarm> activeAlarms,
    long alarmSequence,
    Instant alarmsChanged,
    Optional<RevisionSummary> lastRevision) {
  /** One of a director that is alone and has no hooks. */
  public Snapshot(
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
      List<BundleView> bundles,
      List<Alarm> activeAlarms,
      long alarmSequence,
      Instant alarmsChanged,
      Optional<RevisionSummary> lastRevision) {
    this(
        revision,
        version,
        taken,
        running,
        configuration,
        tree,
        services,
        pools,
        realServers,
        serviceCounters,
        realServerCounters,
        planes,
        schedulers,
        health,
        probes,
        probesOf,
        checkTypes,
        Collections.emptySortedMap(),
        DirectorRole.ACTIVE,
        bundles,
        activeAlarms,
        alarmSequence,
        alarmsChanged,
        lastRevision);
  }
}
