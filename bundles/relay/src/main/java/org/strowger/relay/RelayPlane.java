package org.strowger.relay;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AdminState;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.ForwardingTable;
import org.strowger.api.Loads;
import org.strowger.api.PlaneEvent;
import org.strowger.api.PlaneListener;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;

/**
 * The forwarding plane in user space. It translates tables for the wire and answers the wire's
 * questions; all that lives is the wire's, so this object may be replaced at any moment.
 *
 * <p>Threads: {@code apply} on the director's, the decider's methods on the wire's loops, the rest
 * on any.
 */
final class RelayPlane implements ForwardingPlane, Decider, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RelayPlane.class);

  private final Prober prober = new Prober(this::unreachable, this::reached);

  private final DrainDeadlines drains =
      new DrainDeadlines(this::checkDrains, filter -> disconnect(filter));

  private final LedgerNames names = new LedgerNames();

  /** All wires, the one that holds the listening sockets first; the others drain. */
  private volatile List<Wire> wires = List.of();

  private volatile Map<String, BoundService> services = Map.of();

  /** Those of {@link #services}: asked for with each failed connection. */
  private volatile Endpoints endpoints = Endpoints.of(List.of());

  private volatile PlaneListener listener = event -> {};
  private volatile @Nullable Evidence evidence;
  private volatile boolean applied;
  private boolean closed;

  @Override
  public String name() {
    return "relay";
  }

  @Override
  public Set<ForwardingMethod> methods() {
    return wires.isEmpty() ? Set.of() : Set.of(ForwardingMethod.RELAY);
  }

  // --- wires come and go

  /** The wires that are there now, the one that holds the listening sockets first. */
  synchronized void wires(List<Wire> present) {
    if (closed) {
      return; // the wires are still there, and go on
    }
    List<Wire> before = wires;
    wires = List.copyOf(present);
    if (present.isEmpty()) {
      evidence = null;
      services.values().forEach(s -> listener.on(noWire(s.name())));
      return;
    }
    Wire first = present.getFirst();
    boolean other = before.isEmpty() || !before.getFirst().equals(first);
    if (other) {
      evidence = new Evidence(first.memory());
    }
    if (applied) {
      if (other) {
        hand(first);
      }
      present.forEach(wire -> wire.decideBy(this));
      if (other) {
        tellAll(first, listener);
      }
    }
  }

  private static PlaneEvent noWire(String service) {
    return new PlaneEvent.ListenFailed(service, "the wire bundle is not started");
  }

  /** Gives the present table to a wire and reads its ledger. */
  private void hand(Wire wire) {
    wire.apply(services.values().stream().map(this::forWire).toList());
    Ledger ledger = new Ledger(wire.ledger());
    services.values().forEach(service -> service.read(ledger));
  }

  private Map<String, Object> forWire(BoundService bound) {
    return WireForm.of(
        bound.forwarded(),
        (id, address) -> {
          Evidence now = evidence;
          return now == null || !now.isUnreachable(Evidence.key(id.toString(), address));
        });
  }

  // --- tables

  @Override
  public synchronized void apply(ForwardingTable table, PlaneListener told) {
    if (closed) {
      return; // the wires ask the one that comes, or choose by themselves
    }
    Map<String, BoundService> next = new LinkedHashMap<>();
    for (ForwardedService service : table.services()) {
      String serviceName = service.service().name();
      next.put(
          serviceName,
          new BoundService(service, services.get(serviceName), this::held, this::askAgain));
    }
    boolean news = !told.equals(listener);
    listener = told;
    services = next;
    endpoints = Endpoints.of(next.values());
    drains.follow(table.services());
    applied = true;
    List<Wire> present = wires;
    if (present.isEmpty()) {
      next.keySet().forEach(serviceName -> told.on(noWire(serviceName)));
      return;
    }
    hand(present.getFirst());
    forget();
    present.forEach(wire -> wire.decideBy(this));
    cut(table);
    checkDrains();
    if (news) {
      tellAll(present.getFirst(), told);
    }
  }

  /** For those who were given no answer: not on the loop that has just chosen. */
  private void askAgain() {
    Thread.ofVirtual().name("relay-ask-again").start(this::decideAgain);
  }

  private synchronized void decideAgain() {
    if (!closed && applied) {
      wires.forEach(wire -> wire.decideBy(this));
    }
  }

  /** Out of service means out: what is still live is reset. */
  private void cut(ForwardingTable table) {
    for (ForwardedService service : table.services()) {
      String serviceName = service.service().name();
      if (service.service().adminState() == AdminState.OUT_OF_SERVICE) {
        disconnect(Map.of(Contract.SERVICE_NAME, serviceName));
      }
      for (RealServer real : service.realServers()) {
        if (real.adminState() == AdminState.OUT_OF_SERVICE && holds(serviceName, real)) {
          disconnect(
              Map.of(Contract.SERVICE_NAME, serviceName, Contract.REAL, real.id().toString()));
        }
      }
    }
  }

  private void checkDrains() {
    List<Wire> present = wires;
    if (applied && !present.isEmpty()) { // before, nobody knows yet what goes on
      drains.check(present.getFirst(), System.nanoTime());
    }
  }

  private boolean holds(String service, RealServer real) {
    BoundService bound = services.get(service);
    return bound != null && bound.holds(real.id().toString());
  }

  private void forget() {
    Evidence now = evidence;
    if (now != null) {
      now.retain(endpoints()::has);
    }
  }

  private void tellAll(Wire wire, PlaneListener told) {
    wire.listening()
        .forEach(
            (service, failure) -> {
              if (services.containsKey(service)) {
                told.on(listenEvent(service, failure));
              }
            });
    Evidence now = evidence;
    if (now != null) {
      now.all()
          .forEach(
              (key, why) ->
                  real(key)
                      .ifPresent(id -> told.on(new PlaneEvent.RealServerUnreachable(id, why))));
    }
  }

  private static PlaneEvent listenEvent(String service, String failure) {
    return failure.isEmpty()
        ? new PlaneEvent.Listening(service)
        : new PlaneEvent.ListenFailed(service, failure);
  }

  // --- questions of the wire

  @Override
  public @Nullable Object choose(
      String service,
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      int attempt,
      BiConsumer<String, List<?>> bind) {
    BoundService bound = services.get(service);
    return bound == null ? null : bound.choose(client, destination, tried, attempt, bind);
  }

  @Override
  public void connectFailed(String service, String real, InetSocketAddress address, String why) {
    Evidence now = evidence;
    String key = Evidence.key(real, address);
    // Of an address that is not wanted any more nobody would ever hear that it is back.
    if (now != null && blames(service, real, address, why) && now.failed(key, why)) {
      log.atWarn().addKeyValue("real", real).log("unreachable: {}", why);
      RealServerId.parse(real)
          .ifPresent(id -> listener.on(new PlaneEvent.RealServerUnreachable(id, why)));
    }
  }

  @Override
  public void listening(String service, String failure) {
    if (services.containsKey(service)) {
      listener.on(listenEvent(service, failure));
    }
  }

  // --- probing

  private Endpoints endpoints() {
    return endpoints;
  }

  /** Whether a failed connect speaks against a real server that is still wanted there. */
  private boolean blames(String service, String real, InetSocketAddress address, String why) {
    BoundService bound = services.get(service);
    Endpoints wanted = endpoints();
    if (bound == null || !wanted.has(real, address)) {
      return false;
    }
    if (bound.forwarded().service().port().single() || !wanted.samePort(real, address)) {
      return true;
    }
    // Whoever likes may connect to a port of the range that no real server has open. A refusal
    // tells that the machine is there, and so do live connections: else one client that tries
    // closed ports would take all real servers away from everybody.
    return !why.contains("refused") && !bound.holds(real);
  }

  private Map<String, Prober.Target> unreachable() {
    Evidence now = evidence;
    if (now == null) {
      return Map.of();
    }
    Map<String, String> reasons = now.all();
    if (reasons.isEmpty()) {
      return Map.of();
    }
    Map<String, Prober.Target> targets = new HashMap<>();
    endpoints()
        .wanted(reasons.keySet())
        .forEach(
            (key, address) ->
                targets.put(
                    key,
                    new Prober.Target(address, Contract.NO_DATAGRAMS.equals(reasons.get(key)))));
    return targets;
  }

  private void reached(String key) {
    Evidence now = evidence;
    if (now != null && now.reached(key)) {
      log.atInfo().addKeyValue("real", key).log("reachable again");
      if (now.othersOf(key)) {
        return; // another port of it still does not answer
      }
      real(key).ifPresent(id -> listener.on(new PlaneEvent.RealServerReachable(id)));
    }
  }

  private static java.util.Optional<RealServerId> real(String key) {
    return RealServerId.parse(key.substring(0, key.indexOf('@')));
  }

  // --- being asked

  @Override
  public PlaneReport report() {
    List<Wire> present = wires;
    return Reports.of(name(), present, names);
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    List<Connection> found = new ArrayList<>();
    for (Wire wire : wires) {
      wire.connections(WireForm.of(filter), limit)
          .forEach(view -> found.add(Reports.connection(view)));
    }
    found.sort(Comparator.comparingLong(Connection::id));
    return List.copyOf(found.subList(0, Math.min(limit, found.size())));
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    String by =
        switch (kind) {
          case CLIENT -> Contract.BY_CLIENT;
          case REAL_SERVER -> Contract.BY_REAL;
          case SERVICE -> Contract.BY_SERVICE;
        };
    List<Talker> found = new ArrayList<>();
    for (Wire wire : wires) {
      wire.top(by, WireForm.of(filter), limit).forEach(view -> found.add(Reports.talker(view)));
    }
    return found;
  }

  @Override
  public int disconnect(ConnectionFilter filter) {
    return disconnect(WireForm.of(filter));
  }

  private int disconnect(Map<String, Object> filter) {
    return wires.stream().mapToInt(wire -> wire.disconnect(filter)).sum();
  }

  @Override
  public Loads loads(String service) {
    BoundService bound = services.get(service);
    return bound == null ? Loads.NONE : bound.loads();
  }

  @Override
  public ConcurrentMap<String, Object> memory() {
    List<Wire> present = wires;
    return present.isEmpty() ? new ConcurrentHashMap<>() : present.getFirst().memory();
  }

  private long held() {
    return wires.stream().mapToLong(Wire::held).sum();
  }

  @Override
  public void shortage(String resource, String why) {
    listener.on(
        why.isEmpty()
            ? new PlaneEvent.ResourceEased(resource)
            : new PlaneEvent.ResourceShort(resource, why));
  }

  /** Leaves the wires to go on by themselves until the next plane comes. */
  @Override
  public synchronized void close() {
    closed = true;
    prober.close();
    drains.close();
    wires.forEach(wire -> wire.undecide(this));
    wires = List.of();
  }
}
