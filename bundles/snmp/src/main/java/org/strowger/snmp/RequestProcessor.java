package org.strowger.snmp;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.MessageException;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.agent.CommandProcessor;
import org.snmp4j.agent.MOServer;
import org.snmp4j.agent.RequestHandler;
import org.snmp4j.agent.mo.snmp.CoexistenceInfo;
import org.snmp4j.agent.request.Request;
import org.snmp4j.agent.request.SnmpRequest;
import org.snmp4j.agent.request.SubRequest;
import org.snmp4j.agent.security.VACM;
import org.snmp4j.mp.MessageProcessingModel;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.mp.StateReference;
import org.snmp4j.mp.StatusInformation;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.Counter32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TransportIpAddress;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.util.WorkerPool;

/**
 * SNMP4J-Agent's command processor (RFC 3413, 3.2) within bounds. Reads are answered on the
 * receiving thread: they touch nothing but an immutable snapshot. A SET waits for the director and
 * therefore has a thread of its own, so that nobody's poll waits behind it. Every request gets an
 * answer: what would be too big becomes tooBig, or fewer repetitions; what breaks becomes genErr.
 */
final class RequestProcessor extends CommandProcessor {
  /** Octets of the bindings in any answer; with its headers it fits one UDP datagram. */
  static final int RESPONSE_OCTETS = 60_000;

  /** Bindings in a request; one with more is answered tooBig. */
  static final int REQUEST_BINDINGS = 1_024;

  /** What a response needs besides its bindings: identifiers, engine, lengths. */
  private static final int OVERHEAD = 80;

  private static final Logger log = LoggerFactory.getLogger(RequestProcessor.class);

  private final Supplier<AgentState> states;
  private final Supplier<Moment> moments;
  private final Executor setThread;
  private final AccessAudit access;
  private final SetAudit setAudit = new SetAudit();

  /**
   * @param states what strangers are judged by, who must not make the director do anything
   * @param moments what those who may ask are answered out of; each costs a snapshot
   * @param access is told who is refused
   * @param drafts makes what a SET of a caller adds to
   */
  RequestProcessor(
      Engine engine,
      Supplier<AgentState> states,
      Supplier<Moment> moments,
      MOServer objects,
      AccessAudit access,
      Function<Caller, Draft> drafts,
      Executor setThread) {
    super(engine.id());
    this.states = states;
    this.moments = moments;
    this.access = access;
    this.setThread = setThread;
    pduHandler.removeIf(handler -> handler.isSupported(PDU.GETBULK));
    pduHandler.add(new BulkHandler());
    requestFactory =
        (event, info) -> new AgentRequest(event, (Caller) info, drafts.apply((Caller) info));
    setVacm(new Access(states));
    addMOServer(objects);
  }

  /** Octets that the bindings of an answer may take. */
  static int room(CommandResponderEvent<?> event) {
    return Math.min(RESPONSE_OCTETS, event.getMaxSizeResponsePDU() - OVERHEAD);
  }

  /**
   * Refuses a pool. The tasks of SNMP4J-Agent 3.8.3 lack {@code shutdown()} and {@code join(long)},
   * which a pool of SNMP4J 3.13 calls: that would be an AbstractMethodError. Without a pool they
   * are run where they arise and asked for nothing else.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public void setWorkerPool(WorkerPool pool) {
    throw new UnsupportedOperationException("requests are processed where they arrive");
  }

  /**
   * Refuses a pool, as {@link #setWorkerPool} does.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  @SuppressWarnings("deprecation") // It is refused because it is still there.
  public void setThreadPool(WorkerPool pool) {
    setWorkerPool(pool);
  }

  @Override
  public <A extends Address> void processPdu(CommandResponderEvent<A> event) {
    if (!(event.getPDU() instanceof ScopedPDU request)) {
      if (event.getMessageProcessingModel() == MessageProcessingModel.MPv2c) {
        processCommunity(event);
      }
      return;
    }
    if (ownContextEngineIDs.contains(request.getContextEngineID())) {
      super.processPdu(event);
    } else {
      event.setProcessed(true);
      report(event, request, SnmpConstants.snmpUnknownPDUHandlers);
    }
  }

  /** Version 2c: nobody is told that his community, or where he is, is wrong. */
  private <A extends Address> void processCommunity(CommandResponderEvent<A> event) {
    event.setProcessed(true);
    AgentState agent = states.get();
    Optional<Community> known =
        event.getPeerAddress() instanceof TransportIpAddress from
            ? agent.communities().values().stream()
                .filter(each -> each.admits(event.getSecurityName(), from.getInetAddress()))
                .findFirst()
            : Optional.empty();
    if (known.isEmpty()) {
      agent.counters().increment(SnmpConstants.snmpInBadCommunityNames);
      access.unauthenticated("", event.getPeerAddress(), "wrong community, or not from there");
      return;
    }
    PDU plain = event.getPDU();
    ScopedPDU request = new ScopedPDU();
    request.setType(plain.getType());
    request.setRequestID(plain.getRequestID());
    request.setErrorStatus(plain.getErrorStatus()); // or what of a GETBULK stands there
    request.setErrorIndex(plain.getErrorIndex());
    request.addAll(plain.getVariableBindings());
    request.setContextEngineID(agent.engine().id());
    event.setPDU(request);
    dispatch(event, request, new OctetString(known.get().configured().name()));
  }

