package org.strowger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code bench kernel} understands and what it makes of its figures. */
class KernelReportTest {
  private static final KernelScenario NEW = KernelScenario.CONNECTIONS;

  private static Figures figures(double direct, double routed, double own) {
    Figures figures = new Figures("kernel", List.of(KernelKind.values()));
    figures.add(KernelKind.DIRECT, NEW.word(), NEW.metric(), "1/s", direct);
    figures.add(KernelKind.ROUTED, NEW.word(), NEW.metric(), "1/s", routed);
    figures.add(KernelKind.DIRECT_TC, NEW.word(), NEW.metric(), "1/s", own);
    return figures;
  }

  private static List<Goals.Goal> goals(Figures figures, String start) {
    return KernelGoals.of(figures.measured()).stream()
        .filter(goal -> goal.text().startsWith(start))
        .toList();
  }

  @Test
  void aShareOfDirectThatIsReachedAsksForNoOther() {
    List<Goals.Goal> goals = goals(figures(100, 80, 98), "strowger-direct-tc, new connections");

    assertEquals(1, goals.size());
    assertTrue(goals.getFirst().reached());
  }

  @Test
  void whereTheShareOfDirectIsMissedThatOfRoutedCounts() {
    List<Goals.Goal> goals = goals(figures(100, 80, 79), "strowger-direct-tc, new connections");

    assertEquals(
        List.of(false, true), goals.stream().map(Goals.Goal::reached).collect(Collectors.toList()));
    assertTrue(goals.getLast().text().endsWith("of routed"), goals.toString());
  }

  @Test
  void growthOfThePacketPathIsJudged() {
    Figures figures = new Figures("kernel", List.of(KernelKind.values()));
    for (String scenario : List.of("connections 1000", "connections 2000000")) {
      boolean many = scenario.endsWith("2000000");
      figures.add(KernelKind.DIRECT_TC, scenario, "hot_packet_ns", "ns", many ? 120 : 100);
      figures.add(KernelKind.DIRECT_TC, scenario, "one_by_one_hot_ns", "ns", 300);
      figures.add(KernelKind.DIRECT_TC, scenario, "one_by_one_random_ns", "ns", many ? 540 : 310);
    }

    Goals.Goal hot = goals(figures, "hot packet").getFirst();
    Goals.Goal random = goals(figures, "random packets").getFirst();
    assertFalse(hot.reached(), "1.2 times");
    assertTrue(random.reached(), "240 ns more");
  }

  @Test
  void everyContenderHasItsNumberAndDirectAndRoutedTakePart() {
    assertEquals(
        KernelKind.values().length,
        EnumSet.allOf(KernelKind.class).stream().map(KernelKind::number).distinct().count());
    KernelBenchOptions options =
        KernelBenchOptions.parse("--only", "haproxy", "--only", "udp_packets_per_s");
    assertEquals(Set.of(KernelKind.DIRECT, KernelKind.ROUTED, KernelKind.HAPROXY), options.kinds());
    assertEquals(Set.of(KernelScenario.DATAGRAMS), options.scenarios());
    assertFalse(options.packets());
    assertTrue(KernelBenchOptions.parse("--only", "packets").scenarios().isEmpty());
    assertThrows(
        IllegalArgumentException.class, () -> KernelBenchOptions.parse("--only", "nobody"));
    assertThrows(IllegalArgumentException.class, () -> KernelBenchOptions.parse("--rounds", "0"));
  }

  @Test
  void inTheSecondKernelTheContestIsThatWithIpvs() {
    KernelBenchOptions options = KernelBenchOptions.parse("--lab");

    assertTrue(options.kinds().contains(KernelKind.IPVS_DIRECT), options.toString());
    assertTrue(options.kinds().contains(KernelKind.MASQUERADING_TC), options.toString());
    assertFalse(options.kinds().contains(KernelKind.HAPROXY), options.toString());
    assertFalse(options.scenarios().contains(KernelScenario.DOWN), options.toString());
    assertFalse(options.packets());
  }

  @Test
  void thePlaneIsComparedWithIpvsWhereThatTakesPart() {
    Figures figures = figures(100, 80, 70);
    assertEquals(List.of(), ofIpvs(figures));
    figures.add(KernelKind.IPVS_DIRECT, NEW.word(), NEW.metric(), "1/s", 75);

    List<Goals.Goal> goals = ofIpvs(figures);
    assertEquals(4, goals.size(), "connections, requests, datagrams, CPU: " + goals);
    assertFalse(goals.getFirst().reached(), "70 of 75");
  }

  private static List<Goals.Goal> ofIpvs(Figures figures) {
    return KernelGoals.of(figures.measured()).stream()
        .filter(goal -> goal.text().endsWith("ipvs-dr"))
        .toList();
  }

  @Test
  void namesOfNamespacesFitADevice() {
    for (KernelKind.House house : KernelKind.House.values()) {
      assertTrue(house.word().length() <= 15, house.word());
    }
  }

  @Test
  void barsAreDrawnToScaleAndEscaped() {
    String svg =
        BarsSvg.draw(
            "a < b",
            List.of(new BarsSvg.Group("new", List.of(new BarsSvg.Bar("x", 0.6, "12", true)))));

    assertTrue(svg.contains("a &lt; b"), svg);
    assertTrue(svg.contains("width=\"340.0\""), svg); // half of what 1.2 is drawn over
    assertTrue(svg.endsWith("</svg>\n"));
  }
}
