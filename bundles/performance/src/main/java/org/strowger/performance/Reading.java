package org.strowger.performance;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.strowger.api.OperState;
import org.strowger.api.Performance.ObjectClass;
import org.strowger.api.Performance.ObjectId;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Snapshot;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/**
 * The counters of one object at one moment, and how it is then.
 *
 * @param connsActive gauge
 */
record Reading(
    long conns,
    long rejected,
    long bytesIn,
    long bytesOut,
    long packetsIn,
    long packetsOut,
    long connsActive,
    boolean down,
    boolean degraded) {

  static final Reading NONE = new Reading(0, 0, 0, 0, 0, 0, 0, false, false);

  /** How a connection ends that no real server got. */
  private static final Set<Verdict> REJECTED =
      EnumSet.of(
          Verdict.NO_REAL_SERVER,
          Verdict.CONNECT_FAILED,
          Verdict.ACCESS_DENIED,
          Verdict.CONNECTION_LIMIT,
          Verdict.RATE_LIMIT,
          Verdict.NOT_IN_SERVICE,
          Verdict.CONTROL_ABSENT,
          Verdict.QUEUE_EXPIRED,
          Verdict.QUEUE_FULL,
          Verdict.BAD_PROXY_HEADER,
          Verdict.TABLE_FULL,
          Verdict.NO_SOURCE_PORT);

  /** All objects that are measured, in their order: the director, its services, real servers. */
  static Map<ObjectId, Reading> of(Snapshot snapshot, boolean realServers) {
    Map<ObjectId, Reading> all = new LinkedHashMap<>();
    ObjectId director = new ObjectId(ObjectClass.DIRECTOR, "");
    all.put(director, NONE);
    Reading sum = NONE;
    for (String name : snapshot.configuration().virtualServices().keySet()) {
      Reading service = service(snapshot, name);
      all.put(new ObjectId(ObjectClass.SERVICE, name), service);
      sum = sum.plus(service);
    }
    all.put(director, sum);
    for (Pool pool : realServers ? snapshot.configuration().pools().values() : List.<Pool>of()) {
      for (RealServer real : pool.realServers().values()) {
        all.put(
            new ObjectId(ObjectClass.REAL, real.id().pool() + "/" + real.id().real()),
            real(snapshot, real.id()));
      }
    }
    return all;
  }

  private static Reading service(Snapshot snapshot, String name) {
    VirtualServiceCounters counters =
        snapshot.serviceCounters().getOrDefault(name, VirtualServiceCounters.ZERO);
    VirtualServiceState state = snapshot.services().get(name);
    return new Reading(
        counters.connsTotal(),
        REJECTED.stream().mapToLong(counters::count).sum(),
        counters.bytesIn(),
        counters.bytesOut(),
        counters.packetsIn(),
        counters.packetsOut(),
        counters.connsActive(),
        state != null && state.operState() == OperState.DOWN,
        state != null && state.operState() == OperState.DEGRADED);
  }

  private static Reading real(Snapshot snapshot, RealServerId id) {
    RealServerCounters counters =
        snapshot.realServerCounters().getOrDefault(id, RealServerCounters.ZERO);
    RealServerState state = snapshot.realServers().get(id);
    boolean down = state != null && state.operState() == OperState.DOWN;
    return new Reading(
        counters.connsTotal(),
        counters.connFailures(),
        counters.bytesIn(),
        counters.bytesOut(),
        0,
        0,
        counters.connsActive(),
        down,
        false);
  }

  /** Of the director: down while any of its services is. */
  private Reading plus(Reading other) {
    return new Reading(
        conns + other.conns,
        rejected + other.rejected,
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut,
        packetsIn + other.packetsIn,
        packetsOut + other.packetsOut,
        connsActive + other.connsActive,
        down || other.down,
        degraded || other.degraded);
  }

  /** Whether a counter is less than it was: it began anew meanwhile. */
  boolean wentBack(Reading before) {
    return conns < before.conns
        || rejected < before.rejected
        || bytesIn < before.bytesIn
        || bytesOut < before.bytesOut
        || packetsIn < before.packetsIn
        || packetsOut < before.packetsOut;
  }
}
