package org.strowger.testkit;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmCondition;
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
import org.strowger.api.KeyPath;
import org.strowger.api.Management;
import org.strowger.api.Origin;
import org.strowger.api.Pool;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Revision;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.Sync;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;
import org.strowger.api.Why;

/**
 * A director of one service {@code web} over a pool {@code web} that really changes, keeps its
 * revisions, and remembers who asked.
 */
public final class FakeDirector implements Director {
  /** When everything in it began. */
  public static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

  private final List<ChangeSet> asked = new CopyOnWriteArrayList<>();
  private final List<DirectorListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<RealServerId, RealServer> reals = new LinkedHashMap<>();
  private final FakeAlarms alarms = new FakeAlarms();
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final Map<Long, Revision> revisions = new TreeMap<>();
  private Optional<ChangeResult> fixed = Optional.empty();
  private VirtualService web =
      VirtualService.plain(
          "web", InetAddress.getLoopbackAddress(), 8080, Protocol.TCP, "wlc", "web");
  private Pool pool = Pool.plain("web", Map.of());
  private long carried;
  private final Set<RealServerId> held = new HashSet<>();
  private Optional<Management.Jmx> jmx = Optional.empty();
  private Optional<Management.Metrics> metrics = Optional.empty();
  private long revision = 1;
  private boolean pair;
  private Sync sync = Sync.NONE;
  private volatile Duration busy = Duration.ZERO;
  private final List<String> words = new CopyOnWriteArrayList<>();
  private Optional<Revision.Pending> pending = Optional.empty();

  public FakeDirector(String... realServers) {
    List.of(realServers).forEach(this::add);
  }

  public synchronized void add(String real) {
    RealServerId id = new RealServerId("web", real);
    InetAddress address = InetAddress.getLoopbackAddress();
    reals.put(id, RealServer.plain(id, address, 9001 + reals.size()));
    committed();
  }

  public synchronized void remove(String real) {
    reals.remove(new RealServerId("web", real));
    committed();
  }

  /** From now on another director stands for it, and it for that one. */
  public synchronized void standForOthers() {
    pair = true;
    committed();
  }

  /** From now on it is to tell another director, {@code lab-2}, its connections. */
  public synchronized void tellOthers() {
    sync = SyncSample.WANTED;
    committed();
  }

  /** What was asked of failover, with the instance. */
  public List<String> words() {
    return List.copyOf(words);
  }

  public synchronized void configure(Management.Jmx management) {
    jmx = Optional.of(management);
    committed();
  }

  public synchronized void configure(Management.Metrics management) {
    metrics = Optional.of(management);
    committed();
  }

  public void raise(Alarm alarm) {
    alarms.raise(alarm);
    listeners.forEach(listener -> listener.on(new DirectorEvent.AlarmRaised(alarm)));
  }

  public void clear(Alarm alarm) {
    alarms.clear(alarm);
    listeners.forEach(listener -> listener.on(new DirectorEvent.AlarmCleared(alarm)));
  }

  private void committed() {
    revision++;
    Snapshot now = snapshot();
    RevisionSummary summary = now.lastRevision().orElseThrow();
    revisions.put(
        revision,
        new Revision(
            revision, START, summary.origin(), summary.comment(), now.tree(), Optional.empty()));
    DirectorEvent event =
        new DirectorEvent.RevisionCommitted(now.lastRevision().orElseThrow(), now.configuration());
    listeners.forEach(listener -> listener.on(event));
  }

  /** Every change set that was asked for, accepted or not. */
  public List<ChangeSet> asked() {
    return List.copyOf(asked);
  }

  /** Answers every change with this from now on. */
  public void answer(ChangeResult result) {
    fixed = Optional.of(result);
  }

  public void connect(Connection connection) {
    connections.add(connection);
  }

  @Override
  public synchronized CompletionStage<ChangeResult> apply(ChangeSet changes) {
    asked.add(changes);
    if (fixed.isPresent()) {
      return CompletableFuture.completedFuture(fixed.get());
    }
    List<Violation> violations = new ArrayList<>();
    changes.changes().forEach(change -> violations.addAll(change(change)));
    if (violations.isEmpty()) {
      changes
          .confirm()
          .ifPresent(
              time ->
                  pending =
                      Optional.of(
                          new Revision.Pending(
                              revision + 1,
                              revision,
                              Instant.now().plus(time),
                              changes.origin().user())));
      committed();
      return CompletableFuture.completedFuture(new ChangeResult.Committed(revision, true));
    }
    return CompletableFuture.completedFuture(new ChangeResult.Rejected(violations));
  }

  private List<Violation> change(Change change) {
    return switch (change) {
      case Change.Put put -> put(put).stream().toList();
      case Change.ImportFile file -> file.problems();
      case Change.Rollback back when back.revision() > revision ->
          List.of(Violation.of(KeyPath.of(), back.revision(), "a kept revision"));
      case Change.Confirm(long number)
          when pending.filter(each -> each.revision() == number).isEmpty() ->
          List.of(Violation.of(KeyPath.of("confirm"), number, "the pending revision"));
      case Change.Confirm _ -> {
        pending = Optional.empty();
        yield List.of();
      }
      case Change.Rollback _, Change.Remove _, Change.Resync _, Change.Acknowledge _ -> List.of();
    };
  }

  @Override
  public void report(String reporter, List<AlarmCondition> conditions) {
    alarms.report(reporter, conditions);
  }

  /** What each reporter last said. */
  public Map<String, List<AlarmCondition>> reported() {
    return alarms.reported();
  }

  public void tell(DirectorEvent event) {
    listeners.forEach(listener -> listener.on(event));
  }

