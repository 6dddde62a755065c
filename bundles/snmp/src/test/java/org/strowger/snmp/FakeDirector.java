package org.strowger.snmp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Management;
import org.strowger.api.OperState;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PlaneState;
import org.strowger.api.PluginState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.Revision;
import org.strowger.api.RevisionSummary;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerState;
import org.strowger.api.Severity;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;
import org.strowger.api.Verdict;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.Why;
import org.strowger.testkit.HealthSample;
import org.strowger.testkit.Keys;

/**
 * A director in memory: keeps a configuration, applies weights and admin states all or none, checks
 * what the real one would check of them, raises and clears alarms, and tells its listeners.
 */
final class FakeDirector implements Director {
  static final Instant CHANGED = Instant.parse("2026-03-04T05:06:07.800Z");

  /** Above this the fake refuses a weight, so that a rule that only the director knows is met. */
  static final long WEIGHT_RULE = 50_000;

  private final List<DirectorListener> listeners = new CopyOnWriteArrayList<>();
  private final List<Origin> origins = new CopyOnWriteArrayList<>();
  private final Map<String, Pool> pools = new LinkedHashMap<>();
  private final Map<String, VirtualService> services = new LinkedHashMap<>();
  private final List<Alarm> alarms = new ArrayList<>();
  private Management management =
      new Management(Optional.empty(), Optional.empty(), Optional.empty());
  private Configuration configuration;
  private long revision = 1;
  private long alarmSequence;
  private long alarmIndex;
  private Instant alarmsChanged = CHANGED;
  private boolean busy;
  private boolean commitsFail;

  FakeDirector() {
    pool("web", "a", "b", "c");
    pool("dns-pool.with_long-name-32-chars", "real-server.with_long-name-32-ch");
    service("web", 8080, "web");
    service("dns", 53, "dns-pool.with_long-name-32-chars");
    configuration = build();
  }

  private void pool(String name, String... reals) {
    Map<String, RealServer> members = new LinkedHashMap<>();
    int port = 9000;
    for (String real : reals) {
      port++;
      RealServerId id = new RealServerId(name, real);
      members.put(real, RealServer.plain(id, address("127.0.0.1"), port));
    }
    pools.put(name, Pool.plain(name, members));
  }

