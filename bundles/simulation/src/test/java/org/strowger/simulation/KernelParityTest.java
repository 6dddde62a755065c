package org.strowger.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.api.SchedulerProvider;

/**
 * What Linux 6.12 chose in 87 scenarios, beside what our schedulers choose by its rules. Where a
 * hash decides, the kernel's own hash values are not to be met, but what follows from hashing is.
 */
final class KernelParityTest {
  private static final Set<String> HASHING = Set.of("sh", "dh", "mh");

  /** A scenario as recorded. */
  record Recorded(Scenario scenario, List<Long> chosen) {
    String name() {
      return String.valueOf(scenario.line().get("name"));
    }

    @Override
    public String toString() {
      return name();
    }
  }

  private static List<Recorded> recorded() {
    try (InputStream in = KernelParityTest.class.getResourceAsStream("ipvs-sequences.jsonl");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines.lines().map(KernelParityTest::recorded).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Recorded recorded(String text) {
    Map<String, Object> line = new LinkedHashMap<>();
    List<Long> chosen = new ArrayList<>();
    try {
      if (JsonReader.read(text) instanceof Map<?, ?> read) {
        read.forEach((key, value) -> line.put(String.valueOf(key), value));
      }
    } catch (JsonSyntaxException e) {
      throw new AssertionError(e);
    }
    if (line.get("chosen") instanceof List<?> list) {
      list.forEach(one -> chosen.add((Long) one));
    }
    assertFalse(chosen.isEmpty());
    ScenarioReader reader = new ScenarioReader(line);
    Scenario scenario = reader.read();
    assertEquals(List.of(), reader.violations());
    return new Recorded(scenario, chosen);
  }

  private static List<Long> play(Scenario scenario, Rules rules) {
    SchedulerProvider provider = InstalledSchedulers.ours().get(scenario.scheduler());
    assertNotNull(provider);
    Map<String, Object> options = new HashMap<>(scenario.options());
    options.put("kernelRules", rules == Rules.KERNEL);
    return new Simulation(scenario, provider.create(options), rules, new SplittableRandom(1))
        .play().stream().map(Integer::longValue).toList();
  }

  static Stream<Recorded> decidedByCounts() {
    return recorded().stream().filter(one -> !HASHING.contains(one.scenario().scheduler()));
  }

  static Stream<Recorded> decidedByHashes() {
    return recorded().stream().filter(one -> HASHING.contains(one.scenario().scheduler()));
  }

  @Test
  void allScenariosAreHere() {
    assertEquals(87, recorded().size());
    assertEquals(73, decidedByCounts().count());
  }

  /** Counting schedulers, lblc, lblcr and persistence: exact, with phase and order. */
  @ParameterizedTest
  @MethodSource("decidedByCounts")
  void theSameRealServersInTheSameOrder(Recorded recorded) {
    assertEquals(recorded.chosen(), play(recorded.scenario(), Rules.KERNEL));
  }

  @ParameterizedTest
  @MethodSource("decidedByHashes")
  void theSameClientComesToTheSameRealServerUntilTheListChanges(Recorded recorded) {
    if (recorded.scenario().options().containsKey("port")) {
      return; // Then a client is an address and a port, and no port comes twice.
    }
    assertSticky(recorded, recorded.chosen(), "the kernel");
    assertSticky(recorded, play(recorded.scenario(), Rules.KERNEL), "by the kernel's rules");
    assertSticky(recorded, play(recorded.scenario(), Rules.OURS), "by ours");
  }

  private static void assertSticky(Recorded recorded, List<Long> chosen, String whose) {
    Map<Integer, Long> kept = new HashMap<>();
    int next = 0;
    for (Step step : recorded.scenario().steps()) {
      if (step instanceof Step.Open open) {
        for (int i = 0; i < open.count(); i++) {
          Long now = chosen.get(next++);
          Long before = kept.putIfAbsent(open.host(), now);
          assertTrue(before == null || before.equals(now), recorded.name() + ", " + whose);
        }
      } else {
        kept.clear();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("decidedByHashes")
  void nobodyIsRefusedAndNobodyComesToOneThatIsGoneOrQuiesced(Recorded recorded) {
    for (Rules rules : Rules.values()) {
      List<Long> chosen = play(recorded.scenario(), rules);
      boolean[] out = new boolean[recorded.scenario().servers().size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = recorded.scenario().servers().get(i).weight() == 0;
      }
      int next = 0;
      for (Step step : recorded.scenario().steps()) {
        if (step instanceof Step.Delete delete) {
          out[delete.real()] = true;
        } else if (step instanceof Step.Open open) {
          for (int i = 0; i < open.count(); i++, next++) {
            int real = chosen.get(next).intValue();
            assertTrue(real >= 0 && !out[real], recorded.name() + " " + rules + " " + next);
          }
        }
      }
      assertEquals(chosen.size(), next);
    }
  }

  /** Of 40 clients hardly anything follows, so the same servers meet 240 here. */
  @ParameterizedTest
  @MethodSource("decidedByHashes")
  void sharesFollowTheWeights(Recorded recorded) {
    String scheduler = recorded.scenario().scheduler();
    if (scheduler.equals("dh")) {
      return; // There is one destination only: one real server, as the kernel shows too.
    }
    for (Rules rules : Rules.values()) {
      int servers = recorded.scenario().servers().size();
      long[] counts = new long[servers];
      play(manyClients(recorded.scenario()), rules).forEach(real -> counts[real.intValue()]++);
      long sum = recorded.scenario().servers().stream().mapToInt(Scenario.Server::weight).sum();
      double square = 0;
      for (int i = 0; i < servers; i++) {
        double expected = (double) manyOf() * recorded.scenario().servers().get(i).weight() / sum;
        assertTrue(expected > 0 || counts[i] == 0);
        square += expected == 0 ? 0 : (counts[i] - expected) * (counts[i] - expected) / expected;
      }
      // Three degrees of freedom: once in a million by chance; clients and hashes never change.
      assertTrue(square < 30.7, recorded.name() + " " + rules + ": chi-square " + square);
    }
  }

  private static int manyOf() {
    return 253;
  }

  private static Scenario manyClients(Scenario scenario) {
    List<Step> steps = new ArrayList<>();
    for (int host = 2; host < 2 + manyOf(); host++) {
      steps.add(new Step.Open(host, 1));
    }
    return new Scenario(
        scenario.line(), scenario.scheduler(), scenario.options(), 0, scenario.servers(), steps);
  }

  @Test
  void maglevMovesNoMoreClientsThanTheKernelWhenARealServerGoes() {
    Recorded gone =
        decidedByHashes().filter(one -> one.name().equals("mh-gone")).findFirst().orElseThrow();
    int kernelMoved = movedBesides(1, gone.chosen());
    assertTrue(kernelMoved <= 2, "the kernel moves few: " + kernelMoved);
    for (Rules rules : Rules.values()) {
      int moved = movedBesides(1, play(gone.scenario(), rules));
      assertTrue(moved <= 2, rules + " moves " + moved);
    }
  }

  /** Clients of others than {@code gone} who changed between the first half and the second. */
  private static int movedBesides(long gone, List<Long> chosen) {
    int half = chosen.size() / 2;
    int moved = 0;
    for (int i = 0; i < half; i++) {
      long before = chosen.get(i);
      moved += before != gone && before != chosen.get(half + i) ? 1 : 0;
    }
    return moved;
  }

  /** Over 100,000 draws among idle real servers, by the kernel's chances and by ours. */
  @Test
  void twosDrawsByWeight() {
    Scenario.Server[] servers = {
      new Scenario.Server(3, 0, 0), new Scenario.Server(2, 0, 0), new Scenario.Server(1, 0, 0)
    };
    // The first of the kernel's list, which is the newest, has one chance too many.
    assertDrawn(servers, Rules.KERNEL, new double[] {3, 2, 2});
    assertDrawn(servers, Rules.OURS, new double[] {3, 2, 1});
  }

  private static void assertDrawn(Scenario.Server[] servers, Rules rules, double[] chances) {
    int draws = 100_000;
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < draws; i++) {
      // Each is over, and its TIME_WAIT too, before the next: all real servers stay idle.
      steps.add(new Step.Open(2, 1));
      steps.add(new Step.Close(i));
      steps.add(new Step.Sleep(121_000_000_000L));
    }
    Map<String, Object> line = new LinkedHashMap<>();
    Scenario scenario = new Scenario(line, "twos", Map.of(), 0, List.of(servers), steps);
    long[] counts = new long[chances.length];
    play(scenario, rules).forEach(real -> counts[real.intValue()]++);
    double all = 0;
    for (double chance : chances) {
      all += chance;
    }
    double square = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = draws * chances[i] / all;
      square += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    // Two degrees of freedom, once in a million; the seed is fixed.
    assertTrue(square < 27.6, rules + ": chi-square " + square);
  }
}
