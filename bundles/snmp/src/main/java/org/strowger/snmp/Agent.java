package org.strowger.snmp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmRecord;
import org.strowger.api.Alarms;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.FailoverCommand;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Origin;
import org.strowger.api.Snapshot;
import org.strowger.api.StartupReport;
import org.strowger.api.Subscription;

/**
 * The agent's life: it makes what runs equal to what the configuration wants, again after each
 * change and every {@value #TICK_SECONDS} s, so that a port that was taken or a passphrase file
 * that was missing needs no restart. One thread, {@code snmp-agent}, owns all of it; a second,
 * {@code snmp-set}, waits for the director; SNMP4J's receiving thread answers reads.
 */
final class Agent implements DirectorListener, AutoCloseable {
  static final int TICK_SECONDS = 2;

  /** SETs that wait for the director; the next is refused. */
  static final int WAITING_SETS = 32;

  /** Events of the director that wait for the agent's thread; the next is dropped. */
  static final int WAITING_EVENTS = 2_048;

  /** Lives as long as the process, and so tells a restart of it from one of this bundle. */
  static final String STARTED_PROPERTY = "strowger.snmp.started";

  private static final int STOP_SECONDS = 10;
  private static final int LAST_SETS_SECONDS = 2;
  private static final Logger log = LoggerFactory.getLogger(Agent.class);

