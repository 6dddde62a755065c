package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.AlarmCondition;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.SnmpTls;

/**
 * The two protocol engines of one start with their users, sockets and targets, made equal to what
 * is wanted step by step: what did not change is left alone, so that a new target or passphrase
 * costs nobody a packet. Used by the agent's thread only.
 */
final class Endpoints {
  private static final OctetString DEFAULT_CONTEXT = new OctetString();
  private static final long REFUSAL_NANOS = 1_000_000_000L;
  private static final Logger logger = LoggerFactory.getLogger(Endpoints.class);

  private final Engine engine;
  private final ProtocolCounters counters;
  private final Protocol answering;
  private final Protocol sending;
  private final Executor agentThread;
  private final NotificationTarget.Told told;
  private final TlsEndpoint tls;
  private final NotificationLog log = new NotificationLog();
  private final Path stateFolder;
  private final AtomicLong refusalTold = new AtomicLong(System.nanoTime() - REFUSAL_NANOS);
  private volatile boolean authenticationTraps;
  private Map<String, Credentials> users = Map.of();
  private List<NotificationTarget> targets = List.of();
  private @Nullable NetworkSender sender;
  private @Nullable Socket socket;
  private @Nullable RequestProcessor processor;

  /**
   * @param stateFolder what relative names of files start from
   * @param audit is told who is refused
   * @param told what was told before, for those who missed it
   */
  Endpoints(
      Engine engine,
      Path stateFolder,
      AccessAudit audit,
      Executor agentThread,
      NotificationTarget.Told told) {
    this.told = told;
    this.engine = engine;
    this.counters = new ProtocolCounters();
    this.agentThread = agentThread;
    this.stateFolder = stateFolder;
    answering = Protocol.of(engine, counters, false);
    sending = Protocol.of(engine, counters, true);
    answering.dispatcher().addAuthenticationFailureListener(audit);
    audit.listen(this::refused);
    tls = new TlsEndpoint(stateFolder, answering.dispatcher(), counters, audit);
  }

  Engine engine() {
    return engine;
  }

  void answerBy(RequestProcessor by) {
    by.addCounterListener(counters);
    by.setNotificationOriginator(new Notifier(engine, () -> targets, log));
    answering.dispatcher().addCommandResponder(by);
    processor = by;
  }

  /** Sends to all targets there are. */
  void notify(Notification notification) {
    if (processor != null) {
      processor.notify(
          DEFAULT_CONTEXT,
          notification.name(),
          Smi.ticks(notification.upTime()),
          notification.variables().toArray(VariableBinding[]::new));
    }
  }

  /** Any thread; floods of refusals leave one a second. */
  private void refused() {
    long now = System.nanoTime();
    long last = refusalTold.get();
    if (!authenticationTraps
        || now - last < REFUSAL_NANOS
        || !refusalTold.compareAndSet(last, now)) {
      return;
    }
    try {
      agentThread.execute(
          () ->
              notify(
                  new Notification(
                      Notification.AUTHENTICATION_FAILURE, engine.upTime(), List.of(), 0)));
    } catch (RejectedExecutionException e) {
      logger.debug("somebody was refused while the agent stops", e);
    }
  }

  /** Sends their heartbeats to those who have some of their own, if they are due. */
  void beat(Supplier<Notification> heartbeat) {
    targets.forEach(each -> each.beat(heartbeat));
  }

  /** Sends to one target what it was told before. */
  void replay(String target, long from) {
    targets.stream()
        .filter(each -> each.configured().name().equals(target))
        .forEach(each -> each.replay(from, engine.upTime()));
  }

  /** The users and targets as wanted; the socket for notifications is opened if need be. */
  AgentState follow(
      Snmp wanted, Map<String, Credentials> existing, Map<String, Community> communities)
      throws IOException {
    followUsers(existing);
    answering.speakVersion2(!communities.isEmpty());
    authenticationTraps = wanted.authenticationTraps();
    NetworkSender by = openSender(wanted.address());
    followTargets(wanted, by);
    by.follow(wanted.targets().values(), wanted.tls().map(SnmpTls::files));
    return new AgentState(
        engine,
        counters,
        users,
        wanted.tls().map(SnmpTls::clients).orElse(Map.of()),
        targets,
        log,
        communities,
        wanted.tls().flatMap(each -> tls.ownFingerprint(each.files())));
  }

  private void followUsers(Map<String, Credentials> wanted) {
    users.forEach(
        (name, before) -> {
          if (!before.equals(wanted.get(name))) {
            answering.usm().removeAllUsers(before.securityName());
            sending.usm().removeAllUsers(before.securityName());
          }
        });
    wanted.forEach(
        (name, now) -> {
          if (!now.equals(users.get(name))) {
            answering.usm().addUsmUserEntry(now.receiver(answering.algorithms(), engine.id()));
            sending.usm().addUser(now.sender());
          }
        });
    users = wanted;
  }

  private void followTargets(Snmp wanted, NetworkSender by) {
    List<NotificationTarget> now = new ArrayList<>();
    for (SnmpTarget target : wanted.targets().values()) {
      NotificationTarget same =
          targets.stream()
              .filter(each -> each.isSame(target, by))
              .findFirst()
              .orElseGet(() -> new NotificationTarget(target, by, told, System::nanoTime));
      same.configure(target);
      now.add(same);
    }
    targets = now;
  }

  private NetworkSender openSender(InetAddress address) throws IOException {
    if (sender != null && sender.isFrom(address)) {
      return sender;
    }
    closeSender();
    NetworkSender opened = NetworkSender.open(engine, sending, address, agentThread, this::lineTo);
    sender = opened;
    return opened;
  }

  private TlsLine lineTo(SnmpTarget target) {
    String name = target.name();
    return new TlsLine(
        target,
        stateFolder,
        sending.dispatcher(),
        counters,
        InstantSource.system(),
        new TlsLine.Listener() {
          private final AtomicReference<String> told = new AtomicReference<>("");

          @Override
          public void up() {
            told.set("");
            at(name, each -> each.reachable(engine.upTime()));
          }

          @Override
          public void down(String why, boolean inOrder) {
            if (!why.equals(told.getAndSet(why))) { // not again at each attempt of a long outage
              logger.atWarn().addKeyValue("target", name).log("no TLS session: {}", why);
            }
            at(name, each -> each.unreachable(inOrder));
          }
        });
  }

  private void at(String target, Consumer<NotificationTarget> told) {
    try {
      agentThread.execute(
          () ->
              targets.stream()
                  .filter(each -> each.configured().name().equals(target))
                  .forEach(told));
    } catch (RejectedExecutionException e) {
      logger.debug("a session of {} changed while the agent stops", target, e);
    }
  }

  /** Answers where it is wanted, and no longer where it was. */
  void listen(Snmp wanted) throws IOException {
    if (socket != null && !socket.isAt(wanted.address(), wanted.port())) {
      closeSocket();
    }
    if (socket == null) {
      socket = Socket.open(wanted.address(), wanted.port(), answering.dispatcher());
    }
    socket.gate().logDrops();
    tls.follow(wanted);
  }

  /** What of the configuration cannot be had. */
  Optional<AlarmCondition> problem() {
    return tls.problem();
  }

  void silence() {
    closeSocket();
    closeSender();
    tls.close();
    targets = List.of();
  }

  private void closeSocket() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  private void closeSender() {
    if (sender != null) {
      sender.close();
      sender = null;
    }
  }
}
