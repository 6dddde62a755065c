package org.strowger.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The figures for people: one group a metric, what grows with a number as a grid. */
final class Table {
  /** What ought to be zero, and is shown only where it is not. */
  private static final Set<String> FAULTS =
      Set.of("failed_requests", "hung_requests", "lost_bytes", "client_retransmissions");

  private final List<Measured> all;
  private final List<? extends Contestant> order;
  private final List<? extends Contestant> yardsticks;
  private final PrintStream out;

  private Table(
      List<Measured> all,
      List<? extends Contestant> order,
      List<? extends Contestant> yardsticks,
      PrintStream out) {
    this.all = all;
    this.order = order;
    this.yardsticks = yardsticks;
    this.out = out;
  }

  /**
   * Prints all of it.
   *
   * @param order of the columns of grids
   * @param yardsticks whom each is compared with beside direct
   */
  static void print(
      List<Measured> all,
      List<? extends Contestant> order,
      List<? extends Contestant> yardsticks,
      PrintStream out) {
    Table table = new Table(all, order, yardsticks, out);
    table.groups();
    table.grids("held");
    List.of("clients", "services", "reals", "connections").forEach(table::grids);
    table.faults();
  }

  private static boolean inGrid(Measured one) {
    return one.scenario().matches("(held|clients|services|reals|connections) \\d+");
  }

  private void groups() {
    String group = "";
    for (Measured one : all) {
      if (inGrid(one) || FAULTS.contains(one.metric())) {
        continue;
      }
      String current = one.scenario() + ": " + one.metric() + ", " + one.unit();
      if (!current.equals(group)) {
        out.printf("%n%-52s %10s %22s %10s", current, "median", "min to max", "of direct");
        yardsticks.forEach(each -> out.printf(" %14s", "of " + each.word()));
        out.println();
        group = current;
      }
      out.printf(
          "  %-50s %10s %22s %10s",
          one.contender(),
          number(one.median()),
          number(one.min()) + " to " + number(one.max()),
          ratio(one.ratioToDirect()));
      yardsticks.forEach(each -> out.printf(" %14s", ratio(compared(one, each))));
      out.println();
    }
  }

  private @Nullable Double compared(Measured one, Contestant yardstick) {
    return Figures.find(all, yardstick, one.scenario(), one.metric())
        .map(other -> one.comparedTo(other).ratioToDirect())
        .orElse(null);
  }

  /** Medians; a line for each number, a column for each contender. */
  private void grids(String word) {
    List<Measured> own =
        all.stream()
            .filter(one -> one.scenario().matches(word + " \\d+"))
            .filter(one -> !FAULTS.contains(one.metric()))
            .toList();
    for (String metric : own.stream().map(Measured::metric).distinct().toList()) {
      Set<Integer> numbers = new TreeSet<>();
      own.stream()
          .filter(one -> one.metric().equals(metric))
          .forEach(one -> numbers.add(Integer.valueOf(one.scenario().split(" ")[1])));
      List<? extends Contestant> columns = columns(own, metric);
      out.printf("%n%-42s", word + ": " + metric);
      for (Contestant each : columns) {
        out.printf("%25s", each.word());
      }
      out.println();
      for (int number : numbers) {
        out.printf("  %-40d", number);
        for (Contestant each : columns) {
          out.printf(
              "%25s",
              Figures.find(own, each, word + " " + number, metric)
                  .map(one -> number(one.median()))
                  .orElse("-"));
        }
        out.println();
      }
    }
  }

  private List<? extends Contestant> columns(List<Measured> own, String metric) {
    return order.stream()
        .filter(
            each ->
                own.stream()
                    .anyMatch(
                        one -> one.metric().equals(metric) && one.contender().equals(each.word())))
        .toList();
  }

  private void faults() {
    List<Measured> faults =
        all.stream().filter(one -> FAULTS.contains(one.metric()) && one.max() > 0).toList();
    out.printf(
        "%nFailed, hung, lost or sent again: %s%n",
        faults.isEmpty() ? "nothing" : "medians and most of a round");
    for (Measured one : faults) {
      out.printf(
          "  %-24s %-20s %-24s %10s (%s)%n",
          one.scenario(), one.contender(), one.metric(), number(one.median()), number(one.max()));
    }
  }

  private static String ratio(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 || size == 0 ? 0 : size >= 1 ? 2 : 4;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
