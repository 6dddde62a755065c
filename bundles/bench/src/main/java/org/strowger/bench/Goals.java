package org.strowger.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the relay is to reach, each beside what was measured. */
final class Goals {
  /** KiB of heap and buffers of one idle connection. */
  private static final double IDLE_KIB = 12;

  private static final double PAUSE_MILLIS = 2;

  /**
   * One goal.
   *
   * @param value empty where it was not measured
   */
  record Goal(String text, OptionalDouble value, double limit, boolean atLeast, String unit) {
    /** Not measured is not reached. */
    boolean reached() {
      return value.isPresent()
          && (atLeast ? value.getAsDouble() >= limit : value.getAsDouble() <= limit);
    }

    String line() {
      String measured =
          value.isPresent() ? Table.number(value.getAsDouble()) + unit : "not measured";
      String verdict = value.isEmpty() ? "" : reached() ? "reached" : "NOT REACHED";
      return String.format(Locale.ROOT, "  %-64s %16s  %s", text, measured, verdict)
          .stripTrailing();
    }
  }

  private final List<Measured> all;
  private final Kind strowger;
  private final List<Goal> goals = new ArrayList<>();

  private Goals(List<Measured> all, Kind strowger) {
    this.all = all;
    this.strowger = strowger;
  }

  static List<Goal> of(List<Measured> all, Kind strowger) {
    Goals goals = new Goals(all, strowger);
    goals.toHaproxy(Scenario.CONNECTIONS, "connections_per_s", 1.05, true);
    goals.toHaproxy(Scenario.KEEP_ALIVE, "keepalive_requests_per_s", 1.10, true);
    goals.toHaproxy(Scenario.DOWN, "bulk_down_gbit_per_s", 1.5, true);
    goals.toHaproxy(Scenario.UP, "bulk_up_gbit_per_s", 1.5, true);
    goals.toHaproxy(Scenario.CONNECTIONS, "cpu_s_per_1000_connections", 1, false);
    goals.toHaproxy(Scenario.DOWN, "cpu_s_per_gb", 1, false);
    goals.toHaproxy(Scenario.UP, "cpu_s_per_gb", 1, false);
    goals.addedLatency(Scenario.LATENCY_NEW);
    goals.addedLatency(Scenario.LATENCY_KEPT);
    goals.idle();
    goals.pause();
    return goals.goals;
  }

  static void print(List<Goal> goals, String whose, PrintStream out) {
    out.printf("%nTo reach, %s, medians of the same run:%n", whose);
    goals.forEach(goal -> out.println(goal.line()));
  }

  private void toHaproxy(Scenario scenario, String metric, double limit, boolean atLeast) {
    OptionalDouble own = median(strowger, scenario.word(), metric);
    OptionalDouble other = median(Kind.HAPROXY, scenario.word(), metric);
    OptionalDouble ratio =
        own.isPresent() && other.isPresent() && other.getAsDouble() > 0
            ? OptionalDouble.of(own.getAsDouble() / other.getAsDouble())
            : OptionalDouble.empty();
    String text =
        "%s, %s: %s %s of HAProxy's"
            .formatted(scenario.word(), metric, atLeast ? ">=" : "<=", Table.number(limit));
    goals.add(new Goal(text, ratio, limit, atLeast, " times"));
  }

  private void addedLatency(Scenario scenario) {
    OptionalDouble other = median(Kind.HAPROXY, scenario.word(), "added_p99_ms");
    String limit = other.isPresent() ? Table.number(other.getAsDouble()) + " ms" : "not measured";
    goals.add(
        new Goal(
            "%s, added p99: <= HAProxy's (%s)".formatted(scenario.word(), limit),
            other.isPresent()
                ? median(strowger, scenario.word(), "added_p99_ms")
                : OptionalDouble.empty(),
            other.orElse(0),
            false,
            " ms"));
  }

  /** At 10,000 held connections, or at the most that were held. */
  private void idle() {
    Optional<Measured> most =
        all.stream()
            .filter(one -> one.contender().equals(strowger.word()))
            .filter(one -> one.metric().equals("kib_per_idle_connection"))
            .filter(one -> Scenario.heldCount(one.scenario()).orElse(0) <= 10_000)
            .max(
                (a, b) ->
                    Scenario.heldCount(a.scenario())
                        .orElse(0)
                        .compareTo(Scenario.heldCount(b.scenario()).orElse(0)));
    goals.add(
        new Goal(
            "%s, kib_per_idle_connection: <= %.0f KiB"
                .formatted(most.map(Measured::scenario).orElse("held"), IDLE_KIB),
            most.map(one -> OptionalDouble.of(one.median())).orElse(OptionalDouble.empty()),
            IDLE_KIB,
            false,
            " KiB"));
  }

  /** The longest of all, not the median. */
  private void pause() {
    OptionalDouble longest =
        all.stream()
            .filter(one -> one.contender().equals(strowger.word()))
            .filter(one -> one.metric().equals("gc_pause_ms"))
            .mapToDouble(Measured::max)
            .max();
    String text = "longest pause of the collector: <= %.0f ms".formatted(PAUSE_MILLIS);
    goals.add(new Goal(text, longest, PAUSE_MILLIS, false, " ms"));
  }

  private OptionalDouble median(Kind kind, String scenario, String metric) {
    return Figures.find(all, kind, scenario, metric)
        .map(one -> OptionalDouble.of(one.median()))
        .orElse(OptionalDouble.empty());
  }
}
