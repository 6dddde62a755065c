package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.api.KeyPath;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;

/** What holds for any real servers, weights, edits and failures. The seed is printed. */
final class PropertyTest {
  private static final int CLIENTS = 20_000;
  private static final KeyPath PATH = KeyPath.of("schedulerOptions");

  static Stream<String> all() {
    return Lab.ALL.stream();
  }

  static Stream<String> ofTheKernel() {
    return Lab.ALL.stream()
        .filter(name -> Lab.provider(name).check(Map.of("kernelRules", true), PATH).isEmpty());
  }

  static Stream<String> thatKeepTables() {
    return Stream.of("mh", "rendezvous");
  }

  @ParameterizedTest
  @MethodSource("all")
  void noPickIsEverIneligibleAndSomebodyIsFoundWhenThereIsOne(String name) {
    Fuzz.play(name, Map.of(), Lab.seed(name), true);
  }

  @ParameterizedTest
  @MethodSource("ofTheKernel")
  void noPickIsEverIneligibleByTheKernelsRules(String name) {
    boolean complete = Lab.provider(name).kind() != SchedulerKind.HASHING;
    Fuzz.play(name, Map.of("kernelRules", true), Lab.seed(name), complete);
  }

  @Test
  void sharesAreExactOverAPeriodWhateverHappenedBefore() {
    long seed = Lab.seed("sharesAreExactOverAPeriod");
    RandomGenerator random = new SplittableRandom(seed);
    for (int run = 0; run < 300; run++) {
      Farm farm = new Farm();
      for (int i = random.nextInt(8); i >= 0; i--) {
        farm.add(random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(30));
      }
      for (String name : List.of("wrr", "swrr")) {
        Scheduler scheduler = Lab.scheduler(name, farm, Map.of());
        for (int i = random.nextInt(50); i > 0; i--) {
          scheduler.pick(Fuzz.client(i), farm, random);
        }
        if (name.equals("wrr")) {
          farm.get(random.nextInt(farm.size())).weight = random.nextInt(20);
          scheduler.changed(farm);
        }
        assertExactShares(name, farm, scheduler, "seed " + seed + " run " + run);
      }
    }
  }

