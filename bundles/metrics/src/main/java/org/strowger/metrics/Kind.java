package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.strowger.api.Coded;
import org.strowger.api.Snapshot;

/**
 * A kind of object with numbers: how those of one snapshot are found, what each is called by its
 * labels, and what is told of it.
 *
 * @param <S> what is known of one object
 */
final class Kind<S> {
  private final String name;
  private final Function<Snapshot, Map<Labels, S>> objects;
  private final List<Family<S>> families = new ArrayList<>();
  private final List<State<S, ?>> states = new ArrayList<>();

  /** An observed state, one of few words. */
  private record State<S, E extends Enum<E> & Coded>(
      String name, String help, List<E> all, Function<S, E> read) {}

  Kind(String name, Function<Snapshot, Map<Labels, S>> objects) {
    this.name = name;
    this.objects = objects;
  }

  String name() {
    return name;
  }

  List<Family<S>> families() {
    return families;
  }

  Kind<S> counter(String component, String help, ToLongFunction<S> read) {
    families.add(new Family<>(true, component, help, read));
    return this;
  }

  Kind<S> gauge(String component, String help, ToLongFunction<S> read) {
    families.add(new Family<>(false, component, help, read));
    return this;
  }

  <E extends Enum<E> & Coded> Kind<S> state(
      String component, String help, Class<E> words, Function<S, E> read) {
    states.add(new State<>(component, help, List.of(words.getEnumConstants()), read));
    return this;
  }

  /** One metric a family, with a point for each object. */
  void collect(Snapshot snapshot, Consumer<MetricSnapshot> sink) {
    collect(objects.apply(snapshot), sink);
  }

  /** The same of objects that are in no snapshot. */
  void collect(Map<Labels, S> objects, Consumer<MetricSnapshot> sink) {
    Map<Labels, S> found = new LinkedHashMap<>(objects);
    for (Family<S> family : families) {
      sink.accept(family.counter() ? counted(family, found) : gauged(family, found));
    }
    states.forEach(state -> sink.accept(told(state, found)));
  }

  private CounterSnapshot counted(Family<S> family, Map<Labels, S> found) {
    CounterSnapshot.Builder metric =
        CounterSnapshot.builder().name(family.metric(name)).help(family.help());
    found.forEach(
        (labels, each) ->
            metric.dataPoint(
                new CounterDataPointSnapshot(family.read().applyAsLong(each), labels, null, 0)));
    return metric.build();
  }

  private GaugeSnapshot gauged(Family<S> family, Map<Labels, S> found) {
    GaugeSnapshot.Builder metric =
        GaugeSnapshot.builder().name(family.metric(name)).help(family.help());
    found.forEach(
        (labels, each) ->
            metric.dataPoint(
                new GaugeDataPointSnapshot(family.read().applyAsLong(each), labels, null)));
    return metric.build();
  }

  private <E extends Enum<E> & Coded> StateSetSnapshot told(
      State<S, E> state, Map<Labels, S> found) {
    String metric = "strowger_" + Family.snake(name) + "_" + Family.snake(state.name);
    StateSetSnapshot.Builder set = StateSetSnapshot.builder().name(metric).help(state.help);
    found.forEach(
        (labels, each) -> {
          E now = state.read.apply(each);
          var point = StateSetSnapshot.StateSetDataPointSnapshot.builder().labels(labels);
          state.all.forEach(one -> point.state(one.word(), one.equals(now)));
          set.dataPoint(point.build());
        });
    return set.build();
  }
}
