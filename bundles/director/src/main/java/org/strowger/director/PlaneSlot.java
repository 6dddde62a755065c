package org.strowger.director;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.ForwardingTable;
import org.strowger.api.KernelSettings;
import org.strowger.api.PlaneEvent;
import org.strowger.api.PlaneListener;
import org.strowger.api.PlaneState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;

/**
 * One forwarding plane: what it was told last, and what it reported. Reports come on the plane's
 * threads, each replacing what it said before of the same thing; the rest runs on the director's.
 */
final class PlaneSlot implements PlaneListener {
  private static final Logger LOG = LoggerFactory.getLogger(PlaneSlot.class);

  private record Entry(Wanted told, ForwardedService forwarded, ServiceChooser chooser) {}

  private final ForwardingPlane plane;
  private final Runnable wake;
  private final Map<RealServerId, String> unreachable = new ConcurrentHashMap<>();
  private final Map<String, Optional<String>> listening = new ConcurrentHashMap<>();
  private final Map<String, String> shortages = new ConcurrentHashMap<>();
  private final Map<RealServerId, InetSocketAddress> endpoints = new HashMap<>();
  private volatile Map<String, Entry> entries = Map.of();
  private volatile Optional<Counted> counted = Optional.empty();
  private KernelSettings told = KernelSettings.NONE;
  private Set<InetAddress> toldFloating = Set.of();
  private boolean applied;
  private boolean inherited;

  PlaneSlot(ForwardingPlane plane, Runnable wake) {
    this.plane = plane;
    this.wake = wake;
  }

  /**
   * The same plane with new code: what the one before it had reported stands until this one has
   * been handed its table, and has said what it knows itself.
   */
  static PlaneSlot after(PlaneSlot before, ForwardingPlane plane) {
    PlaneSlot slot = new PlaneSlot(plane, before.wake);
    slot.unreachable.putAll(before.unreachable);
    slot.listening.putAll(before.listening);
    slot.counted = before.counted;
    slot.inherited = true;
    return slot;
  }

  ForwardingPlane plane() {
    return plane;
  }

  /** Whether the plane was told to forward this service. */
  boolean forwards(String service) {
    return entries.containsKey(service);
  }

  /** What was counted of a plane. */
  record Counted(
      PlaneState plane,
      Map<String, VirtualServiceCounters> services,
      Map<RealServerId, RealServerCounters> reals) {}

  /** What was counted at the last look: stands while the plane is being replaced. */
  Optional<Counted> counted() {
    return counted;
  }

  void counted(Counted now) {
    counted = Optional.of(now);
  }

  /** Real servers that it found unreachable, and why. */
  Map<RealServerId, String> unreachable() {
    return unreachable;
  }

  /** For each service it was told: empty if it listens, else why not; absent = not known yet. */
  Map<String, Optional<String>> listening() {
    return listening;
  }

  /** What it is short of, and why. */
  Map<String, String> shortages() {
    return shortages;
  }

  @Override
  public void on(PlaneEvent event) {
    switch (event) {
      case PlaneEvent.RealServerUnreachable down -> unreachable.put(down.id(), down.why());
      case PlaneEvent.RealServerReachable up -> unreachable.remove(up.id());
      case PlaneEvent.ListenFailed failed ->
          listening.put(failed.service(), Optional.of(failed.why()));
      case PlaneEvent.Listening ok -> listening.put(ok.service(), Optional.empty());
      case PlaneEvent.ResourceShort(String resource, String why) -> shortages.put(resource, why);
      case PlaneEvent.ResourceEased(String resource) -> shortages.remove(resource);
    }
    wake.run();
  }

  /**
   * What one service needs of a plane; an equal one need not be told anew.
   *
   * @param directorLimit most connections over all services; 0 is no limit
   */
  record Wanted(
      VirtualService service,
      boolean listening,
      ServerGroup.Wanted pool,
      Optional<ServerGroup.Wanted> backup,
      long directorLimit,
      ServiceState state) {
    /** The real servers of the pool, and behind them those of the backup pool, for the plane. */
    List<RealServer> reals() {
      List<RealServer> reals = new ArrayList<>(pool.told());
      backup.ifPresent(other -> reals.addAll(other.told()));
      return reals;
    }
  }

  /** Hands the plane the whole set, if anything of it is new; whether it was. */
  boolean apply(
      long version, KernelSettings kernel, Set<InetAddress> floating, List<Wanted> wanted) {
    Map<String, Entry> next = new HashMap<>();
    List<ForwardedService> services = new ArrayList<>();
    boolean same =
        applied
            && wanted.size() == entries.size()
            && kernel.equals(told)
            && floating.equals(toldFloating);
    for (Wanted each : wanted) {
      Entry before = entries.get(each.service.name());
      Entry entry = before != null && before.told.equals(each) ? before : entry(each);
      same &= before != null && before.told.equals(each);
      next.put(each.service.name(), entry);
      services.add(entry.forwarded);
    }
    if (same) {
      return false;
    }
    entries = next;
    told = kernel;
    toldFloating = floating;
    forgetMoved(wanted);
    listening.keySet().retainAll(next.keySet());
    if (inherited) { // what follows is what the plane itself knows
      inherited = false;
      unreachable.clear();
      listening.clear();
    }
    try {
      plane.apply(new ForwardingTable(version, services, kernel, floating), this);
      applied = true;
    } catch (RuntimeException
        | LinkageError thrown) { // a plane being replaced; the next one is told
      applied = false;
      LOG.atWarn().addKeyValue("plane", plane.name()).setCause(thrown).log("table not taken");
    }
    return true;
  }

  /** What was seen of a real server that is gone or has another address now says nothing. */
  private void forgetMoved(List<Wanted> wanted) {
    Map<RealServerId, InetSocketAddress> now = new HashMap<>();
    for (Wanted each : wanted) {
      for (RealServer real : each.reals()) {
        now.put(real.id(), new InetSocketAddress(real.address(), real.port()));
      }
    }
    for (RealServerId id : List.copyOf(unreachable.keySet())) {
      if (!now.containsKey(id) || !now.get(id).equals(endpoints.getOrDefault(id, now.get(id)))) {
        unreachable.remove(id);
        wake.run();
      }
    }
    endpoints.clear();
    endpoints.putAll(now);
  }

  /** Forgets what the plane remembers for others than these services. */
  void forget(Collection<VirtualService> services) {
    try {
      new Memory(plane.memory()).retain(services.stream());
    } catch (RuntimeException | LinkageError thrown) { // a plane being replaced: the next time
      LOG.atWarn().addKeyValue("plane", plane.name()).setCause(thrown).log("not forgotten");
    }
  }

  private Entry entry(Wanted told) {
    ServiceChooser chooser = new ServiceChooser(told, new Memory(plane.memory()));
    return new Entry(
        told, new ForwardedService(told.service, told.listening, told.reals(), chooser), chooser);
  }

  Optional<ForwardedService> forwarded(String service) {
    return Optional.ofNullable(entries.get(service)).map(Entry::forwarded);
  }

  Optional<ServiceChooser> chooser(String service) {
    return Optional.ofNullable(entries.get(service)).map(Entry::chooser);
  }
}