  private static void assertExactShares(String name, Farm farm, Scheduler scheduler, String where) {
    int[] weights = farm.reals.stream().mapToInt(real -> real.weight).toArray();
    int divisor = Weights.gcd(weights);
    long[] picks = new long[weights.length];
    for (long i = Weights.sum(weights) / divisor; i > 0; i--) {
      picks[scheduler.pick(Fuzz.client(0), farm, new SplittableRandom(1))]++;
    }
    for (int i = 0; i < weights.length; i++) {
      assertEquals(weights[i] / divisor, picks[i], name + " " + where + " real server " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("thatDistributeByWeight")
  void sharesFollowTheWeights(String name) {
    Farm farm = Farm.of(4, 2, 1, 1, 8);
    Scheduler scheduler = Lab.scheduler(name, farm, Map.of());
    RandomGenerator random = new SplittableRandom(Lab.seed(name));
    int offset = random.nextInt(1 << 16);
    long[] picks = new long[5];
    for (int i = 0; i < 100_000; i++) {
      picks[scheduler.pick(Fuzz.client(offset + i), farm, random)]++;
    }
    double sum = Lab.chiSquare(picks, 4, 2, 1, 1, 8);
    // The table of mh is not exact to the last of its 4093 buckets.
    double limit = Lab.chiSquareLimit(4) + (name.equals("mh") ? 10 : 0);
    assertTrue(sum < limit, name + ": chi-square " + sum + " of " + List.of(picks[0], picks[1]));
  }

  static Stream<String> thatDistributeByWeight() {
    return Stream.of("sh", "mh", "rendezvous", "twos");
  }

  @Test
  void maglevMovesFewBesidesThoseItMust() {
    assertMovement(4093, 10, 0.025);
    assertMovement(4093, 100, 0.04);
    assertMovement(16_381, 100, 0.025);
    assertMovement(65_521, 100, 0.012);
    assertMovement(65_521, 650, 0.016);
  }

  private static void assertMovement(int size, int servers, double mostExtra) {
    Farm farm = Farm.equal(servers);
    MaglevTable maglev =
        new MaglevTable(new Options(Map.of("tableSize", size)), Hash.keyedBy(Options.NONE));
    int[] before = maglev.fill(farm);
    assertBalanced(before, servers);
    int gone = servers / 3;
    farm.reals.remove(gone);
    int[] after = maglev.fill(farm);
    int must = 0;
    int extra = 0;
    for (int bucket = 0; bucket < size; bucket++) {
      int same = before[bucket] < gone ? before[bucket] : before[bucket] - 1;
      if (before[bucket] == gone) {
        must++;
      } else if (after[bucket] != same) {
        extra++;
      }
    }
    assertEquals(1.0 / servers, (double) must / size, 0.2 / servers);
    double share = (double) extra / size;
    assertTrue(share < mostExtra, size + " buckets, " + servers + " servers: " + share);
  }

  private static void assertBalanced(int[] table, int servers) {
    long[] owned = new long[servers];
    for (int owner : table) {
      owned[owner]++;
    }
    double mean = (double) table.length / servers;
    for (long count : owned) {
      assertTrue(Math.abs(count - mean) <= 1, "owns " + count + " of a mean of " + mean);
    }
  }

  @Test
  void directorsWithOneSeedHaveOneMaglevTableInWhateverOrder() {
    Farm one = Farm.of(3, 1, 4, 1, 5, 9, 2, 6);
    Farm other = Farm.of(3, 1, 4, 1, 5, 9, 2, 6);
    Collections.shuffle(other.reals, new Random(Lab.seed("directorsWithOneSeed")));
    Scheduler first = Lab.scheduler("mh", one, Map.of());
    Scheduler second = Lab.scheduler("mh", other, Map.of());
    RandomGenerator random = new SplittableRandom(1);
    for (int i = 0; i < CLIENTS; i++) {
      int here = first.pick(Fuzz.client(i), one, random);
      int there = second.pick(Fuzz.client(i), other, random);
      assertEquals(one.id(here), other.id(there));
    }
  }

  @ParameterizedTest
  @MethodSource("thatKeepTables")
  void quiescingMovesNobodyElse(String name) {
    Farm farm = Farm.of(2, 1, 3, 1, 1);
    Scheduler scheduler = Lab.scheduler(name, farm, Map.of());
    RandomGenerator random = new SplittableRandom(1);
    List<Integer> before = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      before.add(scheduler.pick(Fuzz.client(i), farm, random));
    }
    farm.get(2).weight = 0;
    scheduler.changed(farm);
    for (int i = 0; i < CLIENTS; i++) {
      int now = scheduler.pick(Fuzz.client(i), farm, random);
      assertTrue(now != 2);
      if (before.get(i) != 2) {
        assertEquals(before.get(i), now, name + " client " + i);
      }
    }
    farm.get(2).weight = 3;
    scheduler.changed(farm);
    for (int i = 0; i < CLIENTS; i++) {
      assertEquals(
          before.get(i), scheduler.pick(Fuzz.client(i), farm, random), name + " client " + i);
    }
  }

  @Test
  void quiescedMaglevBucketsAreRefusedWithoutFallback() {
    Farm farm = Farm.of(1, 1, 1, 1);
    Scheduler scheduler = Lab.scheduler("mh", farm, Map.of("fallback", false));
    farm.get(1).weight = 0;
    scheduler.changed(farm);
    RandomGenerator random = new SplittableRandom(1);
    int refused = 0;
    for (int i = 0; i < CLIENTS; i++) {
      refused += scheduler.pick(Fuzz.client(i), farm, random) == Scheduler.NONE ? 1 : 0;
    }
    assertEquals(0.25, (double) refused / CLIENTS, 0.02);
  }

  @ParameterizedTest
  @MethodSource("hashing")
  void oneClientKeepsToOneRealServer(String name) {
    Farm farm = Farm.of(3, 2, 1, 1);
    Scheduler scheduler = Lab.scheduler(name, farm, Map.of());
    RandomGenerator random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      int first = scheduler.pick(Fuzz.client(i), farm, random);
      assertEquals(first, scheduler.pick(Fuzz.client(i), farm, random), name);
    }
  }

  static Stream<String> hashing() {
    return Lab.ALL.stream().filter(name -> Lab.provider(name).kind() == SchedulerKind.HASHING);
  }

  @Test
  void boundedHashKeepsEverybodyNearHisShare() {
    long seed = Lab.seed("boundedHashKeepsEverybodyNearHisShare");
    RandomGenerator random = new SplittableRandom(seed);
    Farm farm = Farm.of(1, 1, 2, 4, 2);
    Scheduler scheduler = Lab.scheduler("boundedHash", farm, Map.of("factor", 125));
    for (int i = 1; i <= 10_000; i++) {
      // Half of all connections come from one client, who alone would overload his real server.
      farm.open(scheduler, Fuzz.client(random.nextBoolean() ? 0 : i), random);
      for (int k = 0; k < farm.size(); k++) {
        double share = farm.active(k) / (i * farm.weight(k) / 10.0);
        assertTrue(farm.active(k) <= 1 || share <= 1.25 + 10.0 / i, "seed " + seed + ": " + share);
      }
    }
  }

  @Test
  void theFallbackOfALostRealServerSpreadsItsClientsByWeight() {
    Farm farm = Farm.of(4, 2, 1, 1, 8);
    Scheduler scheduler = Lab.scheduler("mh", farm, Map.of());
    RandomGenerator random = new SplittableRandom(1);
    List<Integer> lost = new ArrayList<>();
    int offset = new SplittableRandom(Lab.seed("fallback")).nextInt(1 << 16);
    for (int i = offset; i < offset + 100_000; i++) {
      if (scheduler.pick(Fuzz.client(i), farm, random) == 4) {
        lost.add(i);
      }
    }
    farm.get(4).available = false;
    long[] picks = new long[4];
    lost.forEach(i -> picks[scheduler.pick(Fuzz.client(i), farm, random)]++);
    double sum = Lab.chiSquare(picks, 4, 2, 1, 1);
    assertTrue(sum < Lab.chiSquareLimit(3) + 10, "chi-square " + sum);
  }
}