  private void service(String name, int port, String pool) {
    services.put(
        name,
        VirtualService.plain(
            name,
            address(name.equals("dns") ? "::1" : "127.0.0.1"),
            port,
            Protocol.TCP,
            "wlc",
            pool));
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  /** Adds a pool of so many real servers. */
  synchronized void addPool(String name, int size) {
    String[] reals = new String[size];
    for (int i = 0; i < size; i++) {
      reals[i] = "r" + i;
    }
    pool(name, reals);
    configuration = build();
  }

  void manage(Management.Snmp snmp) {
    synchronized (this) {
      management = new Management(Optional.of(snmp), Optional.empty(), Optional.empty());
      configuration = build();
      revision++;
    }
    tell(new DirectorEvent.RevisionCommitted(summary(), configuration));
  }

  void manageNothing() {
    synchronized (this) {
      management = new Management(Optional.empty(), Optional.empty(), Optional.empty());
      configuration = build();
      revision++;
    }
    tell(new DirectorEvent.RevisionCommitted(summary(), configuration));
  }

  synchronized void beBusy(boolean value) {
    busy = value;
  }

  /** Lets check succeed and apply be rejected, as when somebody else was faster. */
  synchronized void failCommits(boolean value) {
    commitsFail = value;
  }

  List<Origin> origins() {
    return List.copyOf(origins);
  }

  synchronized RealServer real(String pool, String real) {
    return configuration.realServer(new RealServerId(pool, real)).orElseThrow();
  }

  synchronized long revision() {
    return revision;
  }

  Alarm raise(AlarmType type, String resource, Severity severity, String text) {
    Alarm alarm;
    synchronized (this) {
      alarmsChanged = Instant.now();
      alarm =
          new Alarm(
              ++alarmIndex,
              type,
              resource,
              severity,
              text,
              alarmsChanged,
              alarmsChanged,
              ++alarmSequence);
      alarms.add(alarm);
    }
    tell(new DirectorEvent.AlarmRaised(alarm));
    return alarm;
  }

  void clear(Alarm alarm) {
    Alarm last;
    synchronized (this) {
      alarms.removeIf(each -> each.index() == alarm.index());
      alarmsChanged = Instant.now();
      last =
          new Alarm(
              alarm.index(),
              alarm.type(),
              alarm.resource(),
              alarm.severity(),
              alarm.text(),
              alarm.raisedTime(),
              alarmsChanged,
              ++alarmSequence);
    }
    tell(new DirectorEvent.AlarmCleared(last));
  }

  private void tell(DirectorEvent event) {
    listeners.forEach(listener -> listener.on(event));
  }

  @Override
  public synchronized CompletionStage<ChangeResult> apply(ChangeSet changes) {
    if (busy) {
      return CompletableFuture.completedFuture(new ChangeResult.Busy("the queue is full"));
    }
    ChangeResult checked = check(changes);
    if (commitsFail) {
      checked = new ChangeResult.Rejected(List.of());
    }
    if (checked instanceof ChangeResult.Committed) {
      origins.add(changes.origin());
      changes.changes().forEach(change -> set((Change.Put) change).ifPresent(Runnable::run));
      configuration = build();
      revision++;
      checked = new ChangeResult.Committed(revision, true);
    }
    return CompletableFuture.completedFuture(checked);
  }

  @Override
  public synchronized ChangeResult check(ChangeSet changes) {
    List<Violation> violations = new ArrayList<>();
    for (Change change : changes.changes()) {
      Change.Put put = (Change.Put) change;
      if (put.path().keys().getLast().equals("weight")) {
        if (!(put.value() instanceof Long weight) || weight > WEIGHT_RULE) {
          violations.add(Violation.of(put.path(), put.value(), "at most " + WEIGHT_RULE));
        }
      }
      if (set(put).isEmpty()) {
        violations.add(Violation.of(put.path(), put.value(), "a value of its type"));
      }
    }
    return violations.isEmpty()
        ? new ChangeResult.Committed(revision, true)
        : new ChangeResult.Rejected(violations);
  }

  /** What makes the change, or empty if there is no such key or the value is not of its type. */
  private Optional<Runnable> set(Change.Put put) {
    List<String> keys = put.path().keys();
    String name = keys.get(1);
    if (keys.getFirst().equals("virtualServices")) {
      VirtualService old = Objects.requireNonNull(services.get(name));
      return Keys.with(old, keys.subList(2, keys.size()), put.value())
          .map(service -> () -> services.put(name, service));
    }
    Pool pool = Objects.requireNonNull(pools.get(name));
    if (keys.size() == 3) {
      return Keys.with(pool, keys.subList(2, 3), put.value())
          .map(changed -> () -> pools.put(name, changed));
    }
    RealServer old = Objects.requireNonNull(pool.realServers().get(keys.get(3)));
    return Keys.with(old, keys.subList(4, keys.size()), put.value())
        .map(real -> () -> change(real.id(), any -> real));
  }

  private void change(RealServerId id, UnaryOperator<RealServer> change) {
    Pool pool = Objects.requireNonNull(pools.get(id.pool()));
    Map<String, RealServer> members = new LinkedHashMap<>(pool.realServers());
    members.computeIfPresent(id.real(), (name, real) -> change.apply(real));
    pools.put(id.pool(), pool.withRealServers(members));
  }

  private Configuration build() {
    return new Configuration(
        "lab-1",
        "",
        0,
        Optional.empty(),
        "",
        Map.of("ready", HealthSample.CHECK),
        pools,
        services,
        management);
  }

  private RevisionSummary summary() {
    return new RevisionSummary(revision, CHANGED, new Origin(OriginKind.FACTORY, "", ""), "");
  }

  @Override
  public synchronized Snapshot snapshot() {
    Map<String, VirtualServiceState> serviceStates = new HashMap<>();
    Map<String, VirtualServiceCounters> serviceCounters = new HashMap<>();
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, 1_000_000_000_000L * verdict.code());
    }
    for (String name : services.keySet()) {
      serviceStates.put(
          name, new VirtualServiceState(OperState.UP, Reason.NONE, "", CHANGED, 1, 3, 3, 0));
      serviceCounters.put(
          name,
          new VirtualServiceCounters(
              5_000_000_000L,
              7,
              2,
              3,
              4,
              5,
              6,
              8,
              11L << 40,
              13L << 40,
              21,
              22,
              23,
              24,
              25,
              26,
              27,
              verdicts));
    }
    Map<String, PoolState> poolStates = new HashMap<>();
    Map<RealServerId, RealServerState> realStates = new HashMap<>();
    Map<RealServerId, RealServerCounters> realCounters = new HashMap<>();
    for (Pool pool : pools.values()) {
      int size = pool.realServers().size();
      poolStates.put(
          pool.name(),
          new PoolState(OperState.UP, Reason.NONE, "", CHANGED, size, size, 0, 0, size, size, 1));
      for (RealServer real : pool.realServers().values()) {
        realStates.put(
            real.id(),
            new RealServerState(
                OperState.DOWN, Reason.CONNECT_FAILED, "refused", CHANGED, real.weight(), 2));
        realCounters.put(
            real.id(),
            new RealServerCounters(6_000_000_000L, 17, 3, 1, 4_294_967_296L, 5, 19, 23, 250));
      }
    }
    return new Snapshot(
        revision,
        revision,
        Instant.now(),
        CHANGED,
        configuration,
        Map.of(),
        serviceStates,
        poolStates,
        realStates,
        serviceCounters,
        realCounters,
        new TreeMap<>(
            Map.of("relay", new PlaneState("relay", "io_uring", 7, 90, 1_024, 1, 2, 65_536))),
        schedulers(),
        HealthSample.STATE,
        HealthSample.probes(CHANGED),
        HealthSample.probesOf(new RealServerId("web", "a")),
        HealthSample.types(CHANGED),
        List.of(),
        List.copyOf(alarms),
        alarmSequence,
        alarmsChanged,
        Optional.of(summary()));
  }

  private static SortedMap<String, SchedulerState> schedulers() {
    SortedMap<String, SchedulerState> schedulers = new TreeMap<>();
    schedulers.put(
        "wlc",
        new SchedulerState(
            "wlc",
            SchedulerKind.COUNTING,
            "org.strowger.schedulers",
            "0.1.0",
            PluginState.ACTIVE,
            2,
            29,
            0,
            CHANGED,
            1));
    return schedulers;
  }

  @Override
  public Subscription subscribe(DirectorListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public Optional<Explanation> explain(String service, Flow flow) {
    return Optional.empty();
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    return List.of();
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    return List.of(new Talker("192.0.2.7", 3, 100, 200));
  }

  @Override
  public int disconnect(ConnectionFilter filter, Origin origin) {
    return 0;
  }

  @Override
  public Optional<Why> why(RealServerId id) {
    return Optional.empty();
  }

  @Override
  public boolean resume(RealServerId id, Origin origin) {
    return false;
  }

  @Override
  public List<RevisionSummary> revisions() {
    return List.of(summary());
  }

  @Override
  public Optional<Revision> revision(long number) {
    return Optional.empty();
  }
}
