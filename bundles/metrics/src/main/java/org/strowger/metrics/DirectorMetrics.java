package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.OperState;
import org.strowger.api.Severity;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualServiceCounters;

/** {@code strowger_director_...}: the director as a whole. */
final class DirectorMetrics {
  static final Kind<Snapshot> KIND = kind();
  static final Kind<Snapshot> ALARMS = alarms();
  static final Kind<Snapshot> CONFIG = config();

  private DirectorMetrics() {}

  private static Kind<Snapshot> kind() {
    return new Kind<Snapshot>("director", snapshot -> Map.of(Labels.EMPTY, snapshot))
        .gauge("revision", "Number of the committed revision", Snapshot::revision)
        .gauge("alarmSequence", "Number of the last alarm sent", Snapshot::alarmSequence)
        .counter("version", "Published changes since the start", Snapshot::version)
        .gauge("bundlesActive", "Active bundles", DirectorMetrics::activeBundles)
        .gauge("servicesTotal", "Virtual services", s -> s.services().size())
        .gauge("servicesUp", "Those up", s -> services(s, OperState.UP))
        .gauge("servicesDegraded", "Those degraded", s -> services(s, OperState.DEGRADED))
        .gauge("servicesDown", "Those down", s -> services(s, OperState.DOWN))
        .gauge("poolsTotal", "Pools", s -> s.pools().size())
        .gauge("realsTotal", "Real servers", s -> s.realServers().size())
        .gauge("realsUp", "Those up", s -> reals(s, OperState.UP))
        .gauge("realsDraining", "Those draining", s -> reals(s, OperState.DRAINING))
        .gauge("realsDown", "Those down", s -> reals(s, OperState.DOWN))
        .counter(
            "connsTotal",
            "Connections accepted from clients",
            s -> sum(s, VirtualServiceCounters::connsTotal))
        .gauge(
            "connsActive", "Connections held now", s -> sum(s, VirtualServiceCounters::connsActive))
        .counter(
            "bytesIn",
            "Bytes from clients to real servers",
            s -> sum(s, VirtualServiceCounters::bytesIn))
        .counter(
            "bytesOut",
            "Bytes from real servers to clients",
            s -> sum(s, VirtualServiceCounters::bytesOut));
  }

  /** {@code strowger_alarms_...}: how many are active. */
  private static Kind<Snapshot> alarms() {
    Kind<Snapshot> kind =
        new Kind<Snapshot>("alarms", snapshot -> Map.of(Labels.EMPTY, snapshot))
            .gauge("alarmSequence", "Number of the last alarm sent", Snapshot::alarmSequence)
            .gauge("activeTotal", "Active alarms", s -> s.alarms().count())
            .gauge("shelvedCount", "Alarms that are shelved", s -> s.alarms().shelved())
            .counter(
                "historyDropped",
                "Records that left the history because it was full",
                s -> s.alarms().historyDropped())
            .counter(
                "suppressedTotal",
                "Notifications that were suppressed",
                s -> s.alarms().suppressed())
            .counter(
                "overflows", "How often the list was found full", s -> s.alarms().overflowed());
    for (Severity severity : Severity.values()) {
      if (severity != Severity.CLEARED) {
        String word = severity.word();
        kind.gauge(
            "active" + Character.toUpperCase(word.charAt(0)) + word.substring(1),
            "Active alarms of severity " + word,
            s -> s.alarms().count(severity));
      }
    }
    return kind;
  }

  /** {@code strowger_config_...}: the committed revisions. */
  private static Kind<Snapshot> config() {
    return new Kind<Snapshot>("config", snapshot -> Map.of(Labels.EMPTY, snapshot))
        .gauge("keptRevisions", "Kept revisions", s -> s.revisions().size())
        .gauge("confirmLeft", "Seconds left to confirm it", DirectorMetrics::confirmLeft);
  }

  private static long confirmLeft(Snapshot snapshot) {
    return snapshot
        .pending()
        .map(p -> Math.max(0, Duration.between(snapshot.taken(), p.until()).toSeconds()))
        .orElse(0L);
  }

  private static long activeBundles(Snapshot snapshot) {
    return snapshot.bundles().stream().filter(b -> b.state() == BundleLifecycle.ACTIVE).count();
  }

  private static long services(Snapshot snapshot, OperState state) {
    return snapshot.services().values().stream().filter(s -> s.operState() == state).count();
  }

  private static long reals(Snapshot snapshot, OperState state) {
    return snapshot.realServers().values().stream().filter(r -> r.operState() == state).count();
  }

  private static long sum(Snapshot snapshot, ToLongFunction<VirtualServiceCounters> counter) {
    return snapshot.serviceCounters().values().stream().mapToLong(counter).sum();
  }
}