  /** What version 2c has no field for, and no need of. */
  private static PDU withoutScope(PDU response) {
    PDU plain = new PDU();
    plain.setType(response.getType());
    plain.setRequestID(response.getRequestID());
    plain.setErrorStatus(response.getErrorStatus());
    plain.setErrorIndex(response.getErrorIndex());
    plain.addAll(response.getVariableBindings());
    return plain;
  }

  /** Turns away what is not to be processed before anything is stored or reserved for it. */
  @Override
  protected <A extends Address> void dispatchCommand(
      CommandResponderEvent<A> event, CoexistenceInfo info) {
    dispatch(event, (ScopedPDU) event.getPDU(), info.getSecurityName());
  }

  private <A extends Address> void dispatch(
      CommandResponderEvent<A> event, ScopedPDU request, OctetString name) {
    RequestHandler<SnmpRequest> handler = getHandler(request.getType());
    if (!vacm.hasContext(request.getContextName())) {
      report(event, request, SnmpConstants.snmpUnknownContexts);
    } else if (handler == null) {
      report(event, request, SnmpConstants.snmpUnknownPDUHandlers);
    } else if (request.size() > REQUEST_BINDINGS) {
      sendResponse(event, refusal(request, PDU.tooBig));
    } else {
      process(event, new Caller(event, name, request, moments.get()), handler);
    }
  }

  private <A extends Address> void process(
      CommandResponderEvent<A> event, Caller caller, RequestHandler<SnmpRequest> handler) {
    int type = event.getPDU().getType();
    if (type == PDU.GETBULK) {
      BulkHandler.limitRepetitions(event.getPDU());
    }
    if (type != PDU.SET || caller.view(VACM.VIEW_WRITE) == null) {
      processRequest(event, caller, handler);
      return;
    }
    try {
      setThread.execute(() -> processRequest(event, caller, handler));
    } catch (RejectedExecutionException e) {
      setAudit.refused(caller.origin(), PDU.resourceUnavailable, "");
      sendResponse(event, refusal(event.getPDU(), PDU.resourceUnavailable));
    }
  }

  @Override
  protected @Nullable OctetString getViewName(
      CommandResponderEvent<?> event, CoexistenceInfo info, int viewType) {
    Caller caller = (Caller) info;
    OctetString view = caller.view(viewType);
    if (view == null) {
      boolean reads = viewType == VACM.VIEW_WRITE && caller.view(VACM.VIEW_READ) != null;
      access.refused(
          caller.user(), caller.peer(), reads ? "may not write" : "no right to it at this level");
    }
    return view;
  }

  @Override
  protected void setAuthorizationError(Request<?, ?, ?> request, int vacmStatus) {
    request.setErrorStatus(PDU.authorizationError);
  }

  @Override
  protected <R extends Request<S, P, ? extends SubRequest<?>>, S, P> void processRequest(
      MOServer server, RequestHandler<R> handler, R request) {
    try {
      super.processRequest(server, handler, request);
    } catch (RuntimeException e) {
      log.error("request failed: {}", request, e);
      request.setErrorStatus(PDU.genErr);
    }
  }

  /** Answers whatever has become of the request: nothing here is completed later. */
  @Override
  protected <A extends Address> void finalizeRequest(
      CommandResponderEvent<A> event, SnmpRequest request, @Nullable MOServer server) {
    if (!request.isComplete()) {
      log.error("request is not complete: {}", request);
      request.setErrorStatus(PDU.genErr);
    }
    requestList.remove(request);
    ((AgentRequest) request).audit(setAudit);
    sendResponse(event, ((AgentRequest) request).answer(room(event)));
  }

  private <A extends Address> void report(
      CommandResponderEvent<A> event, ScopedPDU request, OID counter) {
    ProtocolCounters counters = states.get().counters();
    counters.increment(counter);
    if (event.getMessageProcessingModel() == MessageProcessingModel.MPv2c) {
      return; // it knows no reports
    }
    ScopedPDU report = scoped(request, PDU.REPORT);
    long value = counters.value(counter) & 0xFFFF_FFFFL;
    report.add(new VariableBinding(counter, new Counter32(value)));
    sendResponse(event, report);
  }

  /** A response with the bindings of the request, as RFC 3416 wants it; tooBig has none. */
  private static ScopedPDU refusal(PDU request, int errorStatus) {
    ScopedPDU response = scoped((ScopedPDU) request, PDU.RESPONSE);
    response.setErrorStatus(errorStatus);
    if (errorStatus != PDU.tooBig) {
      response.addAll(request.getVariableBindings());
    }
    return response;
  }

  private static ScopedPDU scoped(ScopedPDU request, int type) {
    ScopedPDU pdu = new ScopedPDU();
    pdu.setType(type);
    pdu.setRequestID(request.getRequestID());
    pdu.setContextEngineID(request.getContextEngineID());
    pdu.setContextName(request.getContextName());
    return pdu;
  }

  @Override
  protected <A extends Address> void sendResponse(CommandResponderEvent<A> event, PDU response) {
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
              event.getMessageProcessingModel() == MessageProcessingModel.MPv2c
                  ? withoutScope(response)
                  : response,
              event.getMaxSizeResponsePDU(),
              reference,
              new StatusInformation());
    } catch (MessageException e) {
      log.warn("the answer to {} could not be sent: {}", event.getPeerAddress(), e.toString());
    }
  }
}
