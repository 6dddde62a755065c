package org.strowger.director;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleInventory;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.RealServerId;
import org.strowger.api.Reason;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceState;

/**
 * The control state. Everything here runs on the director's thread, but for the inputs that say
 * otherwise. Whatever happened, {@link #reconcile} derives states, alarms and tables anew from the
 * whole of what is wanted and the whole of the evidence: nothing can drift.
 */
final class Control {
  private static final Logger LOG = LoggerFactory.getLogger(Control.class);

  /** The configuration before the first one: nothing. */
  static final Revision NOTHING =
      new Revision(
          0,
          Instant.EPOCH,
          new Origin(OriginKind.FACTORY, "none", "none"),
          "",
          Map.of(),
          Optional.empty());

  /** The part of a snapshot that only this thread changes. */
  record Published(
      long version,
      Revision revision,
      Configuration configuration,
      Observation observation,
      AlarmView alarms) {}

  /** The alarms at one moment. */
  record AlarmView(List<org.strowger.api.Alarm> active, long sequence, Instant changed) {}

  private final SchedulerShelf shelf;
  private final Runnable wake;
  private final AlarmList alarms;

  private final Forwarders forwarders;
  private final Health health;
  private final HookSlot hooks;

  // Inputs from other threads: the latest of each counts.
  private volatile List<BundleInventory.Failure> bundleFailures = List.of();
  private volatile @Nullable RevisionStore store;

  private final Recoveries recoveries = new Recoveries();
  private final LoadWatch loadWatch = new LoadWatch();
  private final Map<String, ServiceState> serviceStates = new HashMap<>();
  private Revision revision = NOTHING;
  private Configuration configuration = ConfigurationReader.read(NOTHING.tree());
  private Observation observation = Observation.NONE;
  private boolean loaded;
  private List<String> damaged = List.of();
  private Optional<String> applyFailed = Optional.empty();
  private long version;
  private volatile Published published;

  Control(SchedulerShelf shelf, Runnable wake, Instant now) {
    this.shelf = shelf;
    this.wake = wake;
    this.alarms = new AlarmList(now);
    this.forwarders = new Forwarders(wake);
    this.health = new Health(wake);
    this.hooks = new HookSlot(wake);
    this.published = publish();
  }

  // Inputs, any thread.

  void storeIs(@Nullable RevisionStore present) {
    store = present;
    wake.run();
  }

  Forwarders forwarders() {
    return forwarders;
  }

  Health health() {
    return health;
  }

  HookSlot hooks() {
    return hooks;
  }

  void bundlesFailed(List<BundleInventory.Failure> failures) {
    bundleFailures = List.copyOf(failures);
    wake.run();
  }

  Published published() {
    return published;
  }

  @Nullable RevisionStore store() {
    return store;
  }

  // The director's thread.

  /** Applies a change set: all or nothing, durable before the answer. */
  ChangeResult apply(ChangeSet changes, Instant now) {
    load();
    ChangeResult result = decide(changes, now);
    if (!(result instanceof ChangeResult.Committed)) {
      Audit.refused(changes, result);
    }
    if (changes.changes().stream().anyMatch(c -> c instanceof Change.ImportFile)) {
      applyFailed =
          result instanceof ChangeResult.Committed ? Optional.empty() : Optional.of(result.text());
    }
    return result;
  }

  private ChangeResult decide(ChangeSet changes, Instant now) {
    RevisionStore disk = store;
    if (disk == null || !loaded) {
      return new ChangeResult.Busy("the store of revisions is not there yet");
    }
    Candidate candidate = candidate(changes, revision);
    Optional<ChangeResult> refusal = refusal(changes, candidate, revision.number());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    boolean changed = !candidate.tree().equals(revision.tree());
    if (!changed && candidate.lastImport().equals(revision.lastImport())) {
      return new ChangeResult.Committed(revision.number(), false);
    }
    Revision next =
        new Revision(
            revision.number() + 1,
            now,
            changes.origin(),
            changes.comment(),
            candidate.tree(),
            candidate.lastImport());
    try {
      disk.save(next);
    } catch (IOException | RuntimeException notSaved) { // nothing was changed yet
      LOG.atError().setCause(notSaved).log("revision not saved");
      return new ChangeResult.Busy("revision not saved: " + notSaved.getMessage());
    }
    Audit.committed(changes, next.number(), revision.tree(), next.tree());
    revision = next;
    configuration = candidate.configuration().orElseThrow();
    damaged = List.of();
    return new ChangeResult.Committed(next.number(), changed);
  }

