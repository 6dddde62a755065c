package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.api.KeyPath;
import org.strowger.api.SchedulerKind;

/** Ten minutes of random edits against picks, through every scheduler in turn. */
final class FuzzTest {
  private static final Duration TIME = Duration.ofMinutes(10);

  @Test
  void noPickIsEverIneligibleInTenMinutes() {
    assumeTrue(Boolean.getBoolean("strowger.long"), "takes ten minutes: ./strowger test --long");
    SplittableRandom seeds = new SplittableRandom(Lab.seed("FuzzTest"));
    long end = System.nanoTime() + TIME.toNanos();
    long rounds = 0;
    while (System.nanoTime() - end < 0) {
      for (String name : Lab.ALL) {
        Fuzz.play(name, Map.of(), seeds.nextLong(), true);
        Map<String, Object> kernels = Map.of("kernelRules", true);
        if (Lab.provider(name).check(kernels, KeyPath.of("o")).isEmpty()) {
          boolean complete = Lab.provider(name).kind() != SchedulerKind.HASHING;
          Fuzz.play(name, kernels, seeds.nextLong(), complete);
        }
      }
      rounds++;
    }
    assertTrue(rounds > 0);
    System.out.println("FuzzTest: " + rounds + " rounds");
  }
}
