package org.strowger.director;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BundleView;
import org.strowger.api.Configuration;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.PlaneState;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;

/** Reads the counters of all planes into one snapshot; any thread. */
final class Counting {
  private static final Logger LOG = LoggerFactory.getLogger(Counting.class);

  private Counting() {}

  static Snapshot snapshot(
      Control control,
      SchedulerShelf shelf,
      List<BundleView> bundles,
      Instant running,
      Instant now) {
    Control.Published moment = control.published();
    Map<String, VirtualServiceCounters> services = new HashMap<>();
    List<Map<RealServerId, RealServerCounters>> reals = new ArrayList<>();
    SortedMap<String, PlaneState> planes = new TreeMap<>();
    control.health().slot().refresh();
    for (PlaneSlot slot : control.forwarders().present()) {
      look(slot, moment.configuration());
      add(slot, services, reals, planes);
    }
    // While a plane is replaced its counters stand still: a counter never goes back.
    control.forwarders().away().forEach(slot -> add(slot, services, reals, planes));
    moment
        .configuration()
        .virtualServices()
        .keySet()
        .forEach(name -> services.putIfAbsent(name, VirtualServiceCounters.ZERO));
    return new Snapshot(
        moment.revision().number(),
        moment.version(),
        now,
        running,
        moment.configuration(),
        moment.revision().tree(),
        moment.observation().services(),
        moment.observation().pools(),
        moment.observation().realServers(),
        Map.copyOf(services),
        sum(reals),
        planes,
        shelf.states(),
        control.health().slot().counted(),
        control.health().slot().states(),
        control.health().probesOf(),
        control.health().types().states(moment.configuration().checks()),
        control.hooks().states(),
        control.health().role(),
        control.health().roles().report(),
        bundles,
        moment.alarms(),
        moment.revisions(),
        moment.revision().pending());
  }

  /** What it reports now; where that fails, what it reported before stands. */
  private static void look(PlaneSlot slot, Configuration configuration) {
    ForwardingPlane plane = slot.plane();
    try {
      ForwardingPlane.PlaneReport report = plane.report();
      Map<String, VirtualServiceCounters> services = new HashMap<>(report.services());
      Memory memory = new Memory(plane.memory());
      for (VirtualService service : configuration.virtualServices().values()) {
        services.computeIfPresent(
            service.name(), (name, counters) -> memory.count(service, counters));
      }
      slot.counted(new PlaneSlot.Counted(report.plane(), services, report.realServers()));
    } catch (RuntimeException | LinkageError thrown) { // a plane being replaced: the next snapshot
      LOG.atWarn().addKeyValue("plane", plane.name()).setCause(thrown).log("no counters");
    }
  }

  private static void add(
      PlaneSlot slot,
      Map<String, VirtualServiceCounters> services,
      List<Map<RealServerId, RealServerCounters>> reals,
      SortedMap<String, PlaneState> planes) {
    slot.counted()
        .ifPresent(
            counted -> {
              planes.put(slot.plane().name(), counted.plane());
              services.putAll(counted.services());
              if (!counted.reals().isEmpty()) {
                reals.add(counted.reals());
              }
            });
  }

  /** Mostly one plane has them all: 10,000 of them are not put into another map then. */
  private static Map<RealServerId, RealServerCounters> sum(
      List<Map<RealServerId, RealServerCounters>> reals) {
    if (reals.size() == 1) {
      return Collections.unmodifiableMap(reals.getFirst());
    }
    Map<RealServerId, RealServerCounters> sum = new HashMap<>();
    reals.forEach(
        each -> each.forEach((id, counters) -> sum.merge(id, counters, RealServerCounters::plus)));
    return Collections.unmodifiableMap(sum);
  }
}
