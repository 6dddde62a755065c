package org.strowger.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was measured, round by round; the medians and ratios of it. */
final class Figures {
  private record Key(String scenario, String metric, String unit, String contender) {}

  private final String bench;
  private final List<? extends Contestant> order;
  private final Map<Key, List<Double>> values = new LinkedHashMap<>();

  /**
   * @param order of the contestants in tables and files
   */
  Figures(String bench, List<? extends Contestant> order) {
    this.bench = bench;
    this.order = List.copyOf(order);
  }

  /** One round's value. What could not be measured (NaN) is no value. */
  void add(Contestant contender, String scenario, String metric, String unit, double value) {
    if (Double.isFinite(value)) {
      values
          .computeIfAbsent(
              new Key(scenario, metric, unit, contender.word()), key -> new ArrayList<>())
          .add(value);
    }
  }

  /** The last value added; empty where there is none. */
  Optional<Double> last(Contestant contender, String scenario, String metric) {
    return values.entrySet().stream()
        .filter(e -> e.getKey().contender().equals(contender.word()))
        .filter(e -> e.getKey().scenario().equals(scenario))
        .filter(e -> e.getKey().metric().equals(metric))
        .map(e -> e.getValue().getLast())
        .findFirst();
  }

  /** Scenario by scenario, metric by metric, each with its contenders in their order. */
  List<Measured> measured() {
    List<Measured> all = new ArrayList<>();
    values.keySet().stream()
        .map(key -> new Key(key.scenario(), key.metric(), key.unit(), ""))
        .distinct()
        .forEach(
            group -> {
              Measured direct = of(group, Contestant.DIRECT);
              for (Contestant each : order) {
                Measured one = of(group, each.word());
                if (one != null) {
                  all.add(one.comparedTo(direct));
                }
              }
            });
    return all;
  }

  private @Nullable Measured of(Key group, String word) {
    List<Double> found = values.get(new Key(group.scenario(), group.metric(), group.unit(), word));
    return found == null
        ? null
        : Measured.of(
            bench,
            word,
            group.scenario(),
            group.metric(),
            group.unit(),
            found.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** One of them; empty where it was not measured. */
  static Optional<Measured> find(
      List<Measured> all, Contestant contender, String scenario, String metric) {
    return all.stream()
        .filter(one -> one.contender().equals(contender.word()))
        .filter(one -> one.scenario().equals(scenario) && one.metric().equals(metric))
        .findFirst();
  }
}