  /** The candidate on top of a revision; any thread. */
  Candidate candidate(ChangeSet changes, Revision base) {
    RevisionStore disk = store;
    return Candidate.of(
        changes,
        base,
        new Plugins(shelf.offers().providers(), health.types().offers().providers()),
        number -> disk == null ? Optional.empty() : disk.read(number));
  }

  static Optional<ChangeResult> refusal(ChangeSet changes, Candidate candidate, long current) {
    if (changes.baseRevision().isPresent() && changes.baseRevision().getAsLong() != current) {
      String text = "the change was made for revision " + changes.baseRevision().getAsLong();
      return Optional.of(new ChangeResult.Conflict(current, List.of(text)));
    }
    if (!candidate.conflicts().isEmpty()) {
      return Optional.of(new ChangeResult.Conflict(current, candidate.conflicts()));
    }
    return candidate.violations().isEmpty()
        ? Optional.empty()
        : Optional.of(new ChangeResult.Rejected(candidate.violations()));
  }

  private void load() {
    RevisionStore disk = store;
    if (loaded || disk == null) {
      return;
    }
    RevisionStore.Loaded found = disk.load();
    damaged = found.damaged();
    damaged.forEach(text -> LOG.atError().log("{}", text));
    loaded = true;
    found.revision().ifPresent(this::restore);
    published = publish();
  }

  private void restore(Revision last) {
    List<org.strowger.api.Violation> violations = TreeCheck.check(last.tree(), Shape.ROOT);
    if (!violations.isEmpty()) {
      // Written by a version whose keys this one does not know: say so, forward nothing by guess.
      applyFailed = Optional.of("revision " + last.number() + ": " + violations.getFirst().text());
      LOG.atError().addKeyValue("revision", last.number()).log("{}", applyFailed.get());
      // The numbers go on from there, so that what is on the disk stays the history.
      revision =
          new Revision(
              last.number(),
              last.time(),
              last.origin(),
              last.comment(),
              Map.of(),
              Optional.empty());
      return;
    }
    revision = last;
    configuration = ConfigurationReader.read(last.tree());
    LOG.atInfo().addKeyValue("revision", last.number()).log("restored");
  }

  /** Brings states, alarms and planes in line; the events to tell, in order. */
  List<DirectorEvent> reconcile(Instant now, long nanos) {
    load();
    Revision before = published.revision();
    forwarders.expire(nanos);
    Map<String, PlaneSlot> slots = forwarders.of(configuration);
    if (loaded) {
      health
          .restore(configuration, forwarders.memory(), forwarders::counters, recoveries)
          .filter(known -> observation.equals(Observation.NONE))
          .ifPresent(known -> observation = known);
    }
    Observation was = observation;
    observation = Observation.derive(configuration, evidence(slots, nanos), observation, now);
    tell(slots);
    List<DirectorEvent> alarmEvents = alarms.reconcile(conditions(slots, nanos), now, nanos);
    hooks.tell(configuration, Edges.of(configuration, was, observation, alarmEvents, now), now);
    List<DirectorEvent> events = new ArrayList<>();
    boolean changed =
        !observation.equals(was) || before.number() != revision.number() || !alarmEvents.isEmpty();
    if (changed) {
      version++;
    }
    published = publish();
    if (before.number() != revision.number()) {
      events.add(new DirectorEvent.RevisionCommitted(revision.summary(), configuration));
    }
    events.addAll(alarmEvents);
    if (changed) {
      events.add(new DirectorEvent.StateChanged(version));
    }
    return events;
  }

  private Published publish() {
    return new Published(
        version,
        revision,
        configuration,
        observation,
        new AlarmView(alarms.active(), alarms.sequence(), alarms.changed()));
  }

