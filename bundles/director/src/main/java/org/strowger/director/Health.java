package org.strowger.director;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmType;
import org.strowger.api.Configuration;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthPolicy;
import org.strowger.api.HealthState;
import org.strowger.api.Pool;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.Why;

/**
 * Fuses all evidence about real servers to one finding each: what planes, checks, agents, traffic,
 * maintenance files and other real servers say, and what holds one down though nothing else speaks
 * against it. Used on the director's thread where it does not say otherwise.
 *
 * <p>What must outlive this bundle is kept in a plane's memory, in JDK types.
 */
final class Health {
  /** Between two looks at the health checker's counts, and at the counters of the traffic. */
  static final Duration LOOK = Duration.ofSeconds(1);

  private static final String PROBES = "director.probes";
  private static final String HOLDS = "director.holds";

  /** Keys in a plane's memory that belong to no virtual service. */
  static final Set<String> KEYS = Set.of(PROBES, HOLDS);

  private final HealthSlot slot;
  private final CheckTypes types = new CheckTypes();
  private final Holds holds = new Holds();
  private final Outliers outliers = new Outliers();
  private final Queue<RealServerId> released = new ConcurrentLinkedQueue<>();
  private volatile ProbePlan plan = ProbePlan.NONE;
  private volatile Map<RealServerId, Finding> findings = Map.of();
  private Configuration planned = ConfigurationReader.read(Map.of());
  private boolean restored;
  private boolean looks;
  private long looked = System.nanoTime() - LOOK.toNanos();
  private Map<RealServerId, RealServerCounters> counted = Map.of();

  Health(Runnable wake) {
    slot = new HealthSlot(wake);
  }

  /** Any thread. */
  HealthSlot slot() {
    return slot;
  }

  /** Any thread. */
  CheckTypes types() {
    return types;
  }

  /** Any thread. */
  Map<RealServerId, List<ProbeId>> probesOf() {
    return plan.of();
  }

  /** As last found; any thread. */
  Finding finding(RealServer real) {
    return findings.getOrDefault(real.id(), Finding.plain(real));
  }

  /** The operator wants it back; any thread. */
  void release(RealServerId id) {
    released.add(id);
  }

  /** What the checks of a real server say now; any thread. */
  Checked checked(Pool pool, RealServerId id) {
    return Checked.of(pool.health(), plan.of().getOrDefault(id, List.of()), slot.known());
  }

  /** What another director's bundle knew, once a plane is there that remembers it. */
  void restore(Configuration wanted, Optional<ConcurrentMap<String, Object>> memory) {
    if (restored || memory.isEmpty()) {
      return;
    }
    restored = true;
    if (memory.get().get(PROBES) instanceof Map<?, ?> probes) {
      probes.values().stream()
          .flatMap(each -> each instanceof Map<?, ?> map ? Stream.of(map) : Stream.of())
          .forEach(
              map ->
                  ProbeMemory.id(map)
                      .ifPresent(id -> ProbeMemory.state(map).ifPresent(s -> slot.restore(id, s))));
    }
    List<RealServer> reals = new ArrayList<>();
    wanted.pools().values().forEach(pool -> reals.addAll(pool.realServers().values()));
    holds.restore(map(memory.get(), HOLDS), reals);
  }

  /** Writes what a later director's bundle must know. */
  void remember(Optional<ConcurrentMap<String, Object>> memory, boolean all) {
    if (memory.isEmpty() || !restored) {
      return;
    }
    Map<String, Object> probes = map(memory.get(), PROBES);
    Set<ProbeId> news = slot.takeNews();
    Map<ProbeId, ProbeState> known = slot.known();
    if (all || probes.size() != known.size()) {
      Map<String, Object> now = new HashMap<>();
      known.forEach((id, state) -> now.put(ProbeMemory.key(id), ProbeMemory.write(id, state)));
      probes.keySet().retainAll(now.keySet());
      probes.putAll(now);
    } else {
      news.forEach(
          id ->
              Optional.ofNullable(known.get(id))
                  .ifPresent(
                      state -> probes.put(ProbeMemory.key(id), ProbeMemory.write(id, state))));
    }
    holds.remember(map(memory.get(), HOLDS));
  }

  @SuppressWarnings("unchecked") // the key names the type
  private static Map<String, Object> map(ConcurrentMap<String, Object> memory, String key) {
    return (Map<String, Object>)
        memory.computeIfAbsent(key, name -> new ConcurrentHashMap<String, Object>());
  }

  /** Tells the checker what to look at. */
  void tell(Configuration wanted) {
    slot.apply(plan, wanted.maintenanceFolder());
  }

