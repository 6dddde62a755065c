package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.CertifiedTarget;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.UserTarget;
import org.snmp4j.event.ResponseEvent;
import org.snmp4j.event.ResponseListener;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TlsAddress;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.Tls;

/**
 * Sends notifications from a socket of its own, on which nobody is answered, or over the sessions
 * of targets over TLS. Bound to the agent's address, so that notifications come from where the
 * manager polls; from a loopback address only the machine itself could be reached, so it is then
 * left to the system. Used by the agent's thread; answers come on others.
 */
final class NetworkSender implements NotificationTarget.Sender, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NetworkSender.class);

  private final Engine engine;
  private final Snmp session;
  private final Socket socket;
  private final InetAddress agentAddress;
  private final Executor agentThread;
  private final LineMaker lineMaker;
  private final Map<String, TlsLine> lines = new HashMap<>();

  /** Makes the line to a target over TLS. */
  interface LineMaker {
    TlsLine lineTo(SnmpTarget target);
  }

  private NetworkSender(
      Engine engine,
      Snmp session,
      Socket socket,
      InetAddress agentAddress,
      Executor agentThread,
      LineMaker lineMaker) {
    this.engine = engine;
    this.session = session;
    this.socket = socket;
    this.agentAddress = agentAddress;
    this.agentThread = agentThread;
    this.lineMaker = lineMaker;
  }

  static NetworkSender open(
      Engine engine,
      Protocol protocol,
      InetAddress agentAddress,
      Executor agentThread,
      LineMaker lineMaker)
      throws IOException {
    InetAddress from =
        agentAddress.isLoopbackAddress() ? new InetSocketAddress(0).getAddress() : agentAddress;
    Socket socket = Socket.open(from, 0, protocol.dispatcher());
    Snmp session = new Snmp(protocol.dispatcher());
    return new NetworkSender(engine, session, socket, agentAddress, agentThread, lineMaker);
  }

  /** Whether it sends from where an agent at {@code address} is to. */
  boolean isFrom(InetAddress address) {
    return agentAddress.equals(address);
  }

  /** Keeps a session with each target over TLS; ends those with others. */
  void follow(Collection<SnmpTarget> wanted, Optional<Tls> files) {
    Map<String, TlsLine> before = new HashMap<>(lines);
    lines.clear();
    for (SnmpTarget target : wanted) {
      if (target.fingerprint().isPresent() && files.isPresent()) {
        TlsLine known = before.get(target.name());
        TlsLine line = known != null && known.leadsTo(target) ? known : lineMaker.lineTo(target);
        lines.put(target.name(), line);
        line.look(agentAddress, files.get());
      }
    }
    before.values().removeAll(lines.values());
    before.values().forEach(TlsLine::close);
  }

  @Override
  public boolean isReady(SnmpTarget target) {
    TlsLine line = lines.get(target.name());
    return target.fingerprint().isEmpty() || (line != null && line.isUp());
  }

  private void send(PDU pdu, SnmpTarget target, @Nullable ResponseListener listener)
      throws IOException {
    if (target.fingerprint().isEmpty()) {
      session.send(pdu, address(target), socket.transport(), null, listener);
      return;
    }
    TlsLine line = lines.get(target.name());
    if (line == null) {
      throw new IOException("there is no session with " + target.name());
    }
    session.send(pdu, address(target, line), line, null, listener);
  }

  @Override
  public void trap(SnmpTarget target, Notification notification) throws IOException {
    send(pdu(notification, PDU.TRAP), target, null);
  }

  @Override
  public void inform(SnmpTarget target, Notification notification, Consumer<Boolean> outcome)
      throws IOException {
    ResponseListener listener =
        new ResponseListener() {
          @Override
          public <A extends Address> void onResponse(ResponseEvent<A> event) {
            // SNMP4J keeps an asynchronous request until it is cancelled, also after its answer.
            session.cancel(event.getRequest(), this);
            boolean acknowledged = isAcknowledgement(target, event.getResponse());
            boolean silence = event.getResponse() == null;
            agentThread.execute(
                () -> {
                  if (silence) {
                    renew(target);
                  }
                  outcome.accept(acknowledged);
                });
          }
        };
    send(pdu(notification, PDU.INFORM), target, listener);
  }

  /** Over TLS nothing is lost on the way: who does not answer is at the end of a dead session. */
  private void renew(SnmpTarget target) {
    TlsLine line = lines.get(target.name());
    if (line != null) {
      line.renew();
    }
  }

  private static boolean isAcknowledgement(SnmpTarget target, @Nullable PDU response) {
    if (response == null) {
      return false;
    }
    boolean good = response.getType() == PDU.RESPONSE && response.getErrorStatus() == PDU.noError;
    if (!good) {
      log.atWarn()
          .addKeyValue("target", target.name())
          .log("target refuses an inform: {}", response);
    }
    return good;
  }

  private UserTarget<UdpAddress> address(SnmpTarget target) {
    UserTarget<UdpAddress> user = new UserTarget<>();
    user.setAddress(new UdpAddress(target.address(), target.port()));
    user.setVersion(SnmpConstants.version3);
    user.setSecurityLevel(SecurityLevel.AUTH_PRIV);
    user.setSecurityName(new OctetString(target.user()));
    user.setTimeout(target.timeout().toMillis());
    user.setRetries(target.retries());
    return user;
  }

  private static CertifiedTarget<TlsAddress> address(SnmpTarget target, TlsLine line) {
    CertifiedTarget<TlsAddress> certified =
        new CertifiedTarget<>(
            line.address(), TlsLine.SECURITY_NAME, new OctetString(), new OctetString());
    certified.setVersion(SnmpConstants.version3);
    certified.setSecurityModel(SecurityModel.SECURITY_MODEL_TSM);
    certified.setSecurityLevel(SecurityLevel.AUTH_PRIV);
    certified.setTimeout(target.timeout().toMillis() * (target.retries() + 1));
    certified.setRetries(0);
    return certified;
  }

  private PDU pdu(Notification notification, int type) {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(type);
    pdu.setContextEngineID(engine.id());
    pdu.add(new VariableBinding(SnmpConstants.sysUpTime, Smi.ticks(notification.upTime())));
    pdu.add(new VariableBinding(SnmpConstants.snmpTrapOID, notification.name()));
    pdu.addAll(notification.variables());
    return pdu;
  }

  @Override
  public void close() {
    socket.close();
    lines.values().forEach(TlsLine::close);
    lines.clear();
    try {
      session.close();
    } catch (IOException e) {
      log.warn("the session for notifications did not close: {}", e.toString());
    }
  }
}
