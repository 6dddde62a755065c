package org.strowger.schedulers;

import static org.strowger.api.SchedulerKind.COUNTING;
import static org.strowger.api.SchedulerKind.HASHING;
import static org.strowger.api.SchedulerKind.KEYED;

import java.util.List;
import java.util.function.Function;
import org.strowger.api.Compilation;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerProvider;

/** All schedulers of this bundle. */
public final class Schedulers {
  private static final List<Option> LOCALITY =
      List.of(Option.EXPIRY, Option.MAX_ENTRIES, Option.SEED, Option.KERNEL_RULES);
  private static final List<Option> DESTINATION =
      List.of(Option.FALLBACK, Option.SEED, Option.KERNEL_RULES);
  private static final List<Option> SOURCE =
      List.of(Option.PORT, Option.FALLBACK, Option.SEED, Option.KERNEL_RULES);
  private static final List<Option> MAGLEV =
      List.of(Option.PORT, Option.FALLBACK, Option.TABLE_SIZE, Option.SEED, Option.KERNEL_RULES);
  private static final List<Option> RENDEZVOUS = List.of(Option.PORT, Option.SEED);
  private static final List<Option> BOUNDED =
      List.of(Option.FACTOR, Option.POINTS, Option.PORT, Option.SEED);

  private Schedulers() {}

  /** New providers, each with its own name. */
  public static List<SchedulerProvider> providers() {
    return List.of(
        counting("rr", options -> new RoundRobin()),
        counting("wrr", WeightedRoundRobin::new),
        counting("lc", LeastLoaded::leastConnections),
        counting("wlc", LeastLoaded::weightedLeastConnections),
        counting("sed", LeastLoaded::shortestExpectedDelay),
        counting("nq", LeastLoaded::neverQueue),
        counting("fo", options -> new WeightedFailover(false)),
        counting("ovf", options -> new WeightedFailover(true)),
        counting("twos", Schedulers::twoChoices),
        new Provider("lblc", KEYED, LOCALITY, options -> new Locality(options, false)),
        new Provider("lblcr", KEYED, LOCALITY, options -> new Locality(options, true)),
        hashing(new Provider("dh", HASHING, DESTINATION, HashScheduler::destinationHash)),
        hashing(new Provider("sh", HASHING, SOURCE, HashScheduler::sourceHash)),
        hashing(new Provider("mh", HASHING, MAGLEV, HashScheduler::maglev)),
        new Provider("swrr", COUNTING, List.of(), options -> new SmoothWeightedRoundRobin()),
        new Provider("rendezvous", HASHING, RENDEZVOUS, Rendezvous::new),
        new Provider("boundedHash", COUNTING, BOUNDED, BoundedHash::new)
            .compiled(options -> Compilation.REFUSED), // it looks at flow and loads
        new Provider("leastResponseTime", COUNTING, List.of(), options -> new LeastResponseTime())
            .compiled(options -> Compilation.REFUSED)); // the kernel measures no response times
  }

  private static Scheduler twoChoices(Options options) {
    return options.kernelRules() ? new KernelTwoChoices() : new TwoChoices();
  }

  /** A program in the kernel tries as many buckets as we do; IPVS tries as many as there are. */
  private static SchedulerProvider hashing(Provider provider) {
    return provider.compiled(
        options ->
            options.kernelRules() && options.flag(Option.FALLBACK, false)
                ? Compilation.REFUSED
                : Compilation.LOOKUP_TABLE);
  }

  private static SchedulerProvider counting(String name, Function<Options, Scheduler> maker) {
    return new Provider(name, COUNTING, List.of(Option.KERNEL_RULES), maker);
  }
}
