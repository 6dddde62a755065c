package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.MessageProcessingModel;
import org.snmp4j.mp.PduHandle;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.mp.StateReference;
import org.snmp4j.mp.StatusInformation;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModel;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;
import org.snmp4j.util.ThreadPool;
import org.strowger.api.Role;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;
import org.strowger.api.UpgradeStatus;

/** SNMP4J-Agent's command processor as it is used here, without a network. */
class RequestProcessorTest {
  private static final OID CALM = Oids.below(Oids.STG_MGMT, 3, 1);
  private static final OID BROKEN = Oids.below(Oids.STG_MGMT, 3, 2);
  private static final int MAX_MESSAGE = 65_507;

  private final Engine engine =
      Engine.starting(new OctetString("an engine".getBytes(StandardCharsets.US_ASCII)), 1);
  private final Credentials viewer =
      new Credentials(
          Rig.user("viewer", Role.VIEWER, SnmpAuth.SHA256, SnmpPriv.AES128), "auth", "priv");
  private final AgentState state =
      new AgentState(
          engine,
          new ProtocolCounters(),
          Map.of("viewer", viewer),
          Map.of(),
          List.of(),
          new NotificationLog(),
          Map.of(),
          Optional.empty());
  private final FakeDirector director = new FakeDirector();
  private final AccessAudit audit = new AccessAudit(System::nanoTime);
  private final AtomicInteger momentsTaken = new AtomicInteger();

  /** Shows how many moments were taken; the other object throws. */
  private final MibTree tree =
      new MibTree(
          List.of(
              new Scalar(CALM, moment -> Smi.gauge(moment.upTime())),
              new Scalar(BROKEN, RequestProcessorTest::fail)));

  private final RequestProcessor processor =
      new RequestProcessor(
          engine,
          () -> state,
          () ->
              new Moment(
                  director.snapshot(),
                  state,
                  Sources.none(),
                  () -> UpgradeStatus.NONE,
                  momentsTaken.incrementAndGet()),
          tree,
          audit,
          caller -> new Draft(Optional::empty, caller.origin(), replay -> {}),
          Runnable::run);

  private static Variable fail(Moment moment) {
    throw new IllegalStateException("broken at " + moment.upTime());
  }

  /** Keeps what is answered. */
  private static final class Answers extends MessageDispatcherImpl {
    private final List<PDU> all = new ArrayList<>();

    @Override
    public <A extends Address> int returnResponsePdu(
        int messageProcessingModel,
        int securityModel,
        byte[] securityName,
        int securityLevel,
        PDU pdu,
        int maxSizeResponseScopedPdu,
        StateReference<A> stateReference,
        StatusInformation statusInformation) {
      all.add(pdu);
      return 0;
    }
  }

  private PDU ask(ScopedPDU request) throws IOException {
    Answers answers = new Answers();
    try (DefaultUdpTransportMapping transport = new DefaultUdpTransportMapping()) {
      processor.processPdu(
          new CommandResponderEvent<>(
              answers,
              transport,
              new UdpAddress(Rig.LOOPBACK, 5_000),
              MPv3.ID,
              SecurityModel.SECURITY_MODEL_USM,
              "viewer".getBytes(StandardCharsets.US_ASCII),
              SecurityLevel.AUTH_PRIV,
              new PduHandle(1),
              request,
              MAX_MESSAGE,
              new StateReference<>()));
    }
    assertEquals(1, answers.all.size());
    assertEquals(0, processor.getRequestList().size(), "requests that are kept");
    return answers.all.getFirst();
  }

  private ScopedPDU request(int type, OID... oids) {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(type);
    pdu.setContextEngineID(engine.id());
    for (OID oid : oids) {
      pdu.add(new VariableBinding(oid));
    }
    return pdu;
  }

  @Test
  void taskThatLacksMethodsCanBeGivenToNoPool() {
    ThreadPool pool = ThreadPool.create("pool", 1);
    try {
      assertThrows(UnsupportedOperationException.class, () -> processor.setWorkerPool(pool));
    } finally {
      pool.cancel(); // stop() waits for ever for a thread of its own that has not run yet
    }
  }

  @Test
  void oneRequestSeesOneMoment() throws IOException {
    OID instance = Oids.below(CALM, 0);
    PDU answer = ask(request(PDU.GET, instance, instance, instance));
    assertEquals(3, answer.size());
    answer
        .getVariableBindings()
        .forEach(binding -> assertEquals(answer.getVariable(instance), binding.getVariable()));
    assertEquals(1, momentsTaken.get());
  }

