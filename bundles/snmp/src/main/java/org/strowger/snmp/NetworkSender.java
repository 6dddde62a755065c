package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.UserTarget;
import org.snmp4j.event.ResponseEvent;
import org.snmp4j.event.ResponseListener;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Management.SnmpTarget;

/**
 * Sends notifications from a socket of its own, on which nobody is answered. Bound to the agent's
 * address, so that notifications come from where the manager polls; from a loopback address only
 * the machine itself could be reached, so it is then left to the system.
 */
final class NetworkSender implements NotificationTarget.Sender, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NetworkSender.class);

  private final Engine engine;
  private final Snmp session;
  private final Socket socket;
  private final Executor agentThread;

  private NetworkSender(Engine engine, Snmp session, Socket socket, Executor agentThread) {
    this.engine = engine;
    this.session = session;
    this.socket = socket;
    this.agentThread = agentThread;
  }

  static NetworkSender open(
      Engine engine, Protocol protocol, InetAddress agentAddress, Executor agentThread)
      throws IOException {
    InetAddress from =
        agentAddress.isLoopbackAddress() ? new InetSocketAddress(0).getAddress() : agentAddress;
    Socket socket = Socket.open(from, 0, protocol.dispatcher());
    return new NetworkSender(engine, new Snmp(protocol.dispatcher()), socket, agentThread);
  }

  @Override
  public void trap(SnmpTarget target, Notification notification) throws IOException {
    session.send(pdu(notification, PDU.TRAP), address(target), socket.transport(), null, null);
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
            agentThread.execute(() -> outcome.accept(acknowledged));
          }
        };
    PDU pdu = pdu(notification, PDU.INFORM);
    session.send(pdu, address(target), socket.transport(), null, listener);
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
    try {
      session.close();
    } catch (IOException e) {
      log.warn("the session for notifications did not close: {}", e.toString());
    }
  }
}