  private final EngineStore engineStore;
  private final PassphraseFiles passphrases;
  private final MibTree tree;
  private final Path stateFolder;
  private final AccessAudit access = new AccessAudit(System::nanoTime);
  private final Sources sources = Sources.none();
  private final ScheduledExecutorService agentThread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "snmp-agent"));
  private final ExecutorService setThread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING_SETS),
          task -> new Thread(task, "snmp-set"));
  private final Future<?> ticks;
  private final Future<?> beats;
  private final AtomicInteger waitingEvents = new AtomicInteger();
  private final AtomicBoolean statesWait = new AtomicBoolean();
  private volatile Attached attached = new Attached(null, null);
  private volatile @Nullable Snapshot lastSnapshot;
  private final UpgradeSlot upgrade = new UpgradeSlot();
  private volatile @Nullable AgentState state;
  private volatile String report = StartupReport.STARTING;

  // The agent's thread only:
  private @Nullable Endpoints endpoints;
  private final Watches watches = new Watches(sources);
  private final KeepalivedWatch keepalivedWatch = new KeepalivedWatch();
  private boolean announced;
  private final Complaints complaints = new Complaints();

  private record Attached(@Nullable Director director, @Nullable Subscription subscription) {
    void end() {
      if (subscription != null) {
        subscription.close();
      }
    }
  }

  /**
   * Starts the threads; nothing is opened before a director is attached.
   *
   * @param description sysDescr
   */
  Agent(Path stateFolder, String description) {
    this.stateFolder = stateFolder;
    engineStore = new EngineStore(stateFolder);
    passphrases = new PassphraseFiles(stateFolder);
    tree = MibTree.ofAllModules(description);
    ticks = agentThread.scheduleWithFixedDelay(this::reconcile, 0, TICK_SECONDS, TimeUnit.SECONDS);
    beats = agentThread.scheduleWithFixedDelay(this::beat, 1, 1, TimeUnit.SECONDS);
  }

  /** For the launcher: see {@link StartupReport}. */
  String report() {
    return report;
  }

  /** What is shown besides the director. */
  Sources sources() {
    return sources;
  }

  void attach(Director director) {
    Attached before = attached;
    attached = new Attached(director, director.subscribe(this));
    before.end();
    agentThread.execute(this::reconcile);
  }

  UpgradeSlot upgrade() {
    return upgrade;
  }

  /** The director is gone; its last snapshot goes on being shown, SETs are refused. */
  void detach(Director director) {
    Attached before = attached;
    if (director.equals(before.director())) {
      attached = new Attached(null, null);
      before.end();
    }
  }

  @Override
  public void on(DirectorEvent event) {
    if (event instanceof DirectorEvent.StateChanged && statesWait.getAndSet(true)) {
      return; // one look is due already
    }
    if (waitingEvents.incrementAndGet() > WAITING_EVENTS) {
      waitingEvents.decrementAndGet();
      log.warn("too many events wait; one is dropped: {}", event.getClass().getSimpleName());
      return;
    }
    try {
      agentThread.execute(
          () -> {
            waitingEvents.decrementAndGet();
            handle(event);
          });
    } catch (RejectedExecutionException e) {
      log.debug("an event came while the agent stops", e);
    }
  }

  private void handle(DirectorEvent event) {
    switch (event) {
      case DirectorEvent.RevisionCommitted committed -> {
        reconcile();
        snapshot()
            .ifPresent(
                now ->
                    ConfigObjects.committed(committed.revision(), now, upTime())
                        .forEach(this::notifyTargets));
      }
      case DirectorEvent.StateChanged changed -> {
        Snapshot before = lastSnapshot;
        boolean asked = before != null && KeepalivedObjects.wanted(before.configuration());
        (asked ? snapshot() : Optional.ofNullable(before)).ifPresent(this::tellAsKeepalived);
      }
      case DirectorEvent.AlarmRaised raised ->
          notifyTargets(AlarmNotifications.raised(raised.alarm(), upTime()));
      case DirectorEvent.AlarmChanged changed ->
          notifyTargets(AlarmNotifications.raised(changed.alarm(), upTime()));
      case DirectorEvent.AlarmCleared cleared ->
          notifyTargets(AlarmNotifications.cleared(cleared.alarm(), upTime()));
      case DirectorEvent.AlarmResent resent ->
          notifyTargets(AlarmNotifications.raised(resent.alarm(), upTime()));
      case DirectorEvent.AlarmNotice(DirectorEvent.Notice notice, Alarms alarms) ->
          notifyTargets(AlarmNotifications.notice(notice, alarms, upTime()));
      case DirectorEvent.RevisionTakenBack back ->
          notifyTargets(ConfigObjects.takenBack(back, upTime()));
    }
  }

  private void tellAsKeepalived(Snapshot now) {
    statesWait.set(false);
    if (endpoints != null) {
      keepalivedWatch.look(now, upTime()).forEach(this::notifyTargets);
    }
  }

  private long upTime() {
    return endpoints == null ? 0 : endpoints.engine().upTime();
  }

  private void notifyTargets(Notification notification) {
    if (endpoints != null) {
      endpoints.notify(notification);
    }
  }

  private AgentState state() {
    return Objects.requireNonNull(state, "nobody can ask before the agent listens");
  }

  private Moment moment() {
    return Moment.of(snapshot().orElseThrow(), state(), sources, upgrade::status);
  }

  private Optional<Snapshot> snapshot() {
    Director director = attached.director();
    if (director != null) {
      lastSnapshot = director.snapshot();
    }
    return Optional.ofNullable(lastSnapshot);
  }

  private void reconcile() {
    try {
      snapshot().ifPresent(this::follow);
    } catch (RuntimeException e) {
      log.error("the SNMP agent could not follow its configuration; it tries again", e);
      say(StartupReport.FAILED + "SNMP: " + e);
    }
  }

  private void beat() {
    try {
      if (endpoints != null) {
        endpoints.beat(
            () ->
                AlarmNotifications.notice(
                    DirectorEvent.Notice.HEARTBEAT, snapshot().orElseThrow().alarms(), upTime()));
      }
    } catch (RuntimeException e) {
      log.error("a heartbeat could not be told; it is tried again", e);
    }
  }

  private void follow(Snapshot snapshot) {
    if (snapshot.revision() == 0) {
      // Nothing is known yet: neither to listen nor to fall silent.
      return;
    }
    Snmp wanted = snapshot.configuration().management().snmp().orElse(null);
    if (wanted == null) {
      silence();
      say("SNMP: not configured");
      return;
    }
    try {
      Endpoints running = endpoints(snapshot.configuration().directorName());
      Map<String, Credentials> users = passphrases.read(wanted.users().values());
      state =
          running.follow(wanted, users, passphrases.readCommunities(wanted.communities().values()));
      running.listen(wanted);
      announce();
      String where = wanted.address().getHostAddress();
      tellAsKeepalived(snapshot);
      complaints.tell(attached.director(), passphrases, state, running.problem(), access);
      upgrade.changed(upTime()).ifPresent(this::notifyTargets);
      watches.look(snapshot, upTime()).forEach(this::notifyTargets);
      say(
          "SNMP: UDP port %d on %s, %d of %d users exist"
              .formatted(wanted.port(), where, users.size(), wanted.users().size()));
    } catch (IOException e) {
      say(StartupReport.FAILED + "SNMP: " + Socket.sentence(wanted, e));
    }
  }

  /** What was told of alarms, out of the history. */
  private List<Notification> told(long first, long last) {
    List<Notification> all = new ArrayList<>();
    for (AlarmRecord record : snapshot().orElseThrow().alarms().history()) {
      long number = record.alarm().sequence();
      if (!SequenceSpan.isAfter(first, number) && !SequenceSpan.isAfter(number, last)) {
        AlarmNotifications.of(record, upTime()).ifPresent(all::add);
      }
    }
    return all;
  }

  /** What no change of the director is, after the SET that asked for it was right. */
  private void act(Asked asked, Origin origin) {
    switch (asked) {
      case Asked.Replay again ->
          agentThread.execute(
              () -> {
                if (endpoints != null) {
                  endpoints.replay(again.target(), again.from());
                }
              });
      case Asked.Upgrade wanted -> upgrade.ask(wanted.request(), origin);
      case Asked.Failover(FailoverCommand command) ->
          HaWatch.ask(attached.director(), command, origin);
      default -> throw new IllegalArgumentException("no act: " + asked);
    }
  }

  private Draft draft(Caller caller) {
    return new Draft(
        () -> Optional.ofNullable(attached.director()),
        caller.origin(),
        asked -> act(asked, caller.origin()));
  }

  private Endpoints endpoints(String directorName) throws IOException {
    Endpoints running = endpoints;
    if (running == null) {
      Engine engine = engineStore.start(directorName);
      running = new Endpoints(engine, stateFolder, access, agentThread, this::told);
      running.answerBy(
          new RequestProcessor(
              engine, this::state, this::moment, tree, access, this::draft, setThread));
      endpoints = running;
    }
    return running;
  }

  private void announce() {
    if (!announced) {
      announced = true;
      boolean warm = System.getProperty(STARTED_PROPERTY) != null;
      System.setProperty(STARTED_PROPERTY, "true");
      notifyTargets(
          new Notification(
              warm ? Notification.WARM_START : Notification.COLD_START, upTime(), List.of(), 0));
    }
  }

  private void silence() {
    complaints.withdraw(attached.director());
    if (endpoints != null) {
      endpoints.silence();
    }
    state = null;
  }

  private void say(String text) {
    if (!text.equals(report)) {
      report = text;
      if (text.startsWith(StartupReport.FAILED)) {
        log.error("{}", text);
      } else {
        log.info("{}", text);
      }
    }
  }

  /** Ends all threads and closes all sockets before it returns. */
  @Override
  public void close() {
    ticks.cancel(false);
    beats.cancel(false);
    attached.end();
    try {
      endSets();
      agentThread.submit(this::silence).get(STOP_SECONDS, TimeUnit.SECONDS);
      agentThread.shutdown();
      if (!agentThread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.error("a thread of the SNMP agent does not end");
      }
    } catch (ExecutionException | TimeoutException e) {
      log.error("the SNMP agent did not stop cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      setThread.shutdownNow();
      agentThread.shutdownNow();
    }
  }

  /** Lets SETs that already reached the director be answered while the socket is still there. */
  private void endSets() throws InterruptedException {
    setThread.shutdown();
    if (!setThread.awaitTermination(LAST_SETS_SECONDS, TimeUnit.SECONDS)) {
      setThread.shutdownNow();
      if (!setThread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.error("a SET does not end");
      }
    }
  }
}
