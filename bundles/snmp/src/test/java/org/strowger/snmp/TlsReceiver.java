package org.strowger.snmp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.snmp4j.CommandResponder;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.MessageException;
import org.snmp4j.PDU;
import org.snmp4j.Snmp;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.mp.StateReference;
import org.snmp4j.mp.StatusInformation;
import org.snmp4j.smi.Address;

/** A manager on SNMP4J's TLSTM that is told over TLS, and acknowledges informs. */
final class TlsReceiver implements CommandResponder, AutoCloseable {
  /** What came: the name of each notification, and of whom. */
  private final List<String> received = new CopyOnWriteArrayList<>();

  private final Snmp session;

  private TlsReceiver(Snmp session) {
    this.session = session;
  }

  /**
   * Listens.
   *
   * @param name whose certificate it shows
   * @param agent whose it wants
   */
  static TlsReceiver start(String name, Path folder, String agent, int port) throws IOException {
    TlsReceiver receiver = new TlsReceiver(TlsStation.session(name, folder, agent, port, true));
    receiver.session.addCommandResponder(receiver);
    receiver.session.listen();
    return receiver;
  }

  @Override
  public <A extends Address> void processPdu(CommandResponderEvent<A> event) {
    PDU pdu = event.getPDU();
    received.add(
        pdu.getVariable(SnmpConstants.snmpTrapOID) + " " + PDU.getTypeString(pdu.getType()));
    event.setProcessed(true);
    if (pdu.getType() != PDU.INFORM) {
      return;
    }
    PDU answer = (PDU) pdu.clone();
    answer.setType(PDU.RESPONSE);
    StateReference<A> reference = event.getStateReference();
    reference.setTransportMapping(event.getTransportMapping());
    try {
      event
          .getMessageDispatcher()
          .returnResponsePdu(
              event.getMessageProcessingModel(),
              event.getSecurityModel(),
              event.getSecurityName(),
              event.getSecurityLevel(),
              answer,
              event.getMaxSizeResponsePDU(),
              reference,
              new StatusInformation());
    } catch (MessageException e) {
      received.add("not acknowledged: " + e);
    }
  }

  /** Notifications with this identifier. */
  long count(String name) {
    String wanted = name.substring(1) + " ";
    return received.stream().filter(each -> each.startsWith(wanted)).count();
  }

  void await(String name, int count) {
    Rig.until(() -> count(name) >= count, () -> name + " did not come: " + received);
  }

  @Override
  public void close() throws IOException {
    session.close();
  }
}
