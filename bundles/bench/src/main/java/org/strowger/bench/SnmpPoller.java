package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.UserTarget;
import org.snmp4j.mp.CounterSupport;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.AuthHMAC192SHA256;
import org.snmp4j.security.PrivAES128;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.security.SecurityModels;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.SecurityProtocols.SecurityProtocolSet;
import org.snmp4j.security.USM;
import org.snmp4j.security.UsmUser;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/** A manager that polls one agent, whoever's it is: SNMPv3 authPriv, one request at a time. */
final class SnmpPoller implements AutoCloseable {
  static final String USER = "bench";
  static final String PASSPHRASE = "correct-horse-battery";

  /** Of a GETBULK, the same for all agents; 100 of these tables stay below 8,000 octets. */
  static final int REPETITIONS = 100;

  private static final int TIMEOUT_MILLIS = 3_000;

  private final Snmp session;
  private final UserTarget<UdpAddress> target = new UserTarget<>();

  /** What polls came to: how long those took that were answered, and how many were not. */
  record Polls(Latencies latencies, int failed) {}

  /**
   * What a walk came to.
   *
   * @param cut whether its time was over before its end
   */
  record Walk(long bindings, long requests, double seconds, boolean cut) {
    double bindingsPerSecond() {
      return bindings / seconds;
    }
  }

  /** One at an agent on loopback; its socket belongs to the namespace of the calling thread. */
  SnmpPoller(int port) throws IOException {
    OctetString id = new OctetString(("bench " + port).getBytes(StandardCharsets.US_ASCII));
    SecurityProtocols algorithms = new SecurityProtocols(SecurityProtocolSet.defaultSecurity);
    USM usm = new USM(algorithms, id, 1, new CounterSupport());
    usm.setEngineDiscoveryEnabled(true);
    usm.addUser(
        new UsmUser(
            new OctetString(USER),
            AuthHMAC192SHA256.ID,
            new OctetString(PASSPHRASE),
            PrivAES128.ID,
            new OctetString(PASSPHRASE),
            null,
            UsmUser.LocalizationGrant.outgoing));
    MessageDispatcherImpl dispatcher = new MessageDispatcherImpl();
    dispatcher.addMessageProcessingModel(
        new MPv3(
            id.getValue(),
            null,
            algorithms,
            SecurityModels.getCollection(new SecurityModel[] {usm}),
            new CounterSupport()));
    session = new Snmp(dispatcher);
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    DefaultUdpTransportMapping transport =
        new DefaultUdpTransportMapping(new UdpAddress(loopback, 0));
    transport.setAsyncMsgProcessingSupported(false);
    session.addTransportMapping(transport);
    session.listen();
    target.setAddress(new UdpAddress(loopback, port));
    target.setVersion(SnmpConstants.version3);
    target.setSecurityLevel(SecurityLevel.AUTH_PRIV);
    target.setSecurityName(new OctetString(USER));
    target.setTimeout(TIMEOUT_MILLIS);
    target.setRetries(1);
  }

  /**
   * All instances below these identifiers, one after the other.
   *
   * @param most the time it may take
   */
  Walk walk(List<OID> below, Duration most) throws IOException {
    long bindings = 0;
    long requests = 0;
    long begun = System.nanoTime();
    for (OID root : below) {
      OID at = root;
      while (at != null) {
        if (System.nanoTime() - begun > most.toNanos()) {
          return new Walk(bindings, requests, (System.nanoTime() - begun) / 1e9, true);
        }
        PDU answer = bulk(at);
        requests++;
        OID last = null;
        for (VariableBinding binding : answer.getVariableBindings()) {
          if (binding.isException() || !binding.getOid().startsWith(root)) {
            last = null;
            break;
          }
          bindings++;
          last = binding.getOid();
        }
        at = last;
      }
    }
    return new Walk(bindings, requests, (System.nanoTime() - begun) / 1e9, false);
  }

  private PDU bulk(OID after) throws IOException {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(PDU.GETBULK);
    pdu.setMaxRepetitions(REPETITIONS);
    pdu.add(new VariableBinding(after));
    return answer(pdu);
  }

  PDU get(OID instance) throws IOException {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(PDU.GET);
    pdu.add(new VariableBinding(instance));
    return answer(pdu);
  }

  private PDU answer(ScopedPDU pdu) throws IOException {
    PDU answer = session.send(pdu, target).getResponse();
    if (answer == null || answer.getErrorStatus() != PDU.noError || answer.size() == 0) {
      throw new IOException("the agent answers " + answer);
    }
    return answer;
  }

  /** Asks for an instance so often a second. */
  Polls poll(OID instance, double perSecond, Duration length) {
    List<Long> nanos = new ArrayList<>();
    int failed = 0;
    long begun = System.nanoTime();
    // What is not answered takes its time-out; the end does not wait for all that was planned.
    long end = begun + 2 * length.toNanos();
    for (int i = 0; i < perSecond * length.toMillis() / 1e3 && System.nanoTime() < end; i++) {
      long planned = begun + (long) (i * 1e9 / perSecond);
      for (long left = planned - System.nanoTime(); left > 0; left = planned - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      long sent = System.nanoTime();
      if (isAnswered(instance)) {
        nanos.add(System.nanoTime() - sent);
      } else {
        failed++;
      }
    }
    Latencies latencies = new Latencies(nanos.stream().mapToLong(Long::longValue).toArray());
    return new Polls(latencies, failed);
  }

  private boolean isAnswered(OID instance) {
    try {
      return get(instance).size() == 1;
    } catch (IOException silence) {
      return false; // counted
    }
  }

  @Override
  public void close() throws IOException {
    session.close();
  }
}
