package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.api.Flow;
import org.strowger.api.Scheduler;

/** Where the kernel errs and we do not: each wart with the kernel's rule and ours side by side. */
final class MendedWartsTest {
  private static final Flow FLOW = Farm.flow("10.1.0.2", 4000);
  private static final Map<String, Object> OURS = Map.of();
  private static final Map<String, Object> KERNELS = Map.of("kernelRules", true);
  private final SplittableRandom random = new SplittableRandom(Lab.seed("MendedWartsTest"));

  private static Flow client(int number) {
    return Farm.flow("172.16." + number / 256 % 256 + "." + number % 256, 1024 + number % 60_000);
  }

  private long[] picks(Scheduler scheduler, Farm farm, int count) {
    long[] picks = new long[farm.size() + 1];
    for (int i = 0; i < count; i++) {
      int index = scheduler.pick(client(i), farm, random);
      picks[index < 0 ? farm.size() : index]++;
    }
    return picks;
  }

  @Test
  void equalLoadsTakeTurnsWhereTheKernelFeedsTheFirst() {
    for (String name : new String[] {"lc", "wlc", "sed", "nq"}) {
      Farm farm = Farm.of(1, 1, 1);
      Scheduler kernels = Lab.scheduler(name, farm, KERNELS);
      Scheduler ours = Lab.scheduler(name, farm, OURS);
      StringBuilder kernelChoices = new StringBuilder();
      StringBuilder ourChoices = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        // Each connection is over before the next one comes: an idle farm.
        kernelChoices.append(kernels.pick(FLOW, farm, random));
        ourChoices.append(ours.pick(FLOW, farm, random));
      }
      assertEquals("000000", kernelChoices.toString(), name);
      assertEquals("012012", ourChoices.toString(), name);
    }
  }

  @Test
  void sourceHashGivesNoBucketToWeightZero() {
    Farm farm = Farm.of(1, 0, 1, 1);
    Map<String, Object> noFallback = Map.of("fallback", false);
    long[] kernels = picks(Lab.scheduler("sh", farm, KERNELS), farm, 10_000);
    long[] ours = picks(Lab.scheduler("sh", farm, noFallback), farm, 10_000);
    assertTrue(kernels[4] > 2000, "the kernel refuses a quarter: " + kernels[4]);
    assertEquals(0, ours[4]);
  }

  @Test
  void sourceHashServesThoseBeyondTheKernels256Buckets() {
    Farm farm = Farm.of(100, 100, 100, 100);
    assertEquals(0, picks(Lab.scheduler("sh", farm, KERNELS), farm, 10_000)[3]);
    long[] ours = picks(Lab.scheduler("sh", farm, OURS), farm, 10_000);
    assertTrue(ours[3] > 2200, "a quarter: " + ours[3]);
    Farm large = Farm.equal(1000);
    long[] destinations = new long[1000];
    Scheduler scheduler = Lab.scheduler("dh", large, OURS);
    for (int i = 0; i < 100_000; i++) {
      Flow flow = new Flow(FLOW.protocol(), FLOW.client(), client(i).client());
      destinations[scheduler.pick(flow, large, random)]++;
    }
    for (int i = 0; i < 1000; i++) {
      assertTrue(destinations[i] > 0, "nothing ever reaches real server " + i);
    }
  }

  @Test
  void hashFallbackAlwaysFindsTheLoneSurvivor() {
    Farm farm = new Farm();
    for (int i = 0; i < 100; i++) {
      farm.add(63).available = false;
    }
    farm.add(1);
    Scheduler kernels = Lab.scheduler("mh", farm, Map.of("kernelRules", true, "fallback", true));
    Scheduler ours = Lab.scheduler("mh", farm, OURS);
    long[] kernelPicks = picks(kernels, farm, 500);
    long[] ourPicks = picks(ours, farm, 500);
    assertTrue(kernelPicks[101] > 50, "the kernel refuses many: " + kernelPicks[101]);
    assertEquals(500, ourPicks[100]);
  }

  @Test
  void maglevHashesTheTupleWhereTheKernelHashesASum() {
    Farm farm = Farm.equal(100);
    Scheduler ours = Lab.scheduler("mh", farm, Map.of("port", true));
    int same = 0;
    for (int i = 0; i < 1000; i++) {
      // Address and port add up to the same, so that the kernel takes all of them for one client.
      Flow one = Farm.flow("172.16.0." + i % 200, 20_000 + i);
      Flow other = Farm.flow("172.16.0." + (i % 200 + 1), 20_000 + i - 1);
      same += ours.pick(one, farm, random) == ours.pick(other, farm, random) ? 1 : 0;
    }
    assertTrue(same < 50, "about 1 of 100 by chance, not " + same + " of 1000");
  }

  @Test
  void aClientCannotTellWhereAnotherSeedSendsHim() {
    Farm farm = Farm.equal(100);
    Scheduler one = Lab.scheduler("mh", farm, Map.of("seed", "one"));
    Scheduler same = Lab.scheduler("mh", farm, Map.of("seed", "one"));
    Scheduler other = Lab.scheduler("mh", farm, Map.of("seed", "other"));
    int equal = 0;
    for (int i = 0; i < 1000; i++) {
      int pick = one.pick(client(i), farm, random);
      assertEquals(pick, same.pick(client(i), farm, random));
      equal += pick == other.pick(client(i), farm, random) ? 1 : 0;
    }
    assertTrue(equal < 50, "about 1 of 100 by chance, not " + equal + " of 1000");
  }

  @Test
  void twosDrawsWithoutBias() {
    Farm farm = Farm.of(1, 1, 1);
    long[] kernels = picks(Lab.scheduler("twos", farm, KERNELS), farm, 100_000);
    long[] ours = picks(Lab.scheduler("twos", farm, OURS), farm, 100_000);
    double limit = Lab.chiSquareLimit(2);
    double kernelSum = Lab.chiSquare(new long[] {kernels[0], kernels[1], kernels[2]}, 1, 1, 1);
    double ourSum = Lab.chiSquare(new long[] {ours[0], ours[1], ours[2]}, 1, 1, 1);
    // (w + 1) / (sum + 1) for the first: one half, against a quarter for each of the others.
    double asSpecified = Lab.chiSquare(new long[] {kernels[0], kernels[1], kernels[2]}, 2, 1, 1);
    assertTrue(asSpecified < limit, "the kernel's own bias: " + asSpecified);
    assertTrue(kernelSum > limit, "the kernel's draws are not even: " + kernelSum);
    assertTrue(ourSum < limit, "ours are: " + ourSum);
  }

  @Test
  void productsOfLoadAndWeightDoNotOverflow() {
    Farm farm = Farm.of(65_535, 65_535);
    farm.get(0).active = 129;
    farm.get(1).active = 100;
    // In 32 bits, as the kernel's twos has them, the busy one looks freer.
    int busy = (int) ((129L << 8) * 65_535);
    int free = (int) ((100L << 8) * 65_535);
    assertTrue(busy < free);
    assertEquals(1, Lab.scheduler("wlc", farm, OURS).pick(FLOW, farm, random));
    assertEquals(1, TwoChoices.freer(farm, 0, 1));
  }

  @Test
  void aDestinationIsNotReassignedForTheSakeOfOneThatIsDown() {
    Farm farm = Farm.of(2, 2, 2);
    farm.get(2).available = false;
    farm.get(0).active = 5;
    farm.get(1).active = 5;
    Scheduler kernels = Lab.scheduler("lblc", farm, KERNELS);
    Scheduler ours = Lab.scheduler("lblc", farm, OURS);
    int first = ours.pick(FLOW, farm, random);
    int kernelsFirst = kernels.pick(FLOW, farm, random);
    farm.get(first).active = 6;
    assertEquals(first, ours.pick(FLOW, farm, random));
    farm.get(first).active = 5;
    farm.get(kernelsFirst).active = 6;
    assertNotEquals(kernelsFirst, kernels.pick(FLOW, farm, random));
  }

  @Test
  void mhMovesNobodyWhenADrainedOneComesBackAlsoAfterARestart() {
    Farm farm = Farm.of(3, 2, 5);
    Scheduler before = Lab.scheduler("mh", farm, Map.of("fallback", true));
    List<Integer> all = clients().stream().map(flow -> before.pick(flow, farm, random)).toList();
    farm.get(2).weight = 0;
    farm.get(2).configuredWeight = 5;
    Scheduler restarted = Lab.scheduler("mh", farm, Map.of("fallback", true));
    List<Flow> clients = clients();
    for (int i = 0; i < clients.size(); i++) {
      int now = restarted.pick(clients.get(i), farm, random);
      assertTrue(all.get(i) == 2 ? now != 2 : now == all.get(i), "client " + i + " moved");
    }
    farm.get(2).weight = 5;
    restarted.changed(farm);
    assertEquals(all, clients.stream().map(flow -> restarted.pick(flow, farm, random)).toList());
  }

  private static List<Flow> clients() {
    return java.util.stream.IntStream.range(0, 2_000)
        .mapToObj(i -> Farm.flow("10.1." + i / 250 + "." + (i % 250 + 1), 40_000))
        .toList();
  }
}
