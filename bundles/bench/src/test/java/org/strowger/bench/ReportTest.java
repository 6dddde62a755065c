package org.strowger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From rounds to medians, ratios, verdicts. */
class ReportTest {
  private static final String RATE = "connections_per_s";

  private static Figures figures() {
    Figures figures = new Figures("relay", List.of(Kind.values()));
    for (double value : new double[] {900, 1000, 5000}) {
      figures.add(Kind.DIRECT, "new connections", RATE, "1/s", value);
    }
    for (double value : new double[] {500, 520, 100}) {
      figures.add(Kind.HAPROXY, "new connections", RATE, "1/s", value);
    }
    for (double value : new double[] {600, 550, 400, 560}) {
      figures.add(Kind.IO_URING, "new connections", RATE, "1/s", value);
    }
    return figures;
  }

  @Test
  void mediansAndRatiosAreOfTheSameScenario() {
    List<Measured> all = figures().measured();
    Measured own = Figures.find(all, Kind.IO_URING, "new connections", RATE).orElseThrow();
    assertEquals(555, own.median());
    assertEquals(400, own.min());
    assertEquals(600, own.max());
    assertEquals(4, own.rounds());
    assertEquals(0.555, own.ratioToDirect());
  }

  @Test
  void theJsonHasNullWhereThereIsNoDirectAndNoNumber() {
    Figures figures = figures();
    figures.add(Kind.HAPROXY, "a connection a request", "added_p99_ms", "ms", 1.25);
    figures.add(Kind.HAPROXY, "a connection a request", "added_p50_ms", "ms", Double.NaN);
    String json = Measured.json(figures.measured());
    assertTrue(
        json.contains(
            """
            {"bench":"relay","contender":"strowger-io_uring","scenario":"new connections",\
            "metric":"connections_per_s","unit":"1/s","median":555.0000,"min":400.0000,\
            "max":600.0000,"rounds":4,"ratioToDirect":0.5550}"""),
        json);
    assertTrue(json.contains("\"added_p99_ms\",\"unit\":\"ms\",\"median\":1.2500"), json);
    assertTrue(json.contains("\"ratioToDirect\":null"), json);
    assertFalse(json.contains("NaN"), json);
    assertFalse(json.contains("added_p50_ms"), "what was not measured is not there");
  }

  @Test
  void aGoalIsReachedByTheMedianAndNeverWithoutAMeasurement() {
    List<Goals.Goal> goals = Goals.of(figures().measured(), Kind.IO_URING);
    Goals.Goal connections = goals.getFirst();
    assertEquals(555.0 / 500, connections.value().getAsDouble());
    assertTrue(connections.reached());
    assertTrue(goals.stream().skip(1).noneMatch(Goals.Goal::reached));
    assertTrue(goals.get(1).line().contains("not measured"));
  }

  @Test
  void thePauseThatCountsIsTheLongestAndNotTheMedian() {
    Figures figures = new Figures("relay", List.of(Kind.values()));
    for (double pause : new double[] {0.1, 0.1, 9}) {
      figures.add(Kind.IO_URING, "keep-alive", "gc_pause_ms", "ms", pause);
    }
    Goals.Goal goal = Goals.of(figures.measured(), Kind.IO_URING).getLast();
    assertEquals(9, goal.value().getAsDouble());
    assertFalse(goal.reached());
  }

  @Test
  void theTableShowsRatiosAndFaults() {
    Figures figures = figures();
    figures.add(Kind.IO_URING, "new connections", "failed_requests", "", 3);
    figures.add(Kind.HAPROXY, "new connections", "failed_requests", "", 0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Table.print(
        figures.measured(),
        List.of(Kind.values()),
        List.of(Kind.HAPROXY),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    String table = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(table.contains("1.11"), table); // 555 of HAProxy's 500
    assertTrue(
        table.lines().anyMatch(l -> l.contains("failed_requests") && l.contains("io_uring")),
        table);
    assertTrue(
        table.lines().noneMatch(l -> l.contains("failed_requests") && l.contains("haproxy")),
        table);
  }

  @Test
  void onlyNamesContendersAndMetrics() {
    RelayOptions options =
        RelayOptions.parse("--only", "haproxy", "--only", "cpu_s_per_gb", "--rounds", "7");
    assertEquals(Set.of(Kind.DIRECT, Kind.HAPROXY), options.kinds());
    assertEquals(Set.of(Scenario.DOWN, Scenario.UP), options.scenarios());
    assertEquals(7, options.rounds());
    assertEquals(EnumSet.allOf(Scenario.class), RelayOptions.parse("--quick").scenarios());
    assertThrows(IllegalArgumentException.class, () -> RelayOptions.parse("--only", "varnish"));
    assertThrows(IllegalArgumentException.class, () -> RelayOptions.parse("--rounds", "0"));
    assertThrows(IllegalArgumentException.class, () -> RelayOptions.parse("--json"));
  }

  @Test
  void theStepsOfGrowthEndWhereTheDescriptorsEnd() {
    assertEquals(List.of(100, 1_000, 5_000, 10_000, 20_000), Growth.steps(false, 31_000));
    assertEquals(List.of(100, 1_000, 5_000, 8_500), Growth.steps(false, 8_500));
    assertEquals(List.of(100, 1_000, 5_000), Growth.steps(false, 5_000));
  }

  @Test
  void theDrawingHasItsCurvesAndThePublishedValues() {
    CurveSvg.Curve curve =
        new CurveSvg.Curve(
            "direct <here>", List.of(new CurveSvg.Point(1, 100), new CurveSvg.Point(64, 9_000)));
    String svg = CurveSvg.draw("t", List.of(curve), ClientsCurve.PUBLISHED);
    assertTrue(svg.startsWith("<svg") && svg.endsWith("</svg>\n"), svg);
    assertEquals(2, svg.split("<circle", -1).length - 1);
    assertTrue(svg.contains("7,116") && svg.contains("1,790") && svg.contains("direct &lt;here>"));
    assertTrue(CurveSvg.round(9_000) >= 9_000);
  }
}
