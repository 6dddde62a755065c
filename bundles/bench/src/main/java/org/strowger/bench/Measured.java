package org.strowger.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One result, of the form that all benches write.
 *
 * @param rounds measurements it was made of
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
    int rounds) {

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
        sorted.length);
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
            + "\"unit\":\"%s\",\"median\":%.3f,\"min\":%.3f,\"max\":%.3f,\"rounds\":%d,"
            + "\"ratioToDirect\":null}",
        bench,
        contender,
        scenario,
        metric,
        unit,
        median,
        min,
        max,
        rounds);
  }
}
