package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.api.OperState;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/** {@code strowger_service_...{service}}. */
final class ServiceMetrics {
  static final Kind<View> KIND = kind();

  /** What is told of one virtual service. */
  record View(VirtualServiceState state, VirtualServiceCounters counters) {}

  private ServiceMetrics() {}

  private static Map<Labels, View> all(Snapshot snapshot) {
    Map<Labels, View> found = new LinkedHashMap<>();
    snapshot
        .services()
        .forEach(
            (name, state) ->
                found.put(
                    Labels.of("service", name),
                    new View(
                        state,
                        snapshot
                            .serviceCounters()
                            .getOrDefault(name, VirtualServiceCounters.ZERO))));
    return found;
  }

  private static Kind<View> kind() {
    return new Kind<View>("service", ServiceMetrics::all)
        .state(
            "operState",
            "What is observed, in one word",
            OperState.class,
            v -> v.state().operState())
        .counter(
            "transitions", "Changes of OperState since the start", v -> v.state().transitions())
        .gauge("realsTotal", "Real servers of its pool", v -> v.state().realsTotal())
        .gauge("realsUp", "Real servers that are up", v -> v.state().realsUp())
        .gauge(
            "realsDraining",
            "Real servers that finish their connections and take no new ones",
            v -> v.state().realsDraining())
        .counter("connsTotal", "Connections accepted from clients", v -> v.counters().connsTotal())
        .gauge("connsActive", "Connections held now", v -> v.counters().connsActive())
        .gauge(
            "connsWaiting",
            "Of these, those that wait for a place on a real server",
            v -> v.counters().connsWaiting())
        .counter(
            "connsWaited",
            "Connections that had to wait for a place on a real server",
            v -> v.counters().connsWaited())
        .counter(
            "connsTimedOut",
            "Connections reset because an idle time had passed; flows that ended",
            v -> v.counters().connsTimedOut())
        .counter(
            "connsResetByClient",
            "Connections that the client reset",
            v -> v.counters().connsResetByClient())
        .counter(
            "connsResetByReal",
            "Connections that the real server reset",
            v -> v.counters().connsResetByReal())
        .counter(
            "connRetries",
            "Tries on another real server after one had failed",
            v -> v.counters().connRetries())
        .counter("bytesIn", "Bytes from clients to real servers", v -> v.counters().bytesIn())
        .counter("bytesOut", "Bytes from real servers to clients", v -> v.counters().bytesOut())
        .counter(
            "packetsIn",
            "Datagrams from clients; packets, where the plane sees them",
            v -> v.counters().packetsIn())
        .counter("packetsOut", "Datagrams to clients", v -> v.counters().packetsOut())
        .counter(
            "packetsDropped",
            "Datagrams that were dropped: nobody to take them, or no room",
            v -> v.counters().packetsDropped())
        .counter(
            "persistHits",
            "New connections that went where their source had gone before",
            v -> v.counters().persistHits())
        .gauge("persistEntries", "Sources remembered now", v -> v.counters().persistEntries())
        .counter(
            "persistEvictions",
            "Sources forgotten early because there were too many",
            v -> v.counters().persistEvictions())
        .counter(
            "logSuppressed",
            "Lines of the connection log beyond its rate",
            v -> v.counters().logSuppressed());
  }
}
