package org.strowger.snmp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
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
  private static final Logger log = LoggerFactory.getLogger(Agent.class);

  private final EngineStore engineStore;
  private final PassphraseFiles passphrases;
  private final MibTree tree;
  private final ProtocolCounters counters = new ProtocolCounters();
  private final ScheduledExecutorService agentThread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "snmp-agent"));
  private final ThreadPoolExecutor setThread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING_SETS),
          task -> new Thread(task, "snmp-set"));
  private final Future<?> ticks;
  private final AtomicInteger waitingEvents = new AtomicInteger();
  private volatile Attached attached = new Attached(null, null);
  private volatile @Nullable Snapshot lastSnapshot;
  private volatile @Nullable AgentState state;
  private volatile String report = StartupReport.STARTING;

  // The agent's thread only:
  private @Nullable Running running;
  private boolean announced;

  private record Attached(@Nullable Director director, @Nullable Subscription subscription) {}

  /** The two protocol engines, and the sockets as far as they are open. */
  private static final class Running {
    final Engine engine;
    final Protocol answering;
    final Protocol sending;
    @Nullable NetworkSender sender;
    @Nullable InetAddress senderAddress;
    @Nullable Socket socket;

    Running(Engine engine, ProtocolCounters counters) {
      this.engine = engine;
      answering = Protocol.of(engine, counters, false);
      sending = Protocol.of(engine, counters, true);
    }
  }

  /**
   * @param description sysDescr
   */
  Agent(Path stateFolder, String description) {
    engineStore = new EngineStore(stateFolder);
    passphrases = new PassphraseFiles(stateFolder);
    Collection<Subtree> objects = new ArrayList<>(StandardObjects.all(description));
    objects.addAll(LbObjects.all());
    objects.addAll(AlarmObjects.all());
    tree = new MibTree(objects);
    setThread.prestartAllCoreThreads();
    ticks =
        agentThread.scheduleWithFixedDelay(
            this::reconcileGuarded, 0, TICK_SECONDS, TimeUnit.SECONDS);
  }

  /** For the launcher: see {@link StartupReport}. */
  String report() {
    return report;
  }

  void attach(Director director) {
    Attached before = attached;
    attached = new Attached(director, director.subscribe(this));
    closeSubscription(before);
    agentThread.execute(this::reconcileGuarded);
  }

  /** The director is gone; its last snapshot goes on being shown, SETs are refused. */
  void detach(Director director) {
    Attached before = attached;
    if (director.equals(before.director())) {
      attached = new Attached(null, null);
      closeSubscription(before);
    }
  }

  private static void closeSubscription(Attached before) {
    if (before.subscription() != null) {
      before.subscription().close();
    }
  }

  @Override
  public void on(DirectorEvent event) {
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
      case DirectorEvent.RevisionCommitted committed -> reconcileGuarded();
      case DirectorEvent.StateChanged changed -> {}
      case DirectorEvent.AlarmRaised raised ->
          notifyTargets(AlarmObjects.raised(raised.alarm(), upTime()));
      case DirectorEvent.AlarmChanged changed ->
          notifyTargets(AlarmObjects.raised(changed.alarm(), upTime()));
      case DirectorEvent.AlarmCleared cleared ->
          notifyTargets(AlarmObjects.cleared(cleared.alarm(), upTime()));
    }
  }

  private long upTime() {
    return running == null ? 0 : running.engine.upTime();
  }

  private void notifyTargets(Notification notification) {
    AgentState current = state;
    if (current != null) {
      current.targets().forEach(target -> target.send(notification));
    }
  }

  private Moment moment() {
    AgentState current = Objects.requireNonNull(state, "nobody can ask before the agent listens");
    Snapshot snapshot = snapshot().orElseThrow();
    return Moment.of(snapshot, current);
  }

  private Optional<Snapshot> snapshot() {
    Director director = attached.director();
    if (director != null) {
      lastSnapshot = director.snapshot();
    }
    return Optional.ofNullable(lastSnapshot);
  }

  private void reconcileGuarded() {
    try {
      reconcile();
    } catch (RuntimeException e) {
      log.error("the SNMP agent could not follow its configuration; it tries again", e);
      say(StartupReport.FAILED + "SNMP: " + e);
    }
  }

  private void reconcile() {
    Snapshot snapshot = snapshot().orElse(null);
    if (snapshot == null) {
      return;
    }
    Snmp wanted = snapshot.configuration().management().snmp().orElse(null);
    if (wanted == null) {
      silence();
      say("SNMP: not configured");
      return;
    }
    try {
      Running now = running(snapshot.configuration().directorName());
      Map<String, Credentials> users = users(now, wanted);
      openSender(now, wanted);
      state = new AgentState(now.engine, counters, users, targets(now, wanted));
      openSocket(now, wanted);
      announce();
      say(
          "SNMP: UDP port %d on %s, %d of %d users exist"
              .formatted(wanted.port(), host(wanted), users.size(), wanted.users().size()));
    } catch (IOException e) {
      say(StartupReport.FAILED + "SNMP: " + sentence(wanted, e));
    }
  }

  private Running running(String directorName) throws IOException {
    if (running == null) {
      running = new Running(engineStore.start(directorName), counters);
      running
          .answering
          .dispatcher()
          .addCommandResponder(
              new RequestProcessor(
                  this::moment,
                  tree,
                  new Setter(tree, () -> Optional.ofNullable(attached.director())),
                  setThread));
    }
    return running;
  }

  private Map<String, Credentials> users(Running now, Snmp wanted) {
    AgentState current = state;
    Map<String, Credentials> before = current == null ? Map.of() : current.users();
    Map<String, Credentials> users = passphrases.read(wanted.users().values());
    before.forEach(
        (name, credentials) -> {
          if (!credentials.equals(users.get(name))) {
            now.answering.usm().removeAllUsers(credentials.securityName());
            now.sending.usm().removeAllUsers(credentials.securityName());
          }
        });
    users.forEach(
        (name, credentials) -> {
          if (!credentials.equals(before.get(name))) {
            now.answering
                .usm()
                .addUsmUserEntry(credentials.receiver(now.answering.algorithms(), now.engine.id()));
            now.sending.usm().addUser(credentials.sender());
          }
        });
    return users;
  }

  private List<NotificationTarget> targets(Running now, Snmp wanted) {
    AgentState current = state;
    List<NotificationTarget> before = current == null ? List.of() : current.targets();
    NetworkSender sender = Objects.requireNonNull(now.sender);
    List<NotificationTarget> targets = new ArrayList<>();
    for (SnmpTarget target : wanted.targets().values()) {
      targets.add(
          before.stream()
              .filter(each -> each.configured().equals(target) && each.sendsBy(sender))
              .findFirst()
              .orElseGet(() -> new NotificationTarget(target, sender)));
    }
    return targets;
  }

  private void openSender(Running now, Snmp wanted) throws IOException {
    if (now.sender != null && wanted.address().equals(now.senderAddress)) {
      return;
    }
    NetworkSender opened =
        NetworkSender.open(now.engine, now.sending, wanted.address(), agentThread);
    if (now.sender != null) {
      now.sender.close();
    }
    now.sender = opened;
    now.senderAddress = wanted.address();
  }

  private void openSocket(Running now, Snmp wanted) throws IOException {
    if (now.socket != null && !now.socket.isAt(wanted.address(), wanted.port())) {
      now.socket.close();
      now.socket = null;
    }
    if (now.socket == null) {
      now.socket = Socket.open(wanted.address(), wanted.port(), now.answering.dispatcher());
    }
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
    if (running != null && running.socket != null) {
      running.socket.close();
      running.socket = null;
    }
    if (running != null && running.sender != null) {
      running.sender.close();
      running.sender = null;
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

  private static String host(Snmp wanted) {
    return wanted.address().getHostAddress();
  }

  private static String sentence(Snmp wanted, IOException e) {
    String message = Objects.toString(e.getMessage(), e.toString());
    if (e instanceof BindException && message.contains("in use")) {
      return "UDP port %d on %s is in use".formatted(wanted.port(), host(wanted));
    }
    if (e instanceof BindException && message.contains("assign")) {
      return host(wanted) + " is not an address of this machine";
    }
    if (e instanceof BindException && message.contains("denied")) {
      return "UDP port %d may only be opened with more rights".formatted(wanted.port());
    }
    return message;
  }

  /** Ends all threads and closes all sockets before it returns. */
  @Override
  public void close() {
    ticks.cancel(false);
    closeSubscription(attached);
    attached = new Attached(null, null);
    Future<?> silenced = agentThread.submit(this::silence);
    try {
      silenced.get(STOP_SECONDS, TimeUnit.SECONDS);
      agentThread.shutdownNow();
      setThread.shutdownNow();
      if (!agentThread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
          || !setThread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.error("a thread of the SNMP agent does not end");
      }
    } catch (ExecutionException | TimeoutException e) {
      log.error("the SNMP agent did not stop cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      agentThread.shutdownNow();
      setThread.shutdownNow();
    }
  }
}
