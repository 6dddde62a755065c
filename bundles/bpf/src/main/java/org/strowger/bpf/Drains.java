package org.strowger.bpf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.strowger.api.AdminState;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.RealServerId;

/**
 * Finds what has drained for longer than the drain timeout of its virtual service: of services and
 * real servers that were drained or removed. When that began is kept in the plane's memory, in JDK
 * types, so that an update of the bundle does not begin the time anew. Weight 0 is no drain.
 *
 * <p>Guarded by the plane's lock.
 */
final class Drains {
  /** Connections of a service at one of its real servers. */
  record Leaving(String service, RealServerId real, int index) {
    String key() {
      return service + "|" + real;
    }
  }

  /** Map of {@code service|pool/real} to the nanoTime at which it began. */
  private static final String SINCE = "bpf.drainSince";

  /** Map of services to their drain timeout in nanoseconds; also of removed ones. */
  private static final String TIMEOUTS = "bpf.drainTimeouts";

  private final Map<String, Long> since;
  private final Map<String, Long> timeouts;

  Drains(ConcurrentMap<String, Object> memory) {
    since = map(memory, SINCE);
    timeouts = map(memory, TIMEOUTS);
  }

  @SuppressWarnings("unchecked") // the key names the type
  private static Map<String, Long> map(ConcurrentMap<String, Object> memory, String key) {
    return (Map<String, Long>)
        memory.computeIfAbsent(key, name -> new ConcurrentHashMap<String, Long>());
  }

  /** Those whose connections are to be cut now. */
  List<ConnectionFilter> due(
      List<ForwardedService> wanted, KernelTable table, LoadBook loads, long now) {
    for (ForwardedService each : wanted) {
      timeouts.put(each.service().name(), each.service().timeouts().drain().toNanos());
    }
    Map<String, Leaving> leaving = new HashMap<>();
    table.retiredNames().forEach(each -> leaving.put(each.key(), each));
    for (ForwardedService each : wanted) {
      BoundService bound = table.services().get(each.service().name());
      if (bound != null) {
        draining(each, bound).forEach(one -> leaving.put(one.key(), one));
      }
    }
    leaving.values().removeIf(each -> loads.held(each.index()) == 0);
    since.keySet().retainAll(leaving.keySet());
    Set<String> alive = new HashSet<>();
    leaving.values().forEach(each -> alive.add(each.service()));
    wanted.forEach(each -> alive.add(each.service().name()));
    timeouts.keySet().retainAll(alive);
    List<ConnectionFilter> due = new ArrayList<>();
    for (Leaving each : leaving.values()) {
      long limit = timeouts.getOrDefault(each.service(), 0L);
      long passed = now - since.computeIfAbsent(each.key(), key -> now);
      if (limit > 0 && passed >= limit) {
        due.add(ConnectionFilter.ALL.withService(each.service()).withReal(each.real()));
      }
    }
    return due;
  }

  private static List<Leaving> draining(ForwardedService wanted, BoundService bound) {
    boolean all = wanted.service().adminState() == AdminState.DRAIN;
    List<Leaving> draining = new ArrayList<>();
    for (int i = 0; i < bound.reals().size() && i < wanted.realServers().size(); i++) {
      if (all || wanted.realServers().get(i).adminState() == AdminState.DRAIN) {
        BoundReal real = bound.reals().get(i);
        draining.add(new Leaving(bound.name(), real.id(), real.index()));
      }
    }
    return draining;
  }
}
