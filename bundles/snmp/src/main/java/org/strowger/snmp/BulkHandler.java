package org.strowger.snmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.snmp4j.agent.MOServer;
import org.snmp4j.agent.RequestHandler;
import org.snmp4j.agent.request.SnmpRequest;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.VariableBinding;

/**
 * GETBULK (RFC 3416, 4.2.3): as many bindings as fit, which may be none; never tooBig. In the place
 * of SNMP4J-Agent's handler, which measures the whole answer four times for each binding it adds,
 * stops after the one that no longer fits, and looks every cell up anew. Any thread.
 */
final class BulkHandler implements RequestHandler<SnmpRequest> {
  /** Octets of the bindings in an answer: more would be lost with one lost fragment. */
  static final int OCTETS = 8_000;

  /** Octets that a binding needs at least. */
  private static final int BINDING_OCTETS = 8;

  private static final Logger log = LoggerFactory.getLogger(BulkHandler.class);

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
    View view = Objects.requireNonNull(View.of(bulk.getViewName()), "who has no view is refused");
    new Answer(bulk, (MibTree) server, view).make();
  }

  /** One answer in the making. */
  private static final class Answer {
    private final AgentRequest bulk;
    private final MibTree tree;
    private final View view;
    private final List<VariableBinding> found = new ArrayList<>();
    private int room;

    Answer(AgentRequest bulk, MibTree tree, View view) {
      this.bulk = bulk;
      this.tree = tree;
      this.view = view;
      this.room = Math.min(OCTETS, RequestProcessor.room(bulk.getSource()));
    }

    void make() {
      List<OID> asked =
          bulk.getSource().getPDU().getVariableBindings().stream()
              .map(VariableBinding::getOid)
              .toList();
      int first = Math.min(bulk.getNonRepeaters(), asked.size());
      boolean fits = true;
      for (int i = 0; i < first && fits; i++) {
        fits = add(i, asked.get(i), new Cursor());
      }
      if (fits && first < asked.size()) {
        repeat(asked.subList(first, asked.size()), first);
      }
      if (!bulk.failed()) {
        bulk.answerBulk(found);
      }
    }

    private void repeat(List<OID> asked, int first) {
      List<OID> last = new ArrayList<>(asked);
      List<Cursor> cursors = asked.stream().map(oid -> new Cursor()).toList();
      for (int repetition = 0; repetition < bulk.getMaxRepetitions(); repetition++) {
        boolean ended = true;
        for (int i = 0; i < last.size(); i++) {
          if (!add(first + i, last.get(i), cursors.get(i))) {
            return;
          }
          VariableBinding now = found.getLast();
          last.set(i, now.getOid());
          ended &= Null.endOfMibView.equals(now.getVariable());
        }
        if (ended) {
          return;
        }
      }
    }

    /** Whether the next one was found and fits. */
    private boolean add(int index, OID after, Cursor cursor) {
      VariableBinding next;
      try {
        next = tree.next(bulk.moment(), view, after, cursor);
      } catch (RuntimeException e) {
        log.error("what comes after {} could not be read", after, e);
        bulk.failBulk(index + 1);
        return false;
      }
      VariableBinding binding = next == null ? new VariableBinding(after, Null.endOfMibView) : next;
      room -= binding.getBERLength();
      if (room < 0) {
        return false;
      }
      found.add(binding);
      return true;
    }
  }
}
