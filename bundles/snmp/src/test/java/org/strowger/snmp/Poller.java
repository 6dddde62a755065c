package org.strowger.snmp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.UserTarget;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;
import org.strowger.api.Role;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;

/** A manager on SNMP4J, for requests that net-snmp's tools do not send. */
final class Poller implements AutoCloseable {
  private final Snmp session;
  private final UserTarget<UdpAddress> target = new UserTarget<>();

  private Poller(Snmp session) {
    this.session = session;
  }

  static Poller asViewer(int agentPort) throws IOException {
    OctetString id = new OctetString("a manager".getBytes(StandardCharsets.US_ASCII));
    Protocol protocol = Protocol.of(Engine.starting(id, 1), new ProtocolCounters(), true);
    Credentials viewer =
        new Credentials(
            Rig.user("viewer", Role.VIEWER, SnmpAuth.SHA256, SnmpPriv.AES128),
            "viewer-auth-secret",
            "viewer-priv-secret");
    protocol.usm().addUser(viewer.sender());
    Poller poller = new Poller(new Snmp(protocol.dispatcher()));
    poller.session.addTransportMapping(new DefaultUdpTransportMapping());
    poller.session.listen();
    poller.target.setAddress(new UdpAddress(Rig.LOOPBACK, agentPort));
    poller.target.setVersion(SnmpConstants.version3);
    poller.target.setSecurityLevel(SecurityLevel.AUTH_PRIV);
    poller.target.setSecurityName(new OctetString("viewer"));
    poller.target.setTimeout(5_000);
    poller.target.setRetries(2);
    return poller;
  }

  PDU get(List<String> oids) throws IOException {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(PDU.GET);
    oids.forEach(oid -> pdu.add(new VariableBinding(new OID(oid.substring(1)))));
    return Objects.requireNonNull(session.send(pdu, target).getResponse(), "no answer");
  }

  @Override
  public void close() throws IOException {
    session.close();
  }
}
