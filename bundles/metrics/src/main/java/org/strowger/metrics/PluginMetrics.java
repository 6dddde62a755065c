package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HealthState;
import org.strowger.api.PlaneState;
import org.strowger.api.PluginState;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.SchedulerState;
import org.strowger.api.Snapshot;

/** Forwarding planes, schedulers, the health checker and the types of check. */
final class PluginMetrics {
  static final Kind<PlaneState> PLANE = plane();
  static final Kind<SchedulerState> SCHEDULER = scheduler();
  static final Kind<HealthState> HEALTH = health();
  static final Kind<ProbeState> PROBE = probe();
  static final Kind<CheckTypeState> CHECK_TYPE = checkType();

  private PluginMetrics() {}

  private static Kind<PlaneState> plane() {
    return new Kind<>("plane", Catalogue.named("plane", Snapshot::planes))
        .gauge("connsHeld", "Connections and flows held now", PlaneState::connsHeld)
        .gauge("openFiles", "File descriptors open", PlaneState::openFiles)
        .gauge("maxFiles", "File descriptors that may be open", PlaneState::maxFiles)
        .counter(
            "acceptPauses",
            "Times that accepting stopped because file descriptors ran short",
            PlaneState::acceptPauses)
        .counter(
            "bufferPauses",
            "Times that reading stopped because the buffers were full",
            PlaneState::bufferPauses)
        .gauge("bufferBytes", "Bytes that wait in its buffers now", PlaneState::bufferBytes);
  }

  private static Kind<SchedulerState> scheduler() {
    return new Kind<>("scheduler", Catalogue.named("scheduler", Snapshot::schedulers))
        .state("state", "Of the plug-in", PluginState.class, SchedulerState::state)
        .gauge("users", "Virtual services that use it", SchedulerState::users)
        .counter("invocations", "Picks it made", SchedulerState::invocations)
        .counter("failures", "Picks the guard made instead", SchedulerState::failures)
        .counter("swapCount", "Times it was exchanged", SchedulerState::swapCount);
  }

  private static Kind<HealthState> health() {
    return new Kind<HealthState>("health", s -> Map.of(Labels.EMPTY, s.health()))
        .gauge("probes", "Checks at an address and port, each once", HealthState::probes)
        .gauge("running", "Looks under way now", HealthState::running)
        .gauge("runningLimit", "Looks at once, at most", HealthState::runningLimit)
        .counter("looks", "Looks that were started", HealthState::looks)
        .counter("stalls", "Looks that could not start in time", HealthState::stalls)
        .gauge(
            "stalled",
            "Time for which looks have been starting late; 0 if they start in time",
            HealthState::stalled)
        .gauge(
            "latenessMicros",
            "How late looks start: 99 of 100 of the last thousand were not later",
            HealthState::latenessMicros);
  }

  private static Map<Labels, ProbeState> probes(Snapshot snapshot) {
    Map<Labels, ProbeState> found = new LinkedHashMap<>();
    snapshot
        .probes()
        .forEach(
            (id, state) ->
                found.put(
                    Labels.of(
                        "check", id.check(),
                        "address", id.address().getHostAddress(),
                        "port", Integer.toString(id.port())),
                    state));
    return found;
  }

  private static Kind<ProbeState> probe() {
    return new Kind<>("probe", PluginMetrics::probes)
        .state("verdict", "What its looks come to", ProbeVerdict.class, ProbeState::verdict)
        .counter("transitions", "Changes of the verdict after the first", ProbeState::transitions)
        .counter("looks", "Looks that had a result", ProbeState::looks)
        .counter("failures", "Of these, those that failed", ProbeState::failures)
        .counter("faults", "Looks without a result", ProbeState::faults)
        .gauge(
            "latencyMicros",
            "How long the last look took",
            p -> p.last().map(last -> last.latency().toNanos() / 1_000).orElse(0L));
  }

  private static Kind<CheckTypeState> checkType() {
    return new Kind<>("checkType", Catalogue.named("type", Snapshot::checkTypes))
        .state("state", "Of the plug-in", PluginState.class, CheckTypeState::state)
        .gauge("users", "Health checks of this type", CheckTypeState::users)
        .counter("swapCount", "Times it was exchanged", CheckTypeState::swapCount);
  }
}
