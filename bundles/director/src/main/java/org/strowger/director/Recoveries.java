package org.strowger.director;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.strowger.api.Configuration;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;

/**
 * Which real servers came back from being down, and when: those are in slow start. One that never
 * failed is not, as all are when the director starts; nor is one whose operator brought it back, or
 * that was given another address. Used on the director's thread.
 */
final class Recoveries {
  private record Place(InetAddress address, int port) {
    static Place of(RealServer real) {
      return new Place(real.address(), real.port());
    }
  }

  /** In a plane's memory: it is down. A number there is when one came back. */
  private static final String DOWN = "down";

  private final Map<RealServerId, Place> down = new HashMap<>();
  private final Map<RealServerId, Long> since = new HashMap<>();

  /**
   * Takes over who is down now after it was up.
   *
   * @param acting the real server with the weight that its agents give it
   * @param nanos monotonic clock
   * @return the weights of now of those whose weight is not whole yet
   */
  Map<RealServerId, Integer> follow(
      Configuration wanted,
      Set<RealServerId> failed,
      UnaryOperator<RealServer> acting,
      long nanos) {
    Map<RealServerId, Integer> weights = new HashMap<>();
    Map<RealServerId, Place> places = new HashMap<>();
    for (Pool pool : wanted.pools().values()) {
      SlowStart slow = slowStart(pool);
      for (RealServer real : pool.realServers().values()) {
        RealServerId id = real.id();
        Place place = Place.of(real);
        if (failed.contains(id)) {
          places.put(id, place);
          since.remove(id);
        } else if (place.equals(down.get(id))) {
          since.put(id, nanos);
        }
        Long start = since.get(id);
        if (start != null && !slow.over(Duration.ofNanos(nanos - start))) {
          weights.put(
              id, slow.weight(acting.apply(real).weight(), Duration.ofNanos(nanos - start)));
        }
      }
    }
    down.clear();
    down.putAll(places);
    since.keySet().retainAll(weights.keySet());
    return weights;
  }

  /** Writes what a later director's bundle must know: who is down, and who came back when. */
  void remember(Map<String, Object> memory) {
    Map<String, Object> now = new HashMap<>();
    down.forEach((id, place) -> now.put(key(id, place), DOWN));
    since.forEach((id, start) -> now.put(id.toString(), start));
    memory.keySet().retainAll(now.keySet());
    memory.putAll(now);
  }

  /** Reads what an earlier one wrote. */
  void restore(Map<String, Object> memory, Configuration wanted) {
    for (Pool pool : wanted.pools().values()) {
      for (RealServer real : pool.realServers().values()) {
        Place place = Place.of(real);
        if (memory.containsKey(key(real.id(), place))) {
          down.put(real.id(), place);
        }
        if (memory.get(real.id().toString()) instanceof Long start) {
          since.put(real.id(), start);
        }
      }
    }
  }

  private static String key(RealServerId id, Place place) {
    return id + "@" + place.address.getHostAddress() + "|" + place.port;
  }

  /** Nanoseconds until the next weight changes; {@code Long.MAX_VALUE} if none will. */
  long nanosUntilStep(Configuration wanted, long nanos) {
    long soonest = Long.MAX_VALUE;
    for (Map.Entry<RealServerId, Long> one : since.entrySet()) {
      Pool pool = wanted.pools().get(one.getKey().pool());
      if (pool != null) {
        Duration passed = Duration.ofNanos(nanos - one.getValue());
        soonest = Math.min(soonest, slowStart(pool).untilNextStep(passed).toNanos());
      }
    }
    return soonest;
  }

  private static SlowStart slowStart(Pool pool) {
    return new SlowStart(pool.slowStart(), SlowStart.DEFAULT_LEAST_PERCENT);
  }
}
