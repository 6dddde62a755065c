package org.strowger.schedulers;

import java.util.List;
import java.util.function.Function;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;

/** All schedulers of this bundle. */
public final class Schedulers {
  private Schedulers() {}

  /** New providers, each with its own name. */
  public static List<SchedulerProvider> providers() {
    return List.of(
        counting("rr", options -> new RoundRobin()),
        counting("wrr", options -> new WeightedRoundRobin()),
        counting("lc", LeastLoaded::leastConnections),
        counting("wlc", LeastLoaded::weightedLeastConnections),
        counting("sed", LeastLoaded::shortestExpectedDelay),
        counting("nq", LeastLoaded::neverQueue));
  }

  private static SchedulerProvider counting(String name, Function<Options, Scheduler> maker) {
    return new Provider(name, SchedulerKind.COUNTING, List.of(Option.KERNEL_RULES), maker);
  }
}
