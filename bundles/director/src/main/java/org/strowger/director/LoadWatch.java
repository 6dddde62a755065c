package org.strowger.director;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmType;
import org.strowger.api.Configuration;
import org.strowger.api.Loads;
import org.strowger.api.RealServerId;
import org.strowger.api.VirtualService;

/**
 * The alarms of what is full: looked at once a second while any limit or threshold is configured,
 * and never otherwise. A limit that was reached stays reached until less than nine tenths of it are
 * held, and nobody was refused because of it for {@link #LINGER_NANOS}. Used on the director's
 * thread.
 */
final class LoadWatch {
  static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Logger LOG = LoggerFactory.getLogger(LoadWatch.class);
  private static final String DIRECTOR = "unit=director";

  private final Set<String> reached = new HashSet<>();
  private boolean needed;

  /** Adds the conditions that hold now. */
  void look(
      Configuration wanted, Map<String, PlaneSlot> forwarders, Conditions conditions, long nanos) {
    Set<String> before = Set.copyOf(reached);
    reached.clear();
    needed = wanted.connectionLimit() > 0;
    Map<PlaneSlot, Long> held = new HashMap<>();
    Map<RealServerId, String> full = new TreeMap<>();
    boolean refused = false;
    for (VirtualService service : wanted.virtualServices().values()) {
      PlaneSlot slot = forwarders.get(service.name());
      ServiceChooser chooser = slot == null ? null : slot.chooser(service.name()).orElse(null);
      if (slot == null || chooser == null) {
        continue;
      }
      Loads loads = loads(slot, service.name());
      held.putIfAbsent(slot, loads.director());
      refused |= chooser.state().directorLimit().within(LINGER_NANOS, nanos);
      service(service, chooser, loads, before, conditions, nanos);
      needed |= chooser.bounded();
      if (chooser.bounded()) {
        chooser.eachFull(
            loads,
            (id, fill) ->
                full.putIfAbsent(id, fill + " connections of virtual service " + service.name()));
      }
    }
    director(wanted.connectionLimit(), held, refused, before, conditions);
    full.forEach((id, text) -> conditions.realServer(AlarmType.REAL_OVERLOADED, id, text));
  }

  private static Loads loads(PlaneSlot slot, String service) {
    try {
      return slot.plane().loads(service);
    } catch (RuntimeException | LinkageError thrown) { // a plane being replaced: the next look
      LOG.atWarn().addKeyValue("plane", slot.plane().name()).setCause(thrown).log("no loads");
      return Loads.NONE;
    }
  }

  private void service(
      VirtualService service,
      ServiceChooser chooser,
      Loads loads,
      Set<String> before,
      Conditions conditions,
      long nanos) {
    String resource = "service=" + service.name();
    long limit = service.limits().connections();
    boolean refused = chooser.state().connectionLimit().within(LINGER_NANOS, nanos);
    if (limit > 0) {
      needed = true;
      if (refused || full(loads.service(), limit, before.contains(resource))) {
        reached.add(resource);
        String text = "the limit of " + limit + " connections is reached";
        conditions.add(AlarmType.SERVICE_CONN_LIMIT, resource, text);
      }
    }
    if (LimitCheck.bySource(service.limits())) {
      needed = true;
      if (chooser.state().sourcesForgotten().within(LINGER_NANOS, nanos)) {
        conditions.shortage(
            "sources." + service.name(),
            "more than "
                + LimitCheck.MAX_SOURCES
                + " sources at once: the counts of some were given up");
      }
    }
  }

  private void director(
      long limit,
      Map<PlaneSlot, Long> held,
      boolean refused,
      Set<String> before,
      Conditions conditions) {
    long all = held.values().stream().mapToLong(Long::longValue).sum();
    if (limit > 0 && (refused || full(all, limit, before.contains(DIRECTOR)))) {
      reached.add(DIRECTOR);
      String text = "the limit of " + limit + " connections is reached";
      conditions.add(AlarmType.CONNECTION_LIMIT, DIRECTOR, text);
    }
  }

  private static boolean full(long held, long limit, boolean before) {
    return before ? held * 10 >= limit * 9 : held >= limit;
  }

  /** Nanoseconds until the next look; {@code Long.MAX_VALUE} if nothing needs one. */
  long nanosUntilLook() {
    return needed ? LOOK_NANOS : Long.MAX_VALUE;
  }
}
