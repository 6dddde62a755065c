package org.strowger.snmp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.DirectorRole;
import org.strowger.api.Explanation;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.Flow;
import org.strowger.api.Hooks;
import org.strowger.api.KernelSettings;
import org.strowger.api.KeyPath;
import org.strowger.api.Management;
import org.strowger.api.OperState;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings;
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
import org.strowger.api.Sync;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;
import org.strowger.api.Verdict;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.Why;
import org.strowger.testkit.FailoverSample;
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
  private final List<AlarmRecord> history = new ArrayList<>();
  private final Map<String, List<AlarmCondition>> reported = new ConcurrentHashMap<>();
  private final Map<String, AlarmShelf> shelves = new LinkedHashMap<>();
  private final Map<String, Object> alarmKeys = new LinkedHashMap<>();
  private final Set<RealServerId> recovered = new HashSet<>();
  private Optional<Revision.Pending> pending = Optional.empty();
  private Optional<ChangeSet> last = Optional.empty();
  private long resyncs;
  private long alarmSequence;
  private long alarmIndex;
  private Instant alarmsChanged = CHANGED;
  private boolean busy;
  private volatile FailoverState failover = FailoverSample.state(CHANGED);

  /** Words about failover, with who gave them. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private boolean commitsFail;

  FakeDirector() {
    pool("web", "a", "b", "c");
    pool("dns-pool.with_long-name-32-chars", "real-server.with_long-name-32-ch");
    service("web", 8080, "web");
    service("dns", 53, "dns-pool.with_long-name-32-chars");
    configuration = build();
  }

  void failover(FailoverState now) {
    failover = now;
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

  /** A real server answers again, until it does not. */
  void answers(RealServerId id, boolean again) {
    synchronized (this) {
      if (again) {
        recovered.add(id);
      } else {
        recovered.remove(id);
      }
    }
    tell(new DirectorEvent.StateChanged(revision));
  }

  void manage(Management.Snmp snmp) {
    synchronized (this) {
      management = managed(Optional.of(snmp));
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
          Alarm.raised(
              ++alarmIndex, type, resource, severity, text, alarmsChanged, ++alarmSequence);
      alarms.add(alarm);
      record(AlarmRecord.Kind.RAISE, alarm);
    }
    tell(new DirectorEvent.AlarmRaised(alarm));
    return alarm;
  }

  void clear(Alarm alarm) {
    Alarm last;
    synchronized (this) {
      alarms.removeIf(each -> each.index() == alarm.index());
      alarmsChanged = Instant.now();
      last = alarm.at(alarmsChanged, ++alarmSequence);
      record(AlarmRecord.Kind.CLEAR, last);
    }
    tell(new DirectorEvent.AlarmCleared(last));
  }

  private void record(AlarmRecord.Kind kind, Alarm alarm) {
    history.add(new AlarmRecord(history.size() + 1, kind, alarm, alarmsChanged, true));
  }

  void tell(DirectorEvent event) {
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
      last = Optional.of(changes);
      for (Change change : changes.changes()) {
        switch (change) {
          case Change.Put put -> set(put).ifPresent(Runnable::run);
          case Change.Remove remove -> shelves.remove(remove.path().keys().getLast());
          case Change.Resync _ -> resyncs++;
          case Change.Confirm _ -> pending = Optional.empty();
          case Change.Acknowledge _, Change.Rollback _, Change.ImportFile _ -> {}
        }
      }
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
      fault(change).ifPresent(violations::add);
      if (!(change instanceof Change.Put put)) {
        continue;
      }
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

  private Optional<Violation> fault(Change change) {
    return switch (change) {
      case Change.Resync(long serial) when serial != resyncs ->
          Optional.of(Violation.of(KeyPath.of("resync"), serial, "the present number"));
      case Change.Confirm(long number) when pending.filter(p -> p.revision() == number).isEmpty() ->
          Optional.of(Violation.of(KeyPath.of("confirm"), number, "the pending revision"));
      case Change.Rollback(long number) when number > revision ->
          Optional.of(Violation.of(KeyPath.of("rollback"), number, "a kept revision"));
      default -> Optional.empty();
    };
  }

  /** What makes the change, or empty if there is no such key or the value is not of its type. */
  private Optional<Runnable> set(Change.Put put) {
    List<String> keys = put.path().keys();
    String name = keys.get(1);
    if (List.of("alarms", "director", "management").contains(keys.getFirst())) {
      return Optional.of(() -> alarmKeys.put(put.path().toString(), put.value()));
    }
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

  private static Management managed(Optional<Management.Snmp> snmp) {
    PerformanceSettings.Threshold busy =
        new PerformanceSettings.Threshold(
            "busy", "service=*", PerformanceCounter.CONNS_MAX, 1_000, 800, Severity.MAJOR);
    return new Management(
        snmp,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        new PerformanceSettings(true, Map.of("busy", busy)));
  }

  private Configuration build() {
    return new Configuration(
        "lab-1",
        "",
        0,
        Optional.empty(),
        KernelSettings.at(""),
        Map.of("ready", HealthSample.CHECK),
        pools,
        services,
        management,
        Hooks.NONE,
        true,
        new AlarmSettings(1_000, Duration.ofSeconds(60), 50, 200, Map.of(), shelves, false),
        FailoverSample.WANTED,
        Sync.NONE);
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
                recovered.contains(real.id()) ? OperState.UP : OperState.DOWN,
                Reason.CONNECT_FAILED,
                "refused",
                CHANGED,
                real.weight(),
                2));
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
        HealthSample.hooks(CHANGED),
        DirectorRole.ACTIVE,
        failover,
        List.of(
            new BundleView(0, "framework", "7.0.5", BundleLifecycle.ACTIVE, 0, CHANGED),
            new BundleView(7, "org.strowger.wire", "0.1.0", BundleLifecycle.ACTIVE, 4, CHANGED),
            new BundleView(9, "org.strowger.api", "0.1.0", BundleLifecycle.RESOLVED, 3, CHANGED)),
        new Alarms(
            alarms,
            history,
            alarmSequence,
            alarmsChanged,
            CHANGED,
            3,
            false,
            7,
            1,
            2,
            resyncs,
            1,
            Map.of(AlarmType.REAL_DOWN, new Alarms.Counts(4, 5)),
            Map.of(Severity.MINOR, 4L)),
        List.of(summary()),
        pending);
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
  public void report(String reporter, List<AlarmCondition> conditions) {
    reported.put(reporter, List.copyOf(conditions));
  }

  List<AlarmCondition> reported(String reporter) {
    return reported.getOrDefault(reporter, List.of());
  }

  /** The last change set that was applied. */
  synchronized ChangeSet last() {
    return last.orElseThrow();
  }

  /** What the keys below {@code alarms}, and maintenance, were set to. */
  synchronized Map<String, Object> alarmKeys() {
    return Map.copyOf(alarmKeys);
  }

  synchronized void shelve(AlarmShelf shelf) {
    shelves.put(shelf.name(), shelf);
    configuration = build();
  }

  synchronized void pend(Revision.Pending wanted) {
    pending = Optional.of(wanted);
  }

  @Override
  public Duration busyFor() {
    return Duration.ZERO;
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
  public Optional<String> failover(FailoverCommand command, String instance, Origin origin) {
    asked.add(command.word() + instance + " " + origin.user());
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
