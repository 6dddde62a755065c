package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What {@code bench management} measured, beside what is to be reached. */
final class ManagementReport {
  private final Map<String, List<Double>> values = new LinkedHashMap<>();
  private final String scenario;

  ManagementReport(String scenario) {
    this.scenario = scenario;
  }

  void add(String contender, String metric, double value) {
    values.computeIfAbsent(metric + " " + contender, key -> new ArrayList<>()).add(value);
  }

  /** Prints it, and writes it to {@code json} if there is one. */
  void print(PrintStream out, @Nullable Path json) throws IOException {
    List<Measured> all = new ArrayList<>();
    out.printf(
        "%n%-36s %-9s %12s %12s %12s   (%s)%n", "metric", "", "median", "min", "max", scenario);
    values.forEach(
        (key, each) -> {
          String[] words = key.split(" ");
          double[] rows = each.stream().mapToDouble(Double::doubleValue).toArray();
          String unit = words[0].endsWith("_ms") ? "ms" : "";
          Measured one = Measured.of("management", words[1], scenario, words[0], unit, rows);
          all.add(one);
          out.printf(
              Locale.ROOT,
              "%-36s %-9s %12.3f %12.3f %12.3f%n",
              words[0],
              words[1],
              one.median(),
              one.min(),
              one.max());
        });
    goals(out, all);
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  private static void goals(PrintStream out, List<Measured> all) {
    out.printf("%nTo reach, medians of the same run:%n");
    OptionalDouble own = median(all, "strowger", "walk_varbinds_per_s");
    OptionalDouble other = median(all, "snmpd", "walk_varbinds_per_s");
    OptionalDouble ratio =
        own.isPresent() && other.isPresent()
            ? OptionalDouble.of(own.getAsDouble() / other.getAsDouble())
            : OptionalDouble.empty();
    goal(out, "walk: varbinds/s >= snmpd's", ratio, 1, true, " times");
    goal(
        out,
        "GET under load, p99: <= 2 ms",
        median(all, "strowger", "get_p99_ms"),
        2,
        false,
        " ms");
    // Whichever is the wider of the two that are allowed.
    double alone = median(all, "strowger", "connect_p99_ms").orElse(Double.NaN);
    double allowed = Math.max(0.3, alone * 0.1);
    goal(
        out,
        "a walk adds to the p99 of connections: <= 10 % or 0.3 ms",
        median(all, "strowger", "connect_p99_added_by_walk_ms"),
        allowed,
        false,
        " ms");
    goal(
        out,
        "a snapshot and the poll that needs it, CPU: <= 5 ms",
        median(all, "strowger", "snapshot_and_get_cpu_ms"),
        5,
        false,
        " ms");
    goal(
        out,
        "good polls answered beside 50,000 bad packets/s: >= 95 %",
        median(all, "strowger", "polls_answered_in_flood_percent"),
        95,
        true,
        " %");
    goal(
        out,
        "connections that failed meanwhile: 0",
        median(all, "strowger", "connections_failed"),
        0,
        false,
        "");
  }

  private static void goal(
      PrintStream out,
      String text,
      OptionalDouble value,
      double limit,
      boolean atLeast,
      String unit) {
    out.println(new Goals.Goal(text, value, limit, atLeast, unit).line());
  }

  private static OptionalDouble median(List<Measured> all, String contender, String metric) {
    return all.stream()
        .filter(one -> one.contender().equals(contender) && one.metric().equals(metric))
        .mapToDouble(Measured::median)
        .findFirst();
  }
}
