package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.strowger.api.Alarm;
import org.strowger.api.BundleView;
import org.strowger.api.Snapshot;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** All that is told, in the order of the MIB. One snapshot makes one answer. */
final class Catalogue {
  private static final List<Kind<?>> KINDS =
      List.of(
          DirectorMetrics.KIND,
          DirectorMetrics.ALARMS,
          DirectorMetrics.CONFIG,
          ServiceMetrics.KIND,
          PoolMetrics.KIND,
          RealMetrics.KIND,
          PluginMetrics.PLANE,
          PluginMetrics.SCHEDULER,
          PluginMetrics.HEALTH,
          PluginMetrics.PROBE,
          PluginMetrics.CHECK_TYPE,
          PluginMetrics.HOOK,
          FailoverMetrics.VRRP,
          PlatformMetrics.BUNDLES);

  private Catalogue() {}

  static List<Kind<?>> kinds() {
    return KINDS;
  }

  static MetricSnapshots of(Snapshot snapshot) {
    List<MetricSnapshot> all = new ArrayList<>();
    KINDS.forEach(kind -> kind.collect(snapshot, all::add));
    all.add(verdicts(snapshot));
    all.add(alarms(snapshot));
    all.add(bundles(snapshot));
    all.add(
        moment(
            "strowger_director_running_since_seconds",
            "When the director started, in seconds since 1970",
            snapshot.running()));
    all.add(
        moment(
            "strowger_director_taken_seconds",
            "When these numbers were read, in seconds since 1970",
            snapshot.taken()));
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot moment(String name, String help, Instant instant) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(new GaugeDataPointSnapshot(instant.toEpochMilli() / 1e3, Labels.EMPTY, null))
        .build();
  }

  private static MetricSnapshot verdicts(Snapshot snapshot) {
    CounterSnapshot.Builder metric =
        CounterSnapshot.builder()
            .name("strowger_service_verdicts")
            .help("How the accepted connections ended up, one counter for each verdict");
    snapshot
        .services()
        .keySet()
        .forEach(
            service -> {
              VirtualServiceCounters counters =
                  snapshot.serviceCounters().getOrDefault(service, VirtualServiceCounters.ZERO);
              for (Verdict verdict : Verdict.values()) {
                Labels labels = Labels.of("service", service, "verdict", verdict.word());
                metric.dataPoint(
                    new CounterDataPointSnapshot(counters.count(verdict), labels, null, 0));
              }
            });
    return metric.build();
  }

  private static MetricSnapshot alarms(Snapshot snapshot) {
    GaugeSnapshot.Builder metric =
        GaugeSnapshot.builder()
            .name("strowger_alarm_active")
            .help("1 for each active alarm; nothing for one that is cleared, or shelved");
    for (Alarm alarm : snapshot.activeAlarms()) {
      if (alarm.shelved()) {
        continue;
      }
      Labels labels =
          Labels.of(
              "type", alarm.type().word(),
              "resource", alarm.resource(),
              "severity", alarm.severity().word());
      metric.dataPoint(new GaugeDataPointSnapshot(1, labels, null));
    }
    return metric.build();
  }

  private static MetricSnapshot bundles(Snapshot snapshot) {
    InfoSnapshot.Builder metric =
        InfoSnapshot.builder().name("strowger_bundle").help("The installed bundles");
    for (BundleView bundle : snapshot.bundles()) {
      metric.dataPoint(
          new InfoSnapshot.InfoDataPointSnapshot(
              Labels.of(
                  "id", Long.toString(bundle.bundleId()),
                  "name", bundle.name(),
                  "version", bundle.version(),
                  "state", bundle.state().word())));
    }
    return metric.build();
  }

  /** The objects of a map, each called by its key under one label. */
  static <V> Function<Snapshot, Map<Labels, V>> named(
      String label, Function<Snapshot, ? extends Map<String, V>> map) {
    return snapshot -> {
      Map<Labels, V> found = new LinkedHashMap<>();
      map.apply(snapshot).forEach((name, each) -> found.put(Labels.of(label, name), each));
      return found;
    };
  }
}
