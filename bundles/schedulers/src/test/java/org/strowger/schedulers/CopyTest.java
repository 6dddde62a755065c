package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerProvider;

/** What is picked from a copy does not show in the original. */
class CopyTest {
  static List<SchedulerProvider> providers() {
    return Schedulers.providers();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void picksOfACopyDoNotDisturbTheOriginal(SchedulerProvider provider) {
    assertEquals(picks(provider, 0), picks(provider, 25), provider.name());
  }

  private static List<Integer> picks(SchedulerProvider provider, int fromACopy) {
    Farm farm = Farm.of(5, 1, 3, 2);
    Scheduler scheduler = provider.create(Map.of());
    scheduler.changed(farm);
    SplittableRandom random = new SplittableRandom(7);
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      chosen.add(farm.open(scheduler, Farm.flow("10.1.0." + (i % 9 + 1), 4000 + i), random));
      Scheduler copy = scheduler.copy();
      for (int k = 0; k < fromACopy; k++) {
        copy.pick(Farm.flow("10.1.1." + k, 5000), farm, new SplittableRandom(k));
      }
    }
    return chosen;
  }
}