  /**
   * The findings of now.
   *
   * @param unreachable real servers that a plane does not reach, and why
   * @param counters what was counted of them; asked for only if it matters
   */
  Map<RealServerId, Finding> find(
      Configuration wanted,
      Map<RealServerId, String> unreachable,
      Supplier<Map<RealServerId, RealServerCounters>> counters,
      long nanos) {
    if (!wanted.equals(planned)) { // first: whose checks are not known looks well
      plan = ProbePlan.of(wanted);
      planned = wanted;
    }
    for (RealServerId id = released.poll(); id != null; id = released.poll()) {
      holds.release(id);
      outliers.release(id);
    }
    Map<RealServerId, Finding> found = new HashMap<>();
    Set<RealServerId> all = new HashSet<>();
    boolean traffic =
        wanted.pools().values().stream().anyMatch(pool -> pool.health().outlier().enabled());
    looks = traffic || !plan.probes().isEmpty();
    if (looks && nanos - looked >= LOOK.toNanos()) {
      looked = nanos;
      slot.refresh();
      counted = traffic ? counters.get() : Map.of();
    }
    for (Pool pool : wanted.pools().values()) {
      all.addAll(ids(pool));
      outliers.look(pool, counted, id -> down(pool, id, unreachable), nanos);
      for (RealServer real : pool.realServers().values()) {
        found.put(real.id(), find(pool, real, unreachable.get(real.id()), nanos));
      }
    }
    holds.retain(all);
    outliers.retain(all);
    new Tracking(wanted, found).resolve();
    findings = Map.copyOf(found);
    return findings;
  }

  private static List<RealServerId> ids(Pool pool) {
    return pool.realServers().values().stream().map(RealServer::id).toList();
  }

  private boolean down(Pool pool, RealServerId id, Map<RealServerId, String> unreachable) {
    return unreachable.containsKey(id) || checked(pool, id).fault().isPresent();
  }

  private Finding find(Pool pool, RealServer real, @Nullable String unreachable, long nanos) {
    Fusion fusion = new Fusion(pool.health(), real);
    fusion.maintenance(slot.maintenance());
    Checked checked = checked(pool, real.id());
    fusion.agents(checked);
    fusion.plane(Optional.ofNullable(unreachable));
    fusion.checks(checked);
    fusion.outlier(outliers.ejected(real.id(), nanos));
    Holds.Hold hold = holds.follow(real, fusion.down(), fusion.failed(), pool.health(), nanos);
    fusion.held(hold);
    return fusion.finding();
  }

  /** The conditions that are alarms. */
  void conditions(Configuration wanted, Conditions conditions) {
    HealthState state = slot.counted();
    if (!plan.probes().isEmpty() && !slot.present()) {
      conditions.add(
          AlarmType.PLUGIN_MISSING,
          "unit=health",
          "no bundle offers the health checker; the last verdicts stand");
    }
    if (state.stalled() > 0 && slot.present()) {
      conditions.add(
          AlarmType.CHECK_STALLED,
          "unit=health",
          "looks start more than a second late; " + state.runningLimit() + " may run at once");
    }
    for (HealthCheck check : wanted.checks().values()) {
      if (!types.offers().offered(check.type())) {
        conditions.add(
            AlarmType.PLUGIN_MISSING,
            "check=" + check.name(),
            "no bundle offers the type " + check.type() + "; the last verdicts stand");
      }
    }
    slot.known().forEach((id, known) -> probe(id, known, conditions));
    findings.forEach(
        (id, finding) ->
            finding
                .flapping()
                .ifPresent(text -> conditions.realServer(AlarmType.REAL_FLAPPING, id, text)));
  }

  private static void probe(ProbeId id, ProbeState known, Conditions conditions) {
    String resource =
        "check=" + id.check() + ",endpoint=" + id.address().getHostAddress() + "_" + id.port();
    if (!known.faultText().isEmpty()) {
      conditions.add(AlarmType.CHECK_FAULTY, resource, known.faultText());
    }
    known
        .warning()
        .ifPresent(warning -> conditions.add(AlarmType.CERT_EXPIRING, resource, warning));
  }

  /** Nanoseconds until something may have changed without anybody saying so. */
  long nanosUntilDue(Configuration wanted, long nanos) {
    Map<RealServerId, HealthPolicy> policies = new HashMap<>();
    for (Pool pool : wanted.pools().values()) {
      if (pool.health().damping().enabled()) {
        ids(pool).forEach(id -> policies.put(id, pool.health()));
      }
    }
    long due = Math.min(holds.nanosUntilDue(policies, nanos), outliers.nanosUntilDue(nanos));
    return looks ? Math.min(due, LOOK.toNanos()) : due;
  }

  /** Evidence about a real server in the order in which it counts; any thread. */
  List<Why.Evidence> evidence(Pool pool, RealServer real) {
    slot.refresh();
    return finding(real).with(checked(pool, real.id()).each());
  }
}
