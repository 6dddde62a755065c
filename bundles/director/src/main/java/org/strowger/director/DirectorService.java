package org.strowger.director;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.BundleInventory;
import org.strowger.api.BundleView;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.Explanation;
import org.strowger.api.FailoverCommand;
import org.strowger.api.Flow;
import org.strowger.api.Origin;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Snapshot;
import org.strowger.api.StartupReport;
import org.strowger.api.Subscription;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;
import org.strowger.api.Why;

/** The one door: a bounded queue, one thread behind it, one snapshot in front of it. */
final class DirectorService implements Director {
  /** Change sets that may wait; further ones are answered {@link ChangeResult.Busy}. */
  static final int MAX_WAITING = 1_024;

  /** Most listeners. */
  static final int MAX_LISTENERS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(DirectorService.class);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** How long each listener has at the end for what it has not been told yet. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private record Waiting(ChangeSet changes, CompletableFuture<ChangeResult> answer) {}

  private final InstantSource clock;
  private final Instant running;
  private final CallWatch watch = new CallWatch();
  private final SchedulerShelf shelf = new SchedulerShelf(this::wake, watch);
  private final Control control;
  private final BlockingQueue<Optional<Waiting>> queue = new ArrayBlockingQueue<>(MAX_WAITING);
  private final AtomicBoolean dirty = new AtomicBoolean(true);
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean stopping;

  /** {@code System.nanoTime()} at the begin of the present piece of work, 0 while there is none. */
  private volatile long workingSince;

  private volatile @Nullable BundleInventory inventory;
  private final RecentSnapshot latest;

  /** One whose alarms are forgotten when it ends. */
  DirectorService(InstantSource clock) {
    this(clock, null, AlarmStore.SETTLING);
  }

  /**
   * @param alarms where the alarms are kept, or null
   * @param settling how long restored alarms stand without their conditions
   */
  DirectorService(InstantSource clock, @Nullable AlarmFolder alarms, Duration settling) {
    this.clock = clock;
    this.running = clock.instant();
    this.control =
        new Control(
            shelf,
            this::wake,
            new AlarmControl(alarms, running, settling),
            () -> stuck(System.nanoTime()));
    this.latest =
        new RecentSnapshot(
            now -> Counting.snapshot(control, shelf, bundles(), running, now),
            () -> control.published().version(),
            work -> Thread.ofVirtual().name("director-snapshot").start(work));
    this.thread = Thread.ofPlatform().name("director").unstarted(this::run);
  }

  void start() {
    watch.start();
    thread.start();
  }

