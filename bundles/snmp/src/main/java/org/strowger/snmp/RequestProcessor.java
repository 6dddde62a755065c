package org.strowger.snmp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.CommandResponder;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.MessageException;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.mp.StateReference;
import org.snmp4j.mp.StatusInformation;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.Counter32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/**
 * Answers requests (RFC 3413, 3.2). Reads are answered on the receiving thread: they touch nothing
 * but an immutable snapshot. A SET waits for the director and therefore has a thread of its own, so
 * that nobody's poll waits behind it. Every request gets an answer: what would be too big becomes
 * tooBig, or fewer repetitions; what breaks becomes genErr.
 */
final class RequestProcessor implements CommandResponder {
  private static final Logger log = LoggerFactory.getLogger(RequestProcessor.class);

  private final Supplier<Moment> moments;
  private final Reader reader;
  private final Setter setter;
  private final Executor setThread;
  private final Refusals refusals = new Refusals();

  RequestProcessor(Supplier<Moment> moments, MibTree tree, Setter setter, Executor setThread) {
    this.moments = moments;
    this.reader = new Reader(tree);
    this.setter = setter;
    this.setThread = setThread;
  }

  @Override
  public <A extends Address> void processPdu(CommandResponderEvent<A> event) {
    if (!(event.getPDU() instanceof ScopedPDU request)) {
      return;
    }
    event.setProcessed(true);
    Moment moment = moments.get();
    OctetString engine = request.getContextEngineID();
    if (!engine.equals(moment.agent().engine().id()) && !engine.equals(MPv3.LOCAL_ENGINE_ID)) {
      report(event, request, moment, SnmpConstants.snmpUnknownPDUHandlers);
    } else if (request.getContextName().length() > 0) {
      report(event, request, moment, SnmpConstants.snmpUnknownContexts);
    } else {
      dispatch(event, request, moment);
    }
  }

  private <A extends Address> void dispatch(
      CommandResponderEvent<A> event, ScopedPDU request, Moment moment) {
    switch (request.getType()) {
      case PDU.GET, PDU.GETNEXT, PDU.GETBULK -> send(event, read(event, request, moment));
      case PDU.SET -> set(event, request, moment);
      default -> report(event, request, moment, SnmpConstants.snmpUnknownPDUHandlers);
    }
  }

  private ScopedPDU read(CommandResponderEvent<?> event, ScopedPDU request, Moment moment) {
    Credentials user = user(event, moment);
    if (user == null) {
      return refusal(request, PDU.authorizationError, 0);
    }
    try {
      View view = View.reading(user.user().role());
      return reader.read(moment, view, request, event.getMaxSizeResponsePDU());
    } catch (RuntimeException e) {
      log.atError().addKeyValue("user", user.user().name()).log("request failed: {}", request, e);
      return refusal(request, PDU.genErr, 0);
    }
  }

  private <A extends Address> void set(
      CommandResponderEvent<A> event, ScopedPDU request, Moment moment) {
    Credentials user = user(event, moment);
    if (user == null || View.writing(user.user().role()) == View.NONE) {
      if (user != null) {
        refusals.refused(user.user().name(), source(event.getPeerAddress()), "may not write");
      }
      send(event, refusal(request, PDU.authorizationError, 0));
      return;
    }
    View view = View.writing(user.user().role());
    Origin origin = new Origin(OriginKind.SNMP, user.user().name(), source(event.getPeerAddress()));
    try {
      setThread.execute(() -> send(event, write(request, view, origin)));
    } catch (RejectedExecutionException e) {
      refusals.refused(origin.user(), origin.source(), "too many SETs wait");
      send(event, refusal(request, PDU.resourceUnavailable, 0));
    }
  }

  private ScopedPDU write(ScopedPDU request, View view, Origin origin) {
    try {
      Setter.Outcome outcome = setter.set(moments.get(), view, bindings(request), origin);
      return refusal(request, outcome.errorStatus(), outcome.errorIndex());
    } catch (RuntimeException e) {
      log.atError().addKeyValue("user", origin.user()).log("SET failed: {}", request, e);
      return refusal(request, PDU.genErr, 0);
    }
  }

  @SuppressWarnings("unchecked") // SNMP4J declares a list of some subtype, it holds bindings.
  private static List<VariableBinding> bindings(PDU request) {
    return (List<VariableBinding>) request.getVariableBindings();
  }

  /** Who asks, if he is a user and asks with authentication and privacy; null otherwise. */
  private @Nullable Credentials user(CommandResponderEvent<?> event, Moment moment) {
    String name = new String(event.getSecurityName(), StandardCharsets.UTF_8);
    Credentials user = moment.agent().users().get(name);
    if (user == null || event.getSecurityLevel() != SecurityLevel.AUTH_PRIV) {
      refusals.refused(name, source(event.getPeerAddress()), "no right to it at this level");
      return null;
    }
    return user;
  }

  private static String source(Address peer) {
    return peer instanceof UdpAddress udp
        ? udp.getInetAddress().getHostAddress() + ":" + udp.getPort()
        : peer.toString();
  }

  private <A extends Address> void report(
      CommandResponderEvent<A> event, ScopedPDU request, Moment moment, OID counter) {
    ProtocolCounters counters = moment.agent().counters();
    counters.increment(counter);
    ScopedPDU report = scoped(request, PDU.REPORT);
    long value = counters.value(counter) & 0xFFFF_FFFFL;
    report.add(new VariableBinding(counter, new Counter32(value)));
    send(event, report);
  }

  /** A response with the bindings of the request, as RFC 3416 wants it of errors and of SETs. */
  static ScopedPDU refusal(ScopedPDU request, int errorStatus, int errorIndex) {
    ScopedPDU response = scoped(request, PDU.RESPONSE);
    response.setErrorStatus(errorStatus);
    response.setErrorIndex(errorIndex);
    if (errorStatus != PDU.tooBig) {
      response.addAll(bindings(request));
    }
    return response;
  }

  static ScopedPDU scoped(ScopedPDU request, int type) {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(type);
    pdu.setRequestID(request.getRequestID());
    pdu.setContextEngineID(request.getContextEngineID());
    pdu.setContextName(request.getContextName());
    return pdu;
  }

  private static <A extends Address> void send(CommandResponderEvent<A> event, ScopedPDU response) {
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
              response,
              event.getMaxSizeResponsePDU(),
              reference,
              new StatusInformation());
    } catch (MessageException e) {
      log.warn("the answer to {} could not be sent: {}", event.getPeerAddress(), e.toString());
    }
  }
}
