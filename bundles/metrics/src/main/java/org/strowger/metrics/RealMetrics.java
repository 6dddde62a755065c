package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.api.OperState;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerState;
import org.strowger.api.Snapshot;

/** {@code strowger_real_...{pool,real}}. */
final class RealMetrics {
  static final Kind<View> KIND = kind();

  /** What is told of one real server. */
  record View(RealServerState state, RealServerCounters counters) {}

  private RealMetrics() {}

  private static Map<Labels, View> all(Snapshot snapshot) {
    Map<Labels, View> found = new LinkedHashMap<>();
    snapshot
        .realServers()
        .forEach(
            (id, state) ->
                found.put(
                    Labels.of("pool", id.pool(), "real", id.real()),
                    new View(
                        state,
                        snapshot.realServerCounters().getOrDefault(id, RealServerCounters.ZERO))));
    return found;
  }

  private static Kind<View> kind() {
    return new Kind<View>("real", RealMetrics::all)
        .state(
            "operState",
            "What is observed, in one word",
            OperState.class,
            v -> v.state().operState())
        .gauge("operWeight", "The weight schedulers see now", v -> v.state().operWeight())
        .counter(
            "transitions", "Changes of OperState since the start", v -> v.state().transitions())
        .counter("selections", "Times a scheduler chose it", v -> v.counters().selections())
        .counter("connsTotal", "Connections established to it", v -> v.counters().connsTotal())
        .gauge("connsActive", "Connections held now", v -> v.counters().connsActive())
        .counter(
            "connFailures",
            "Connections it refused or did not answer in time",
            v -> v.counters().connFailures())
        .counter("bytesIn", "Bytes sent to it", v -> v.counters().bytesIn())
        .counter("bytesOut", "Bytes received from it", v -> v.counters().bytesOut())
        .gauge(
            "connsInactive",
            "Connections held now of which one direction has ended",
            v -> v.counters().connsInactive())
        .counter("connsReset", "Connections it reset", v -> v.counters().connsReset())
        .gauge(
            "responseMicros",
            "Smoothed time until its answer begins; 0 while unknown",
            v -> v.counters().responseMicros());
  }
}
