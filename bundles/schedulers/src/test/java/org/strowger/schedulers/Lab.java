package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.strowger.api.KeyPath;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerProvider;

/** What the tests of schedulers share: making one, a seed that is printed, and statistics. */
final class Lab {
  static final List<String> ALL =
      Schedulers.providers().stream().map(SchedulerProvider::name).toList();

  private Lab() {}

  static SchedulerProvider provider(String name) {
    return Schedulers.providers().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A scheduler that has seen the farm. */
  static Scheduler scheduler(String name, Farm farm, Map<String, Object> options) {
    assertEquals(List.of(), provider(name).check(options, KeyPath.of("schedulerOptions")));
    Scheduler scheduler = provider(name).create(options);
    scheduler.changed(farm);
    return scheduler;
  }

  /** The seed of a run: {@code -Dstrowger.seed=...} repeats one. */
  static long seed(String test) {
    long seed = Long.getLong("strowger.seed", System.nanoTime());
    System.out.println(test + ": -Dstrowger.seed=" + seed);
    return seed;
  }

  /** Pearson's statistic of counts against shares in proportion to weights. */
  static double chiSquare(long[] counts, int... weights) {
    double total = 0;
    double weight = 0;
    for (int i = 0; i < counts.length; i++) {
      total += counts[i];
      weight += weights[i];
    }
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = total * weights[i] / weight;
      sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return sum;
  }

  /**
   * What chi-square exceeds by chance once in a million (Wilson and Hilferty's approximation), so
   * that a run with a fresh seed fails for a reason.
   */
  static double chiSquareLimit(int degrees) {
    double z = 4.753;
    double part = 2.0 / (9 * degrees);
    return degrees * Math.pow(1 - part + z * Math.sqrt(part), 3);
  }
}
