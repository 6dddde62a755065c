package org.strowger.director;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmCondition;
import org.strowger.api.Alarms;
import org.strowger.api.BundleInventory;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.DirectorEvent;
import org.strowger.api.RealServerId;
import org.strowger.api.Reason;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceState;

/**
 * The control state. Everything here runs on the director's thread, but for the inputs that say
 * otherwise. Whatever happened, {@link #reconcile} derives states, alarms and tables anew from the
 * whole of what is wanted and the whole of the evidence: nothing can drift.
 */
final class Control {
  /** The part of a snapshot that only this thread changes. */
  record Published(
      long version,
      Revision revision,
      Configuration configuration,
      Observation observation,
      Alarms alarms,
      List<RevisionSummary> revisions) {}

  private final SchedulerShelf shelf;
  private final Runnable wake;
  private final AlarmControl alarms;
  private final Commits commits;

  private final Forwarders forwarders;
  private final Health health;
  private final HookSlot hooks;

  // Inputs from other threads: the latest of each counts.
  private final Supplier<List<BundleInventory.Failure>> stuck;
  private volatile List<BundleInventory.Failure> bundleFailures = List.of();

  private final Recoveries recoveries = new Recoveries();
  private final LoadWatch loadWatch = new LoadWatch();
  private final Map<String, ServiceState> serviceStates = new HashMap<>();
  private Observation observation = Observation.NONE;
  private long version;
  private volatile Published published;

  /**
   * @param alarms what is alarmed, and was by the director before this one
   * @param stuck bundles whose listeners do not come back, asked at each look
   */
  Control(
      SchedulerShelf shelf,
      Runnable wake,
      AlarmControl alarms,
      Supplier<List<BundleInventory.Failure>> stuck) {
    this.stuck = stuck;
    this.shelf = shelf;
    this.wake = wake;
    this.alarms = alarms;
    this.forwarders = new Forwarders(wake);
    this.health = new Health(wake);
    this.hooks = new HookSlot(wake);
    this.commits =
        new Commits(
            () ->
                new Plugins(
                    shelf.offers().providers(), health.types().offers().providers(), shelf.calls()),
            alarms);
    this.published = publish();
  }

  // Inputs, any thread.

  void storeIs(@Nullable RevisionStore present) {
    commits.storeIs(present);
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

  void report(String reporter, List<AlarmCondition> conditions) {
    if (alarms.report(reporter, conditions)) {
      wake.run();
    }
  }

  Published published() {
    return published;
  }

  /** How change sets become revisions. */
  Commits commits() {
    return commits;
  }

  // The director's thread.

  /** Applies a change set: all or nothing, durable before the answer. */
  ChangeResult apply(ChangeSet changes, Instant now, long nanos) {
    load(now, nanos);
    return commits.apply(changes, now, nanos);
  }

  private void load(Instant now, long nanos) {
    if (!commits.loaded()) {
      alarms.restore();
      commits.load(now, nanos);
      published = publish();
    }
  }

  /** Brings states, alarms and planes in line; the events to tell, in order. */
  List<DirectorEvent> reconcile(Instant now, long nanos) {
    load(now, nanos);
    List<DirectorEvent> takenBack = commits.expire(now, nanos);
    Revision revision = commits.shown();
    Configuration configuration = commits.configuration();
    Revision before = published.revision();
    forwarders.expire(nanos);
    List<PlaneSlot> planes = List.copyOf(forwarders.present());
    Map<String, PlaneSlot> slots = Forwarders.of(configuration, planes);
    if (commits.loaded()) {
      health
          .restore(configuration, forwarders.memory(), forwarders::counters, recoveries)
          .filter(known -> observation.equals(Observation.NONE))
          .ifPresent(known -> observation = known);
    }
    Observation was = observation;
    observation = Observation.derive(configuration, evidence(slots, nanos), observation, now);
    tell(slots, planes);
    List<DirectorEvent> alarmEvents =
        alarms.reconcile(
            conditions(slots, nanos),
            commits.loaded() ? Optional.of(configuration.alarms()) : Optional.empty(),
            now,
            nanos);
    hooks.tell(configuration, Edges.of(configuration, was, observation, alarmEvents, now), now);
    List<DirectorEvent> events = new ArrayList<>(takenBack);
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
        commits.shown(),
        commits.configuration(),
        observation,
        alarms.published(),
        commits.kept());
  }

  private Observation.Evidence evidence(Map<String, PlaneSlot> slots, long nanos) {
    Configuration configuration = commits.configuration();
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

  /**
   * @param planes that the services were divided among: one that came since is told the next time,
   *     for an empty table would close what listens
   */
  private void tell(Map<String, PlaneSlot> slots, List<PlaneSlot> planes) {
    if (!commits.known()) {
      return; // nobody knows what is wanted: an empty table would close what listens
    }
    Configuration configuration = commits.configuration();
    health.tell(configuration);
    health.remember(forwarders.memory(), observation, recoveries, false);
    shelf.retainOnly(configuration.virtualServices());
    serviceStates.keySet().retainAll(configuration.virtualServices().keySet());
    Wanting wanting = new Wanting(configuration, observation);
    Map<PlaneSlot, List<PlaneSlot.Wanted>> tables = new LinkedHashMap<>();
    forwarders.present().stream()
        .filter(planes::contains)
        .forEach(slot -> tables.put(slot, new ArrayList<>()));
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
    health.roles().expect(configuration.vrrp());
    tables.forEach(
        (slot, table) -> {
          if (slot.apply(
              version + 1, configuration.kernel(), configuration.vrrp().addresses(), table)) {
            slot.forget(configuration.virtualServices().values());
          }
        });
  }

  private List<AlarmStore.Condition> conditions(Map<String, PlaneSlot> slots, long nanos) {
    Configuration configuration = commits.configuration();
    Conditions conditions = new Conditions(configuration);
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
    bundles().forEach(conditions::bundle);
    hooks.conditions(conditions);
    commits.conditions(conditions);
    return conditions.all();
  }

  /** The bundles that failed, each once: by what is told first. */
  private Collection<BundleInventory.Failure> bundles() {
    Map<String, BundleInventory.Failure> failures = new LinkedHashMap<>();
    Stream.of(
            bundleFailures,
            stuck.get(),
            shelf.calls().failures(Plugins.SCHEDULER, shelf.offers()),
            shelf.calls().failures(Plugins.CHECK, health.types().offers()))
        .flatMap(List::stream)
        .forEach(each -> failures.putIfAbsent(each.bundle(), each));
    return failures.values();
  }

  /** The kernel's plane loads its programs while the director starts: no alarm about that. */
  private boolean mayStillCome(String service, VirtualServiceState state, long nanos) {
    VirtualService wanted = commits.configuration().virtualServices().get(service);
    return state.reason() == Reason.NO_FORWARDER
        && wanted != null
        && wanted.forwarding().kernel()
        && forwarders.starting(nanos);
  }

  long nanosUntilDue(long nanos) {
    Configuration configuration = commits.configuration();
    return LongStream.of(
            alarms.nanosUntilDue(nanos),
            commits.nanosUntilDue(nanos),
            recoveries.nanosUntilStep(configuration, nanos),
            forwarders.nanosUntilDue(nanos),
            loadWatch.nanosUntilLook(),
            health.nanosUntilDue(configuration, nanos))
        .min()
        .orElseThrow();
  }

  /** The last that this bundle does: its successor is to know all that it knew. */
  void remember() {
    if (commits.loaded()) {
      health.slot().refresh();
      health.remember(forwarders.memory(), observation, recoveries, true);
    }
    alarms.close();
  }
}
