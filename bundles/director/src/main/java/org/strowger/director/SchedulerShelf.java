package org.strowger.director;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.PluginState;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.SchedulerState;
import org.strowger.api.VirtualService;

/**
 * The offered schedulers, and the one at work for each virtual service. A scheduler whose bundle
 * went goes on working until another one of its name comes. Offers come on any thread; everything
 * else runs on the director's.
 */
final class SchedulerShelf {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerShelf.class);

  private record AtWork(
      VirtualService service,
      boolean forBackup,
      @Nullable SchedulerProvider provider,
      GuardedScheduler guarded) {}

  /** A virtual service has one scheduler for its pool and one for its backup pool. */
  private record Post(String service, boolean forBackup) {}

  /** What the schedulers of a name that are no longer at work have done. */
  private record Past(long invocations, long failures, long evictions) {
    static final Past NOTHING = new Past(0, 0, 0);
  }

  /** Users, invocations, failures, quarantined ones, evictions. */
  private static final int SUMS = 5;

  private final Offers<SchedulerProvider> offers = new Offers<>(SchedulerProvider::name);
  private final Map<String, Past> past = new ConcurrentHashMap<>();
  private final Map<Post, AtWork> atWork = new ConcurrentHashMap<>();

  private final Runnable wake;
  private final CallWatch watch;
  private final PluginCalls calls;

  /** Making one: on the director's thread, one at a time. */
  private final WatchedCall creating;

  SchedulerShelf(Runnable wake, CallWatch watch) {
    this.wake = wake;
    this.watch = watch;
    this.calls = new PluginCalls(watch, wake);
    this.creating =
        watch.watch(
            new WatchedCall(
                "a scheduler that is created", GuardedScheduler.PATIENCE_MILLIS, () -> {}));
  }

  Offers<SchedulerProvider> offers() {
    return offers;
  }

  /** How providers, of schedulers and of checks, are asked about options. */
  PluginCalls calls() {
    return calls;
  }

  /**
   * The scheduler for a service: the one at work if it still fits, else a new one.
   *
   * @param forBackup the one that chooses in the backup pool
   */
  GuardedScheduler schedulerFor(VirtualService service, boolean forBackup) {
    Post post = new Post(service.name(), forBackup);
    SchedulerProvider provider = offers.provider(service.scheduler());
    AtWork present = atWork.get(post);
    if (present != null && fits(present, service, provider)) {
      return present.guarded;
    }
    if (present != null) {
      retire(present);
    }
    Scheduler created = create(service, provider);
    GuardedScheduler guarded =
        new GuardedScheduler(service.name(), service.scheduler(), created, random(), wake, watch);
    if (provider != null && created == null) {
      guarded.quarantine();
    }
    atWork.put(post, new AtWork(service, forBackup, provider, guarded));
    return guarded;
  }

  private static boolean fits(
      AtWork present, VirtualService wanted, @Nullable SchedulerProvider offered) {
    boolean sameWish =
        present.service.scheduler().equals(wanted.scheduler())
            && present.service.schedulerOptions().equals(wanted.schedulerOptions());
    return sameWish && (offered == null || offered.equals(present.provider));
  }

  private @Nullable Scheduler create(VirtualService service, @Nullable SchedulerProvider provider) {
    if (provider == null) {
      return null;
    }
    creating.begin(System.nanoTime());
    try {
      return provider.create(service.schedulerOptions());
    } catch (RuntimeException
        | LinkageError
        | AssertionError
        | StackOverflowError thrown) { // a third party's code: the rotation serves
      LOG.atWarn()
          .addKeyValue("service", service.name())
          .addKeyValue("scheduler", service.scheduler())
          .setCause(thrown)
          .log("the scheduler cannot be created; a rotation chooses instead");
      return null;
    } finally {
      creating.end();
    }
  }

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create();
  }

  /** Forgets the schedulers of services that are gone. */
  void retainOnly(Map<String, VirtualService> services) {
    atWork.forEach(
        (post, present) -> {
          VirtualService service = services.get(post.service);
          if (service == null || (post.forBackup && service.backupPool().isEmpty())) {
            retire(present);
            atWork.remove(post);
          }
        });
  }

  /** What it did counts for its name; connections that had begun may ask it once more. */
  private void retire(AtWork present) {
    past.merge(
        present.service.scheduler(),
        new Past(
            present.guarded.invocations(), present.guarded.failures(), present.guarded.evictions()),
        (before, more) ->
            new Past(
                before.invocations + more.invocations,
                before.failures + more.failures,
                before.evictions + more.evictions));
  }

  /** True if the scheduler of this service was quarantined by its guard. */
  boolean quarantined(String service) {
    return Stream.of(true, false)
        .map(forBackup -> atWork.get(new Post(service, forBackup)))
        .anyMatch(present -> present != null && present.guarded.quarantined());
  }

  /** All schedulers offered now or configured; any thread. */
  SortedMap<String, SchedulerState> states() {
    SortedMap<String, SchedulerState> states = new TreeMap<>();
    Map<String, Offers.Known<SchedulerProvider>> known = offers.known();
    Map<String, long[]> live = new HashMap<>();
    for (AtWork present : atWork.values()) {
      long[] sums = live.computeIfAbsent(present.service.scheduler(), name -> new long[SUMS]);
      sums[0] += present.forBackup ? 0 : 1;
      sums[1] += present.guarded.invocations();
      sums[2] += present.guarded.failures();
      sums[3] += present.guarded.quarantined() ? 1 : 0;
      sums[4] += present.guarded.evictions();
      if (!known.containsKey(present.service.scheduler())) {
        states.put(present.service.scheduler(), never(present.service.scheduler(), sums));
      }
    }
    known.forEach(
        (name, offer) ->
            states.put(name, state(name, offer, live.getOrDefault(name, new long[SUMS]))));
    return states;
  }

  private static SchedulerState never(String name, long[] sums) {
    return new SchedulerState(
        name,
        SchedulerKind.COUNTING,
        "",
        "",
        PluginState.ABSENT,
        (int) sums[0],
        sums[1],
        sums[2],
        sums[4],
        Instant.EPOCH,
        0);
  }

  private SchedulerState state(String name, Offers.Known<SchedulerProvider> known, long[] sums) {
    PluginState state =
        !offers.offered(name)
            ? PluginState.ABSENT
            : sums[3] > 0 ? PluginState.FAILED : PluginState.ACTIVE;
    Offers.Offer<SchedulerProvider> offer = known.offer();
    Past before = past.getOrDefault(name, Past.NOTHING);
    return new SchedulerState(
        name,
        offer.provider().kind(),
        offer.bundleName(),
        offer.version(),
        state,
        (int) sums[0],
        before.invocations + sums[1],
        before.failures + sums[2],
        before.evictions + sums[4],
        offer.since(),
        known.swaps());
  }
}
