package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.Scheduler;

/** Random real servers, weights, edits, failures and loads against picks. */
final class Fuzz {
  private static final int RUNS = 60;
  private static final int STEPS = 400;

  private Fuzz() {}

  static Flow client(int number) {
    return Farm.flow(
        "172." + (16 + number / 65_536) + "." + number / 256 % 256 + "." + number % 256,
        1024 + number % 60_000);
  }

  static void play(String name, Map<String, Object> options, long seed, boolean complete) {
    RandomGenerator random = new SplittableRandom(seed);
    for (int run = 0; run < RUNS; run++) {
      Farm farm = new Farm();
      for (int i = random.nextInt(12); i >= 0; i--) {
        farm.add(weight(random));
      }
      Scheduler scheduler = Lab.scheduler(name, farm, options);
      for (int step = 0; step < STEPS; step++) {
        disturb(farm, scheduler, random);
        int pick = farm.open(scheduler, client(random.nextInt(500)), random);
        String where = name + " seed " + seed + " run " + run + " step " + step;
        assertTrue(pick < farm.size(), where);
        if (pick >= 0) {
          // Opened by now, so one less than it had when it was chosen.
          assertTrue(Eligible.at(farm, pick), where + " picked " + pick);
          assertTrue(!name.equals("ovf") || farm.active(pick) - 1 <= farm.weight(pick), where);
        } else if (complete) {
          assertEquals(Scheduler.NONE, pick, where);
          for (int i = 0; i < farm.size(); i++) {
            boolean full = name.equals("ovf") && farm.active(i) > farm.weight(i);
            assertTrue(full || !Eligible.at(farm, i), where + " refused in spite of " + i);
          }
        }
      }
    }
  }

  private static int weight(RandomGenerator random) {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> 65_535 - random.nextInt(3);
      case 2 -> 100 * random.nextInt(5);
      default -> 1 + random.nextInt(10);
    };
  }

  private static void disturb(Farm farm, Scheduler scheduler, RandomGenerator random) {
    Farm.Real real = farm.reals.isEmpty() ? null : farm.get(random.nextInt(farm.size()));
    int what = random.nextInt(20);
    if (real == null || what == 0) {
      Farm.Real added = farm.add(weight(random));
      farm.reals.removeLast();
      farm.reals.add(random.nextInt(farm.size() + 1), added);
      scheduler.changed(farm);
    } else if (what == 1 && farm.size() > 1) {
      farm.reals.remove(real);
      scheduler.changed(farm);
    } else if (what == 2) {
      real.weight = weight(random);
      scheduler.changed(farm);
    } else if (what == 3) {
      Collections.shuffle(farm.reals, new Random(random.nextLong()));
      scheduler.changed(farm);
    } else if (what < 8) {
      real.available = !real.available;
    } else if (what < 12 && real.active > 0) {
      real.active--;
      real.inactive++;
    } else if (what < 14 && real.inactive > 0) {
      real.inactive--;
    } else if (what < 16) {
      real.latencyNanos = random.nextInt(3) == 0 ? 0 : random.nextLong(1, 1_000_000_000);
    }
    farm.nanos += random.nextLong(3_600_000_000_000L);
  }
}
