package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.api.Flow;
import org.strowger.api.KeyPath;
import org.strowger.api.Scheduler;

/** The counting schedulers by their definitions. */
final class TurnSchedulersTest {
  private static final Flow FLOW = Farm.flow("10.1.0.2", 4000);
  private final SplittableRandom random = new SplittableRandom(1);

  private String opens(Scheduler scheduler, Farm farm, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int index = farm.open(scheduler, FLOW, random);
      letters.append(index < 0 ? '-' : farm.id(index).real().charAt(1));
    }
    return letters.toString().replace('0', 'A').replace('1', 'B').replace('2', 'C');
  }

  @Test
  void roundRobinTakesEachInTurnWhateverItsWeight() {
    Farm farm = Farm.of(5, 1, 3);
    assertEquals("ABCABC", opens(Lab.scheduler("rr", farm, Map.of()), farm, 6));
  }

  @Test
  void roundRobinGoesOnAfterThePredecessorOfARemovedRealServer() {
    Farm farm = Farm.of(1, 1, 1);
    Scheduler scheduler = Lab.scheduler("rr", farm, Map.of());
    assertEquals("AB", opens(scheduler, farm, 2));
    farm.reals.remove(1);
    scheduler.changed(farm);
    assertEquals("CAC", opens(scheduler, farm, 3));
  }

  @Test
  void weightedRoundRobinInterleavesByLevel() {
    Farm farm = Farm.of(4, 3, 2);
    assertEquals("AABABCABC", opens(Lab.scheduler("wrr", farm, Map.of()), farm, 9));
    farm = Farm.of(5, 1, 1);
    assertEquals("AAAAABC", opens(Lab.scheduler("wrr", farm, Map.of()), farm, 7));
  }

  @Test
  void weightedRoundRobinFindsTheLightOneAtOnceWhenTheHeavyOneIsOverloaded() {
    Farm farm = Farm.of(65535, 1);
    Scheduler scheduler = Lab.scheduler("wrr", farm, Map.of());
    farm.get(0).available = false;
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 1_000_000; i++) {
            assertEquals(1, scheduler.pick(FLOW, farm, random));
          }
        });
  }

  @Test
  void nobodyIsChosenWhenNobodyIsEligible() {
    for (String name : new String[] {"rr", "wrr", "lc", "wlc", "sed", "nq"}) {
      Farm farm = Farm.of(0, 2);
      farm.get(1).available = false;
      assertEquals("--", opens(Lab.scheduler(name, farm, Map.of()), farm, 2), name);
    }
  }

  @Test
  void anUnknownOptionIsAViolation() {
    var violations = Schedulers.providers().getFirst().check(Map.of("colour", 3), KeyPath.of("o"));
    assertEquals(
        "o.colour: '3': expected an option of scheduler rr: kernelRules",
        violations.getFirst().text());
  }

  @Test
  void beingToldTheSameListAgainDoesNotDisturbTheTurn() {
    Farm farm = Farm.of(1, 1, 1);
    Scheduler scheduler = Lab.scheduler("wrr", farm, Map.of());
    assertEquals("A", opens(scheduler, farm, 1));
    scheduler.changed(farm);
    assertEquals("BC", opens(scheduler, farm, 2));
    Scheduler kernels = Lab.scheduler("wrr", farm, Map.of("kernelRules", true));
    assertEquals("A", opens(kernels, farm, 1));
    kernels.changed(farm);
    assertEquals("AB", opens(kernels, farm, 2));
  }
}
