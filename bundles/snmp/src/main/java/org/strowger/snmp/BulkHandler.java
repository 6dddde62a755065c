package org.strowger.snmp;

import org.snmp4j.PDU;
import org.snmp4j.agent.MOServer;
import org.snmp4j.agent.RequestHandler;
import org.snmp4j.agent.request.SnmpRequest;
import org.snmp4j.agent.request.SnmpRequest.SnmpSubRequest;
import org.snmp4j.smi.Null;

/**
 * GETBULK (RFC 3416, 4.2.3): as many bindings as fit, which may be none; never tooBig. In the place
 * of SNMP4J-Agent's handler, which measures the whole answer four times for each binding it adds
 * and stops after the one that no longer fits.
 */
final class BulkHandler implements RequestHandler<SnmpRequest> {
  /** Octets of the bindings in an answer: more would be lost with one lost fragment. */
  static final int OCTETS = 8_000;

  /** Octets that a binding needs at least. */
  private static final int BINDING_OCTETS = 8;

  /** Finds the next instance for a binding. */
  interface Step {
    void next(SnmpRequest request, MOServer server, SnmpSubRequest part);
  }

  private final Step step;

  BulkHandler(Step step) {
    this.step = step;
  }

  /**
   * Lowers the repetitions to what can fit, because SNMP4J-Agent makes room for all that are asked
   * for before it looks for the first: one packet would take tens of megabytes.
   */
  static void limitRepetitions(PDU request) {
    int repeaters = Math.max(1, request.size() - Math.max(0, request.getNonRepeaters()));
    int most = Math.max(1, OCTETS / BINDING_OCTETS / repeaters);
    request.setMaxRepetitions(Math.clamp(request.getMaxRepetitions(), 0, most));
  }

  @Override
  public boolean isSupported(int pduType) {
    return pduType == PDU.GETBULK;
  }

  @Override
  public void processPdu(SnmpRequest request, MOServer server) {
    AgentRequest bulk = (AgentRequest) request;
    bulk.nextPhase();
    int room = Math.min(OCTETS, RequestProcessor.room(bulk.getSource()));
    int first = bulk.getNonRepeaters();
    int repeaters = bulk.getRepeaterCount();
    boolean ended = true;
    int position = 0;
    for (SnmpSubRequest part = bulk.bulk(0); part != null; part = bulk.bulk(position)) {
      step.next(request, server, part);
      room -= part.getVariableBinding().getBERLength();
      if (part.hasError() || room < 0) {
        break;
      }
      position++;
      if (position > first) {
        ended &= Null.endOfMibView.equals(part.getVariableBinding().getVariable());
        if ((position - first) % repeaters == 0) {
          if (ended) {
            break;
          }
          ended = true;
        }
      }
    }
    if (bulk.getErrorStatus() == PDU.noError) {
      bulk.endBulk(position);
    }
  }
}
