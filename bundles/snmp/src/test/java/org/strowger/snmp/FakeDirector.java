package org.strowger.snmp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
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
import org.strowger.api.OriginKind;
import org.strowger.api.PlaneState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Revision;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Severity;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;
import org.strowger.api.Violation;
import org.strowger.api.Why;
import org.strowger.testkit.FailoverSample;
import org.strowger.testkit.HealthSample;

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
  private final FakeWanted wanted = new FakeWanted();
  private final List<Alarm> alarms = new ArrayList<>();
  private Configuration configuration;
  private long revision = 1;
  private final List<AlarmRecord> history = new ArrayList<>();
  private final Map<String, List<AlarmCondition>> reported = new ConcurrentHashMap<>();
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
    configuration = wanted.build();
  }

  void failover(FailoverState now) {
    failover = now;
  }

  /** Adds a pool of so many real servers. */
  synchronized void addPool(String name, int size) {
    wanted.addPool(name, size);
    configuration = wanted.build();
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
      wanted.manage(Optional.of(snmp));
      configuration = wanted.build();
      revision++;
    }
    tell(new DirectorEvent.RevisionCommitted(summary(), configuration));
  }

  void manageNothing() {
    synchronized (this) {
      wanted.manage(Optional.empty());
      configuration = wanted.build();
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
          case Change.Put put -> wanted.set(put).ifPresent(Runnable::run);
          case Change.Remove remove -> wanted.unshelve(remove.path().keys().getLast());
          case Change.Resync _ -> resyncs++;
          case Change.Confirm _ -> pending = Optional.empty();
          case Change.Acknowledge _, Change.Rollback _, Change.ImportFile _ -> {}
        }
      }
      configuration = wanted.build();
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
      if (wanted.set(put).isEmpty()) {
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
      case Change.Put(KeyPath path, Object port)
          when path.keys().getLast().equals("port") && port.equals(0L) ->
          Optional.of(Violation.of(path, port, "a port"));
      case Change.Confirm(long number) when pending.filter(p -> p.revision() == number).isEmpty() ->
          Optional.of(Violation.of(KeyPath.of("confirm"), number, "the pending revision"));
      case Change.Rollback(long number) when number > revision ->
          Optional.of(Violation.of(KeyPath.of("rollback"), number, "a kept revision"));
      default -> Optional.empty();
    };
  }

  private RevisionSummary summary() {
    return new RevisionSummary(revision, CHANGED, new Origin(OriginKind.FACTORY, "", ""), "");
  }

  @Override
  public synchronized Snapshot snapshot() {
    return new Snapshot(
        revision,
        revision,
        Instant.now(),
        CHANGED,
        configuration,
        Map.of(),
        FakeObserved.services(configuration),
        FakeObserved.pools(configuration),
        FakeObserved.realServers(configuration, recovered),
        FakeObserved.serviceCounters(configuration),
        FakeObserved.realServerCounters(configuration),
        new TreeMap<>(
            Map.of("relay", new PlaneState("relay", "io_uring", 7, 90, 1_024, 1, 2, 65_536))),
        FakeObserved.SCHEDULERS,
        HealthSample.STATE,
        HealthSample.probes(CHANGED),
        HealthSample.probesOf(new RealServerId("web", "a")),
        HealthSample.types(CHANGED),
        HealthSample.hooks(CHANGED),
        DirectorRole.ACTIVE,
        failover,
        FakeObserved.BUNDLES,
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
    return wanted.alarmKeys();
  }

  synchronized void shelve(AlarmShelf shelf) {
    wanted.shelve(shelf);
    configuration = wanted.build();
  }

  synchronized void pend(Revision.Pending unconfirmed) {
    pending = Optional.of(unconfirmed);
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
