package org.strowger.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One result, of the form that all benches write.
 *
 * @param rounds measurements it was made of
 * @param ratioToDirect of the medians; null where there is no direct way to compare with
 */
record Measured(
    String bench,
    String contender,
    String scenario,
    String metric,
    String unit,
    double median,
    double min,
    double max,
    int rounds,
    @Nullable Double ratioToDirect) {

  static Measured of(
      String bench,
      String contender,
      String scenario,
      String metric,
      String unit,
      double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Measured(
        bench,
        contender,
        scenario,
        metric,
        unit,
        median,
        sorted[0],
        sorted[sorted.length - 1],
        sorted.length,
        null);
  }

  Measured comparedTo(@Nullable Measured direct) {
    Double ratio = direct == null || direct.median == 0 ? null : median / direct.median;
    return new Measured(bench, contender, scenario, metric, unit, median, min, max, rounds, ratio);
  }

  /** A JSON list; {@code ratioToDirect} is null where there is no direct way to compare with. */
  static String json(List<Measured> all) {
    StringBuilder out = new StringBuilder("[");
    for (Measured one : all) {
      out.append(out.length() == 1 ? "\n" : ",\n").append("  ").append(one.json());
    }
    return out.append("\n]\n").toString();
  }

  // Texts are names of ours: nothing in them needs escaping.
  private String json() {
    return String.format(
        Locale.ROOT,
        "{\"bench\":\"%s\",\"contender\":\"%s\",\"scenario\":\"%s\",\"metric\":\"%s\","
            + "\"unit\":\"%s\",\"median\":%s,\"min\":%s,\"max\":%s,\"rounds\":%d,"
            + "\"ratioToDirect\":%s}",
        bench,
        contender,
        scenario,
        metric,
        unit,
        number(median),
        number(min),
        number(max),
        rounds,
        ratioToDirect == null ? "null" : number(ratioToDirect));
  }

  /** JSON knows no NaN: what could not be measured is null. */
  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "null";
  }
}