  private Optional<Violation> put(Change.Put put) {
    List<String> keys = put.path().keys();
    if (keys.getLast().equals("weight")
        && !(put.value() instanceof Long weight && weight >= 0 && weight <= 65_535)) {
      return Optional.of(Violation.of(put.path(), put.value(), "a whole number 0 to 65535"));
    }
    return set(keys, put.value())
        ? Optional.empty()
        : Optional.of(Violation.of(put.path(), put.value(), Keys.expected(keys.getLast())));
  }

  /** False if there is no such key, or the value is not of its type. */
  private boolean set(List<String> keys, Object value) {
    boolean service = keys.getFirst().equals("virtualServices");
    if (keys.getFirst().equals("alarms")) {
      return true;
    }
    if (keys.size() < 3 || !keys.get(1).equals("web")) {
      return false;
    }
    if (service) {
      Optional<VirtualService> changed = Keys.with(web, keys.subList(2, keys.size()), value);
      web = changed.orElse(web);
      return changed.isPresent();
    }
    if (keys.size() == 3) {
      Optional<Pool> changed = Keys.with(pool, keys.subList(2, 3), value);
      pool = changed.orElse(pool);
      return changed.isPresent();
    }
    RealServerId id = new RealServerId("web", keys.get(3));
    RealServer old = reals.get(id);
    Optional<RealServer> changed =
        old == null ? Optional.empty() : Keys.with(old, keys.subList(4, keys.size()), value);
    changed.ifPresent(real -> reals.put(id, real));
    return changed.isPresent();
  }

  private Configuration configuration(Pool now) {
    return ServiceSample.configuration(
        now, web, new Management(Optional.empty(), jmx, metrics), pair, sync);
  }

  @Override
  public synchronized Snapshot snapshot() {
    Map<RealServerId, RealServerState> states = new LinkedHashMap<>();
    Map<RealServerId, RealServerCounters> counters = new LinkedHashMap<>();
    Map<String, RealServer> wanted = new LinkedHashMap<>();
    reals.forEach(
        (id, real) -> {
          wanted.put(id.real(), real);
          states.put(id, ServiceSample.state(real, START));
          counters.put(id, new RealServerCounters(7, 6, 5, 1, 4, 1, 3, 2, 250));
        });
    int total = reals.size();
    return new Snapshot(
        revision,
        revision,
        Instant.now(),
        START,
        configuration(pool.withRealServers(wanted)),
        tree(),
        Map.of("web", ServiceSample.state(total, START)),
        Map.of("web", ServiceSample.pool(total, START)),
        states,
        Map.of("web", ServiceSample.COUNTERS),
        counters,
        ServiceSample.planes(),
        ServiceSample.schedulers(START),
        HealthSample.STATE,
        HealthSample.probes(START),
        HealthSample.probesOf(new RealServerId("web", "a")),
        HealthSample.types(START),
        HealthSample.hooks(START),
        DirectorRole.ACTIVE,
        pair ? FailoverSample.state(START) : FailoverState.ALONE,
        ServiceSample.bundles(START),
        alarms.list(),
        List.of(ServiceSample.revision(revision, START)),
        pending);
  }

  @Override
  public ChangeResult check(ChangeSet changes) {
    throw new UnsupportedOperationException("nobody checks without applying yet");
  }

  @Override
  public Duration busyFor() {
    return busy;
  }

  /** From now on its thread seems to be at one piece of work for so long. */
  public void hang(Duration length) {
    busy = length;
  }

  @Override
  public Subscription subscribe(DirectorListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  public int listeners() {
    return listeners.size();
  }

  @Override
  public Optional<Explanation> explain(String service, Flow flow) {
    return Optional.of(ServiceSample.explanation(service, flow));
  }

  /** From now on each connection carries so many more bytes in every time it is looked at. */
  public void carries(long bytes) {
    carried = bytes;
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    connections.replaceAll(each -> TrafficSample.carried(each, carried));
    return connections.stream().filter(filter::matches).limit(limit).toList();
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    return TrafficSample.top(connections(filter, Integer.MAX_VALUE), kind, limit);
  }

  @Override
  public int disconnect(ConnectionFilter filter, Origin origin) {
    List<Connection> cut = connections.stream().filter(filter::matches).toList();
    connections.removeAll(cut);
    return cut.size();
  }

  @Override
  public Optional<Why> why(RealServerId id) {
    return Optional.ofNullable(snapshot().realServers().get(id))
        .map(state -> new Why(id, state, HealthSample.evidence()));
  }

  /** The next resume of a real server ends what holds it. */
  public synchronized void hold(RealServerId id) {
    held.add(id);
  }

  @Override
  public Optional<String> failover(FailoverCommand command, String instance, Origin origin) {
    if (!pair) {
      return Optional.of("this director is alone: no VRRP instance is configured");
    }
    words.add(command.word() + " " + instance);
    return Optional.empty();
  }

  @Override
  public synchronized boolean resume(RealServerId id, Origin origin) {
    return held.remove(id);
  }

  @Override
  public synchronized List<RevisionSummary> revisions() {
    List<RevisionSummary> newestFirst = new ArrayList<>();
    revisions.values().forEach(each -> newestFirst.addFirst(each.summary()));
    return newestFirst;
  }

  @Override
  public synchronized Optional<Revision> revision(long number) {
    return Optional.ofNullable(revisions.get(number));
  }

  private Map<String, Object> tree() {
    Map<String, Object> wanted = new LinkedHashMap<>();
    reals.forEach((id, real) -> wanted.put(id.real(), Map.of("weight", (long) real.weight())));
    return Map.of("pools", Map.of("web", Map.of("realServers", wanted)));
  }
}