  private Observation.Evidence evidence(Map<String, PlaneSlot> slots, long nanos) {
    List<PlaneSlot> gone = forwarders.away();
    Map<String, String> listenFailed = new HashMap<>();
    Set<String> noScheduler = new HashSet<>();
    Set<String> noForwarder = new HashSet<>();
    for (VirtualService service : configuration.virtualServices().values()) {
      String name = service.name();
      PlaneSlot slot =
          Optional.ofNullable(slots.get(name))
              .or(() -> gone.stream().filter(other -> other.forwards(name)).findFirst())
              .orElse(null);
      if (slot == null) {
        noForwarder.add(name);
      } else {
        slot.listening()
            .getOrDefault(service.name(), Optional.empty())
            .ifPresent(why -> listenFailed.put(service.name(), why));
      }
      if (!shelf.offers().offered(service.scheduler())) {
        noScheduler.add(service.name());
      }
    }
    Map<RealServerId, Finding> findings =
        health.find(configuration, forwarders.unreachable(), forwarders::counters, nanos);
    Set<RealServerId> failed = new HashSet<>();
    findings.forEach(
        (id, finding) -> {
          if (finding.failed()) {
            failed.add(id);
          }
        });
    Map<RealServerId, Integer> slow =
        recoveries.follow(configuration, failed, real -> health.finding(real).acting(), nanos);
    return new Observation.Evidence(findings, slow, listenFailed, noScheduler, noForwarder);
  }

  private void tell(Map<String, PlaneSlot> slots) {
    if (!loaded) {
      return; // nobody knows yet what is wanted: an empty table would close what listens
    }
    health.tell(configuration);
    health.remember(forwarders.memory(), observation, recoveries, false);
    shelf.retainOnly(configuration.virtualServices());
    serviceStates.keySet().retainAll(configuration.virtualServices().keySet());
    Wanting wanting = new Wanting(configuration, observation);
    Map<PlaneSlot, List<PlaneSlot.Wanted>> tables = new LinkedHashMap<>();
    forwarders.present().forEach(slot -> tables.put(slot, new ArrayList<>()));
    for (VirtualService service : configuration.virtualServices().values()) {
      PlaneSlot slot = slots.get(service.name());
      if (slot != null && configuration.pools().containsKey(service.pool())) {
        ServiceState state =
            serviceStates.computeIfAbsent(
                service.name(), name -> new ServiceState(System::nanoTime));
        tables
            .getOrDefault(slot, new ArrayList<>())
            .add(wanting.of(service, state, backup -> shelf.schedulerFor(service, backup)));
      }
    }
    tables.forEach(
        (slot, table) -> {
          if (slot.apply(version + 1, configuration.kernel(), table)) {
            slot.forget(configuration.virtualServices().values());
          }
        });
  }

  private List<AlarmList.Condition> conditions(Map<String, PlaneSlot> slots, long nanos) {
    Conditions conditions = new Conditions();
    observation.realServers().forEach(conditions::realServer);
    observation
        .services()
        .forEach(
            (name, s) -> {
              if (!mayStillCome(name, s, nanos)) {
                conditions.service(name, s, observation.modes().get(name));
              }
            });
    loadWatch.look(configuration, slots, conditions, nanos);
    for (VirtualService service : configuration.virtualServices().values()) {
      conditions.scheduler(
          service, shelf.offers().offered(service.scheduler()), shelf.quarantined(service.name()));
    }
    health.conditions(configuration, conditions);
    observation
        .quorumLost()
        .forEach(pool -> conditions.quorum(pool, observation.servings().get(pool)));
    forwarders.present().forEach(slot -> slot.shortages().forEach(conditions::shortage));
    bundleFailures.forEach(conditions::bundle);
    hooks.conditions(conditions);
    conditions.configuration(revision, applyFailed);
    damaged.forEach(text -> conditions.add(AlarmType.REVISION_DAMAGED, "config=revisions", text));
    return conditions.all();
  }

  /** The kernel's plane loads its programs while the director starts: no alarm about that. */
  private boolean mayStillCome(String service, VirtualServiceState state, long nanos) {
    VirtualService wanted = configuration.virtualServices().get(service);
    return state.reason() == Reason.NO_FORWARDER
        && wanted != null
        && wanted.forwarding().kernel()
        && forwarders.starting(nanos);
  }

  long nanosUntilDue(long nanos) {
    return LongStream.of(
            alarms.nanosUntilDue(nanos),
            recoveries.nanosUntilStep(configuration, nanos),
            forwarders.nanosUntilDue(nanos),
            loadWatch.nanosUntilLook(),
            health.nanosUntilDue(configuration, nanos))
        .min()
        .orElseThrow();
  }

  /** The last that this bundle does: its successor is to know all that it knew. */
  void remember() {
    if (loaded) {
      health.slot().refresh();
      health.remember(forwarders.memory(), observation, recoveries, true);
    }
  }

  boolean loaded() {
    return loaded;
  }
}