  void stop() {
    stopping = true;
    wake();
    try {
      thread.join(5_000);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    subscribers.forEach(subscriber -> subscriber.finish(FAREWELL));
    watch.close();
    control.remember();
    for (Optional<Waiting> left = queue.poll(); left != null; left = queue.poll()) {
      left.ifPresent(w -> w.answer.complete(new ChangeResult.Busy("the director is stopping")));
    }
  }

  Control control() {
    return control;
  }

  SchedulerShelf shelf() {
    return shelf;
  }

  void inventoryIs(@Nullable BundleInventory present) {
    inventory = present;
  }

  /** Something changed: derive everything anew soon. Any thread, never blocks. */
  void wake() {
    if (!dirty.getAndSet(true)) {
      // A full queue wakes the thread just as well.
      boolean ignored = queue.offer(Optional.empty());
    }
  }

  private void run() {
    while (!stopping) {
      workingSince = 0;
      try {
        step();
      } catch (
          InterruptedException left) { // by somebody else's code: this thread ends by stop only
        LOG.atWarn().log("an interrupt was left behind on the director's thread; it goes on");
      } catch (VirtualMachineError fatal) { // nothing can be trusted any more: the JVM ends
        LOG.atError().setCause(fatal).log("the director cannot go on");
        throw fatal;
      } catch (Throwable thrown) { // a fault, ours or a plug-in's: derive everything anew
        LOG.atError().setCause(thrown).log("the director's step failed; it is tried again");
        dirty.set(true);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void step() throws InterruptedException {
    long wait = dirty.get() ? 0 : Math.min(IDLE_NANOS, control.nanosUntilDue(System.nanoTime()));
    Optional<Waiting> next = queue.poll(wait, TimeUnit.NANOSECONDS);
    workingSince = System.nanoTime() | 1;
    dirty.set(false);
    if (next == null || next.isEmpty()) {
      tell(control.reconcile(clock.instant(), System.nanoTime()));
      return;
    }
    Waiting waiting = next.get();
    ChangeResult result = new ChangeResult.Busy("a fault in the director; see the log");
    try {
      result = control.apply(waiting.changes, clock.instant(), System.nanoTime());
      List<DirectorEvent> events = control.reconcile(clock.instant(), System.nanoTime());
      latest.forget();
      waiting.answer.complete(result);
      tell(events);
    } finally {
      waiting.answer.complete(result);
    }
  }

  private void tell(List<DirectorEvent> events) {
    if (!events.isEmpty()) {
      latest.forget();
    }
    for (DirectorEvent event : events) {
      AlarmLog.log(event);
      subscribers.forEach(subscriber -> subscriber.tell(event));
    }
  }

  @Override
  public Duration busyFor() {
    long since = workingSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /** Bundles whose listeners have not come back by then. */
  List<BundleInventory.Failure> stuck(long now) {
    return subscribers.stream()
        .flatMap(subscriber -> subscriber.failure(now).stream())
        .distinct()
        .toList();
  }

  @Override
  public CompletionStage<ChangeResult> apply(ChangeSet changes) {
    CompletableFuture<ChangeResult> answer = new CompletableFuture<>();
    if (stopping || !queue.offer(Optional.of(new Waiting(changes, answer)))) {
      answer.complete(
          new ChangeResult.Busy(
              stopping ? "the director is stopping" : MAX_WAITING + " changes are waiting"));
    }
    if (stopping) { // perhaps after the queue was emptied for the last time
      answer.complete(new ChangeResult.Busy("the director is stopping"));
    }
    return answer;
  }

  @Override
  public ChangeResult check(ChangeSet changes) {
    Revision current = control.published().revision();
    Candidate candidate = control.commits().candidate(changes, current);
    return control
        .commits()
        .refusal(changes, candidate, current)
        .orElseGet(
            () -> {
              boolean changed = !candidate.tree().equals(current.tree());
              return new ChangeResult.Committed(current.number() + (changed ? 1 : 0), changed);
            });
  }

  @Override
  public Snapshot snapshot() {
    return latest.at(clock.instant());
  }

  private List<BundleView> bundles() {
    BundleInventory present = inventory;
    return present == null ? List.of() : present.bundles();
  }

  @Override
  public Subscription subscribe(DirectorListener listener) {
    if (subscribers.size() >= MAX_LISTENERS) {
      throw new IllegalStateException(MAX_LISTENERS + " listeners are subscribed already");
    }
    Subscriber subscriber = new Subscriber(listener, watch, this::wake);
    subscribers.add(subscriber);
    return () -> {
      subscribers.remove(subscriber);
      subscriber.close();
    };
  }

  @Override
  public Optional<Explanation> explain(String service, Flow flow) {
    for (PlaneSlot slot : control.forwarders().present()) {
      var forwarded = slot.forwarded(service);
      if (forwarded.isPresent()) {
        return Optional.of(forwarded.get().chooser().explain(flow, slot.plane().loads(service)));
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    Map<String, Talker> sums = new HashMap<>();
    for (PlaneSlot slot : control.forwarders().present()) {
      for (Talker talker : slot.plane().top(kind, filter, limit)) {
        sums.merge(
            talker.name(),
            talker,
            (a, b) ->
                new Talker(
                    a.name(),
                    a.connections() + b.connections(),
                    a.bytesIn() + b.bytesIn(),
                    a.bytesOut() + b.bytesOut()));
      }
    }
    return sums.values().stream()
        .sorted(Comparator.comparingLong((Talker t) -> -(t.bytesIn() + t.bytesOut())))
        .limit(limit)
        .toList();
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    List<Connection> all = new ArrayList<>();
    for (PlaneSlot slot : control.forwarders().present()) {
      all.addAll(slot.plane().connections(filter, limit));
    }
    all.sort(Comparator.comparingLong(Connection::id));
    return List.copyOf(all.subList(0, Math.min(limit, all.size())));
  }

  @Override
  public int disconnect(ConnectionFilter filter, Origin origin) {
    int count = 0;
    for (PlaneSlot slot : control.forwarders().present()) {
      count += slot.plane().disconnect(filter);
    }
    Audit.disconnected(origin, filter.toString(), count);
    return count;
  }

  @Override
  public Optional<Why> why(RealServerId id) {
    Control.Published now = control.published();
    Pool pool = now.configuration().pools().get(id.pool());
    RealServer real = pool == null ? null : pool.realServers().get(id.real());
    RealServerState state = now.observation().realServers().get(id);
    return pool == null || real == null || state == null
        ? Optional.empty()
        : Optional.of(new Why(id, state, Reasons.of(control.health(), pool, real, state)));
  }

  @Override
  public Optional<String> failover(FailoverCommand command, String instance, Origin origin) {
    Optional<String> why = control.health().roles().command(command, instance);
    Audit.failover(origin, command.word(), instance, why.orElse("done"));
    return why;
  }

  @Override
  public boolean resume(RealServerId id, Origin origin) {
    RealServerState state = control.published().observation().realServers().get(id);
    boolean held = state != null && Reasons.HOLDS.contains(state.reason());
    if (state != null) {
      Audit.resumed(origin, id);
      control.health().release(id);
      wake();
    }
    return held;
  }

  @Override
  public void report(String reporter, List<AlarmCondition> conditions) {
    control.report(reporter, conditions);
  }

  @Override
  public List<RevisionSummary> revisions() {
    RevisionStore store = control.commits().store();
    return store == null ? List.of() : store.list();
  }

  @Override
  public Optional<Revision> revision(long number) {
    RevisionStore store = control.commits().store();
    return store == null ? Optional.empty() : store.read(number);
  }

  /** For the launcher: ready when every service that should listen does. */
  String startupReport() {
    Control.Published now = control.published();
    if (now.revision().number() == 0) {
      return control
          .commits()
          .unknown()
          .map(why -> StartupReport.FAILED + why)
          .orElse(StartupReport.STARTING);
    }
    Map<String, Optional<String>> listening = new HashMap<>();
    control.forwarders().present().forEach(slot -> listening.putAll(slot.listening()));
    List<String> failures = new ArrayList<>();
    for (var service : now.configuration().virtualServices().values()) {
      if (service.adminState() != org.strowger.api.AdminState.IN_SERVICE) {
        continue;
      }
      Optional<String> answer = listening.get(service.name());
      if (answer == null) {
        return StartupReport.STARTING;
      }
      answer.ifPresent(why -> failures.add("virtual service " + service.name() + ": " + why));
    }
    return failures.isEmpty()
        ? "revision " + now.revision().number()
        : StartupReport.FAILED + String.join("\n", failures);
  }
}