  @Test
  void oneWhoIsUnknownCostsTheDirectorNothing() throws IOException {
    PDU request = new PDU(PDU.GET, List.of(new VariableBinding(Oids.below(CALM, 0))));
    Answers answers = new Answers();
    AtomicInteger unauthenticated = new AtomicInteger();
    audit.listen(unauthenticated::incrementAndGet);
    try (DefaultUdpTransportMapping transport = new DefaultUdpTransportMapping()) {
      processor.processPdu(
          new CommandResponderEvent<>(
              answers,
              transport,
              new UdpAddress(Rig.LOOPBACK, 5_000),
              MessageProcessingModel.MPv2c,
              SecurityModel.SECURITY_MODEL_SNMPv2c,
              "public".getBytes(StandardCharsets.US_ASCII),
              SecurityLevel.NOAUTH_NOPRIV,
              new PduHandle(1),
              request,
              MAX_MESSAGE,
              new StateReference<>()));
    }
    ScopedPDU elsewhere = request(PDU.GET, Oids.below(CALM, 0));
    elsewhere.setContextName(new OctetString("elsewhere"));
    ask(elsewhere);
    assertEquals(List.of(), answers.all);
    assertEquals(1, unauthenticated.get());
    assertEquals(1, state.counters().value(SnmpConstants.snmpInBadCommunityNames));
    assertEquals(0, momentsTaken.get());
  }

  @Test
  void objectThatBreaksIsAnErrorWithTheBindingsOfTheRequest() throws IOException {
    for (int type : new int[] {PDU.GETNEXT, PDU.GETBULK}) {
      ScopedPDU request = request(type, CALM, BROKEN);
      if (type == PDU.GETBULK) {
        request.setMaxRepetitions(3);
      }
      PDU answer = ask(request);
      assertEquals(PDU.genErr, answer.getErrorStatus());
      assertEquals(2, answer.getErrorIndex());
      assertEquals(
          List.of(CALM, BROKEN),
          answer.getVariableBindings().stream().map(VariableBinding::getOid).toList());
    }
  }

  /** SNMP4J-Agent alone remembers each request to an unknown context for five minutes. */
  @Test
  void requestToAnUnknownContextIsReportedAndNotRemembered() throws IOException {
    ScopedPDU request = request(PDU.GET, Oids.below(CALM, 0));
    request.setContextName(new OctetString("elsewhere"));
    PDU report = ask(request);
    assertEquals(PDU.REPORT, report.getType());
    assertEquals(SnmpConstants.snmpUnknownContexts, report.get(0).getOid());
  }

  @Test
  void requestForAnotherEngineIsReported() throws IOException {
    ScopedPDU request = request(PDU.GET, Oids.below(CALM, 0));
    request.setContextEngineID(new OctetString("another engine"));
    assertEquals(SnmpConstants.snmpUnknownPDUHandlers, ask(request).get(0).getOid());
  }

  /** SNMP4J-Agent alone makes room for eleven million bindings here, 45 megabytes. */
  @Test
  void greedyBulkRequestTakesNoMoreRoomThanItsAnswer() throws IOException {
    OID[] repeaters =
        IntStream.range(0, RequestProcessor.REQUEST_BINDINGS)
            .mapToObj(i -> Oids.STG)
            .toArray(OID[]::new);
    ScopedPDU request = request(PDU.GETBULK, repeaters);
    request.setMaxRepetitions(Integer.MAX_VALUE);
    ask(request(PDU.GETBULK, CALM));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    PDU answer = ask(request);
    long taken = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(answer.size() > 100, "bindings: " + answer.size());
    assertTrue(taken < 8_000_000, "octets: " + taken);
  }

  @Test
  void bulkAnswerHasNonRepeatersOnceAndEndsWithTheView() throws IOException {
    processor.removeMOServer(tree);
    processor.addMOServer(new MibTree(List.of(new Scalar(CALM, moment -> Smi.gauge(1)))));
    ScopedPDU request = request(PDU.GETBULK, Oids.STG, Oids.STG, CALM);
    request.setNonRepeaters(1);
    request.setMaxRepetitions(10);
    PDU answer = ask(request);
    OID instance = Oids.below(CALM, 0);
    assertEquals(
        List.of(instance, instance, instance, instance, instance),
        answer.getVariableBindings().stream().map(VariableBinding::getOid).toList());
    assertEquals(Null.endOfMibView, answer.get(3).getVariable());
    assertEquals(Null.endOfMibView, answer.get(4).getVariable());
    request = request(PDU.GETBULK, Oids.STG, CALM);
    request.setNonRepeaters(1);
    assertEquals(1, ask(request).size(), "no repetition is asked for");
  }
}
