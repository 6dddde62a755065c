package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.snmp4j.CommandResponder;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;

/**
 * The two protocol engines of one start with their users, sockets and targets, made equal to what
 * is wanted step by step: what did not change is left alone, so that a new target or passphrase
 * costs nobody a packet. Used by the agent's thread only.
 */
final class Endpoints {
  private final Engine engine;
  private final ProtocolCounters counters;
  private final Protocol answering;
  private final Protocol sending;
  private final Executor agentThread;
  private Map<String, Credentials> users = Map.of();
  private List<NotificationTarget> targets = List.of();
  private @Nullable NetworkSender sender;
  private @Nullable InetAddress senderAddress;
  private @Nullable Socket socket;

  Endpoints(Engine engine, ProtocolCounters counters, Executor agentThread) {
    this.engine = engine;
    this.counters = counters;
    this.agentThread = agentThread;
    answering = Protocol.of(engine, counters, false);
    sending = Protocol.of(engine, counters, true);
  }

  Engine engine() {
    return engine;
  }

  void answerBy(CommandResponder responder) {
    answering.dispatcher().addCommandResponder(responder);
  }

  /** The users and targets as wanted; the socket for notifications is opened if need be. */
  AgentState follow(Snmp wanted, Map<String, Credentials> existing) throws IOException {
    followUsers(existing);
    followTargets(wanted, openSender(wanted.address()));
    return new AgentState(engine, counters, users, targets);
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
      Optional<NotificationTarget> same =
          targets.stream()
              .filter(each -> each.configured().equals(target) && each.sendsBy(by))
              .findFirst();
      now.add(same.orElseGet(() -> new NotificationTarget(target, by)));
    }
    targets = now;
  }

  private NetworkSender openSender(InetAddress address) throws IOException {
    if (sender != null && address.equals(senderAddress)) {
      return sender;
    }
    closeSender();
    NetworkSender opened = NetworkSender.open(engine, sending, address, agentThread);
    sender = opened;
    senderAddress = address;
    return opened;
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
  }

  void silence() {
    closeSocket();
    closeSender();
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
