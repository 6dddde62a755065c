package org.strowger.director;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Configuration;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.VirtualService;

/** The forwarding planes that are there, and those that went a moment ago; any thread. */
final class Forwarders {
  /**
   * How long a plane may be away, as while its bundle is replaced, before its services are down.
   */
  static final Duration ABSENCE = Duration.ofSeconds(5);

  /** How long after the start the kernel's plane may be late: it loads programs, a JVM warms up. */
  static final Duration START = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Forwarders.class);

  /** A plane that went, and when. */
  private record Away(PlaneSlot slot, long since) {
    long left(long nanos) {
      return Math.max(0, ABSENCE.toNanos() - (nanos - since));
    }
  }

  private final Runnable wake;
  private final Map<ForwardingPlane, PlaneSlot> planes = new ConcurrentHashMap<>();

  /** When this was first asked about time. */
  private OptionalLong begun = OptionalLong.empty();

  /** By name: the connections of these go on meanwhile, and what they reported stands. */
  private final Map<String, Away> away = new ConcurrentHashMap<>();

  Forwarders(Runnable wake) {
    this.wake = wake;
  }

  void came(ForwardingPlane plane) {
    Away before = away.remove(plane.name());
    planes.put(
        plane, before == null ? new PlaneSlot(plane, wake) : PlaneSlot.after(before.slot, plane));
    wake.run();
  }

  void went(ForwardingPlane plane) {
    PlaneSlot slot = planes.remove(plane);
    if (slot != null) {
      away.put(plane.name(), new Away(slot, System.nanoTime()));
    }
    wake.run();
  }

  Collection<PlaneSlot> present() {
    return planes.values();
  }

  /** Planes that went a moment ago, perhaps to come back with new code. */
  List<PlaneSlot> away() {
    return away.values().stream().map(Away::slot).toList();
  }

  /** Gives up those that were away for too long. */
  void expire(long nanos) {
    if (begun.isEmpty()) {
      begun = OptionalLong.of(nanos);
    }
    away.values().removeIf(gone -> gone.left(nanos) == 0);
  }

  /** Nanoseconds until the next one is given up; {@code Long.MAX_VALUE} if none will be. */
  long nanosUntilDue(long nanos) {
    long returns =
        away.values().stream().mapToLong(gone -> gone.left(nanos)).min().orElse(Long.MAX_VALUE);
    return starting(nanos)
        ? Math.min(returns, START.toNanos() - (nanos - begun.getAsLong()))
        : returns;
  }

  /** Whether a plane that is not there may only not have come yet. */
  boolean starting(long nanos) {
    return begun.isPresent() && nanos - begun.getAsLong() < START.toNanos();
  }

  /** Of these planes that of each virtual service that one can forward. */
  static Map<String, PlaneSlot> of(Configuration wanted, Collection<PlaneSlot> planes) {
    Map<String, PlaneSlot> forwarders = new HashMap<>();
    Map<String, Set<Optional<ForwardingMethod>>> said = KernelRules.said(wanted);
    for (VirtualService service : wanted.virtualServices().values()) {
      for (PlaneSlot slot : planes) {
        if (slot.plane().methods().containsAll(KernelRules.methods(said, service))) {
          forwarders.put(service.name(), slot);
        }
      }
    }
    return forwarders;
  }

  /** Real servers that a plane does not reach, and why. */
  Map<RealServerId, String> unreachable() {
    Map<RealServerId, String> unreachable = new HashMap<>();
    planes.values().forEach(slot -> unreachable.putAll(slot.unreachable()));
    away().forEach(slot -> unreachable.putAll(slot.unreachable()));
    return unreachable;
  }

  /** The memory of a plane that is able to forward, if there is one: the same one of several. */
  Optional<ConcurrentMap<String, Object>> memory() {
    Comparator<PlaneSlot> byName = Comparator.comparing(slot -> slot.plane().name());
    for (PlaneSlot slot : planes.values().stream().sorted(byName.reversed()).toList()) {
      try {
        if (!slot.plane().methods().isEmpty()) {
          return Optional.of(slot.plane().memory());
        }
      } catch (RuntimeException | LinkageError thrown) { // a plane being replaced: the next time
        LOG.atWarn().addKeyValue("plane", slot.plane().name()).setCause(thrown).log("no memory");
      }
    }
    return Optional.empty();
  }

  /** What is counted of real servers now. */
  Map<RealServerId, RealServerCounters> counters() {
    Map<RealServerId, RealServerCounters> counters = new HashMap<>();
    for (PlaneSlot slot : planes.values()) {
      try {
        slot.plane()
            .report()
            .realServers()
            .forEach((id, each) -> counters.merge(id, each, RealServerCounters::plus));
      } catch (RuntimeException | LinkageError thrown) { // a plane being replaced: the next look
        LOG.atWarn().addKeyValue("plane", slot.plane().name()).setCause(thrown).log("no counters");
      }
    }
    return counters;
  }
}
