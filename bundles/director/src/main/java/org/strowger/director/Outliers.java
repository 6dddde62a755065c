package org.strowger.director;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.strowger.api.HealthPolicy;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;

/**
 * Real servers that are left alone for a while because of what the traffic itself shows: passive
 * health checks. An ejection is the longer the more of them there were lately. Used on the
 * director's thread.
 */
final class Outliers {
  /** Fewer real servers with a known response time have no median worth the name. */
  static final int LEAST_FOR_MEDIAN = 3;

  private static final long LOOK_NANOS = Health.LOOK.toNanos();

  private static final class Case {
    private RealServerCounters counted;
    private int ejections;
    private long until;
    private long behavedSince;
    private boolean out;
    private String why = "";

    Case(RealServerCounters counted, long nanos) {
      this.counted = counted;
      this.behavedSince = nanos;
    }
  }

  private final Map<RealServerId, Case> records = new HashMap<>();
  private final Map<String, Long> looked = new HashMap<>();

  /**
   * Looks at the counters of a pool, about once a second.
   *
   * @param down those that take no connections for another reason
   */
  void look(
      Pool pool,
      Map<RealServerId, RealServerCounters> counters,
      Predicate<RealServerId> down,
      long nanos) {
    HealthPolicy.Outlier policy = pool.health().outlier();
    if (!policy.enabled()) {
      pool.realServers().values().forEach(real -> records.remove(real.id()));
      looked.remove(pool.name());
      return;
    }
    Long before = looked.get(pool.name());
    if (before != null && nanos - before < LOOK_NANOS) {
      return;
    }
    looked.put(pool.name(), nanos);
    long median = median(pool, counters);
    int ejected = comeBack(pool, nanos);
    for (RealServer real : pool.realServers().values()) {
      RealServerCounters now = counters.getOrDefault(real.id(), RealServerCounters.ZERO);
      Case its = records.computeIfAbsent(real.id(), id -> new Case(now, nanos));
      Optional<String> why = why(policy, its.counted, now, median);
      its.counted = now;
      if (its.out) {
        continue;
      }
      if (why.isPresent()) {
        its.behavedSince = nanos;
        if (mayEject(pool, policy, ejected, real.id(), down)) {
          eject(its, policy, why.get(), nanos);
          ejected++;
        }
      } else {
        forgive(its, policy, nanos);
      }
    }
  }

  private static Optional<String> why(
      HealthPolicy.Outlier policy, RealServerCounters before, RealServerCounters now, long median) {
    long failures =
        now.connFailures() - before.connFailures() + now.connsReset() - before.connsReset();
    if (policy.failures() > 0 && failures >= policy.failures()) {
      return Optional.of(failures + " connections failed or were reset within a second");
    }
    boolean slow =
        policy.responseFactor() > 0
            && median > 0
            && now.connsTotal() > before.connsTotal()
            && now.responseMicros() > median * policy.responseFactor();
    return slow
        ? Optional.of(
            "it answers after "
                + now.responseMicros()
                + " us, the median of the pool is "
                + median
                + " us")
        : Optional.empty();
  }

  private static long median(Pool pool, Map<RealServerId, RealServerCounters> counters) {
    List<Long> times = new ArrayList<>();
    for (RealServer real : pool.realServers().values()) {
      long micros = counters.getOrDefault(real.id(), RealServerCounters.ZERO).responseMicros();
      if (micros > 0) {
        times.add(micros);
      }
    }
    times.sort(null);
    return times.size() < LEAST_FOR_MEDIAN ? 0 : times.get(times.size() / 2);
  }

  /** Ends what is over; the number that is still ejected. */
  private int comeBack(Pool pool, long nanos) {
    int ejected = 0;
    for (RealServer real : pool.realServers().values()) {
      Case its = records.get(real.id());
      if (its != null && its.out) {
        if (nanos - its.until >= 0) {
          its.out = false;
          its.behavedSince = nanos;
        } else {
          ejected++;
        }
      }
    }
    return ejected;
  }

  private boolean mayEject(
      Pool pool,
      HealthPolicy.Outlier policy,
      int ejected,
      RealServerId id,
      Predicate<RealServerId> down) {
    int most = Math.max(1, pool.realServers().size() * policy.maxEjected() / 100);
    boolean anotherServes =
        pool.realServers().values().stream()
            .map(RealServer::id)
            .anyMatch(other -> !other.equals(id) && !out(other) && !down.test(other));
    return ejected < most && anotherServes && !down.test(id);
  }

  private boolean out(RealServerId id) {
    Case its = records.get(id);
    return its != null && its.out;
  }

  private static void eject(Case its, HealthPolicy.Outlier policy, String why, long nanos) {
    its.ejections++;
    Duration length = policy.ejection().multipliedBy(its.ejections);
    if (length.compareTo(policy.longestEjection()) > 0) {
      length = policy.longestEjection();
      its.ejections--; // it would have to behave for ever to be forgiven
    }
    its.out = true;
    its.until = nanos + length.toNanos();
    its.why = why + "; ejected for " + length.toSeconds() + " s";
  }

  /** For each ejection time that it has behaved, the next ejection is shorter by one. */
  private static void forgive(Case its, HealthPolicy.Outlier policy, long nanos) {
    if (its.ejections > 0 && nanos - its.behavedSince >= policy.ejection().toNanos()) {
      its.ejections--;
      its.behavedSince = nanos;
    }
  }

  /** Why it is ejected, if it is. */
  Optional<String> ejected(RealServerId id, long nanos) {
    @Nullable Case its = records.get(id);
    if (its == null || !its.out) {
      return Optional.empty();
    }
    if (nanos - its.until >= 0) {
      its.out = false;
      its.behavedSince = nanos;
      return Optional.empty();
    }
    return Optional.of(its.why);
  }

  /** The operator wants it back. */
  void release(RealServerId id) {
    Optional.ofNullable(records.get(id)).ifPresent(its -> its.out = false);
  }

  void retain(Set<RealServerId> wanted) {
    records.keySet().retainAll(wanted);
  }

  /** Writes what a later director's bundle must know. */
  void remember(Map<String, Object> memory) {
    Map<String, Object> now = new HashMap<>();
    records.forEach(
        (id, its) -> {
          if (its.out || its.ejections > 0) {
            now.put(
                id.toString(),
                List.of(its.ejections, its.until, its.behavedSince, its.out, its.why));
          }
        });
    memory.keySet().retainAll(now.keySet());
    memory.putAll(now);
  }

  /**
   * Reads what an earlier one wrote.
   *
   * @param counters of now: what was counted before is no new evidence
   */
  void restore(
      Map<String, Object> memory,
      Set<RealServerId> wanted,
      Map<RealServerId, RealServerCounters> counters,
      long nanos) {
    for (RealServerId id : wanted) {
      if (memory.get(id.toString()) instanceof List<?> cells
          && cells.size() >= 5
          && cells.get(0) instanceof Integer ejections
          && cells.get(1) instanceof Long until
          && cells.get(2) instanceof Long behavedSince
          && cells.get(3) instanceof Boolean out
          && cells.get(4) instanceof String why) {
        Case its = new Case(counters.getOrDefault(id, RealServerCounters.ZERO), nanos);
        its.ejections = ejections;
        its.until = until;
        its.behavedSince = behavedSince;
        its.out = out;
        its.why = why;
        records.put(id, its);
      }
    }
  }

  /** Nanoseconds until the next ejection ends. */
  long nanosUntilDue(long nanos) {
    return records.values().stream()
        .filter(its -> its.out)
        .mapToLong(its -> Math.max(0, its.until - nanos))
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
