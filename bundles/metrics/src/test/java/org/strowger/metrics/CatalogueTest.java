package org.strowger.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HealthState;
import org.strowger.api.HookState;
import org.strowger.api.PlaneState;
import org.strowger.api.PlatformState;
import org.strowger.api.PoolState;
import org.strowger.api.ProbeState;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerState;
import org.strowger.api.SchedulerState;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;
import org.strowger.testkit.FakeDirector;

/** Nothing that is counted is left out. */
class CatalogueTest {
  /** A streak says nothing that failures and verdict do not. */
  private static final Set<String> LEFT_OUT = Set.of("probe.streak");

  private static final Map<String, List<Class<? extends Record>>> RECORDS =
      Map.of(
          "platform", List.of(PlatformState.Usage.class),
          "hook", List.of(HookState.class),
          "service", List.of(VirtualServiceState.class, VirtualServiceCounters.class),
          "pool", List.of(PoolState.class),
          "real", List.of(RealServerState.class, RealServerCounters.class),
          "plane", List.of(PlaneState.class, PlaneState.KernelPrograms.class),
          "scheduler", List.of(SchedulerState.class),
          "health", List.of(HealthState.class),
          "probe", List.of(ProbeState.class),
          "checkType", List.of(CheckTypeState.class));

  @Test
  void everyNumberOfTheSnapshotHasItsMetric() {
    Set<String> told = new TreeSet<>();
    Stream.concat(
            Catalogue.kinds().stream(),
            Stream.of(PlatformMetrics.USAGE, PlatformMetrics.TIME, PlatformMetrics.DEVICE))
        .forEach(kind -> kind.families().forEach(f -> told.add(kind.name() + "." + f.name())));
    Set<String> missing = new TreeSet<>();
    RECORDS.forEach(
        (kind, records) ->
            records.stream()
                .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                .filter(CatalogueTest::number)
                .map(component -> kind + "." + component.getName())
                .filter(name -> !told.contains(name) && !LEFT_OUT.contains(name))
                .forEach(missing::add));
    assertEquals(Set.of(), missing);
  }

  private static boolean number(RecordComponent component) {
    return component.getType().equals(long.class) || component.getType().equals(int.class);
  }

  @Test
  void namesAreUnique() {
    List<String> names =
        Catalogue.of(new FakeDirector("a").snapshot()).stream()
            .map(MetricSnapshot::getMetadata)
            .map(metadata -> metadata.getPrometheusName())
            .collect(Collectors.toList());
    assertEquals(names.size(), Set.copyOf(names).size(), names.toString());
  }
}
