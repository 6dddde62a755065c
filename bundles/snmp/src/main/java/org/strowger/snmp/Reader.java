package org.strowger.snmp;

import java.util.ArrayList;
import java.util.List;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.VariableBinding;

/** Makes the answers to GET, GETNEXT and GETBULK (RFC 3416, 4.2.1 to 4.2.3), within bounds. */
final class Reader {
  /** Octets of the bindings in an answer to GETBULK: more would be lost with one lost fragment. */
  static final int BULK_OCTETS = 8_000;

  /** Octets of the bindings in any answer; with its headers it fits one UDP datagram. */
  static final int RESPONSE_OCTETS = 60_000;

  /** Bindings in a request; one with more is answered tooBig. */
  static final int REQUEST_BINDINGS = 1_024;

  /** What a response needs besides its bindings: identifiers, engine, lengths. */
  private static final int OVERHEAD = 80;

  private final MibTree tree;

  Reader(MibTree tree) {
    this.tree = tree;
  }

  /**
   * @param maxSize what the manager can receive, in octets of the scoped PDU
   */
  ScopedPDU read(Moment moment, View view, ScopedPDU request, int maxSize) {
    int room = Math.min(RESPONSE_OCTETS, maxSize - OVERHEAD);
    if (request.size() > REQUEST_BINDINGS) {
      return RequestProcessor.refusal(request, PDU.tooBig, 0);
    }
    List<VariableBinding> found = new ArrayList<>();
    boolean fits =
        switch (request.getType()) {
          case PDU.GET -> get(moment, view, request, found, room);
          case PDU.GETNEXT -> next(moment, view, request, found, room);
          default -> bulk(moment, view, request, found, Math.min(BULK_OCTETS, room));
        };
    if (!fits) {
      return RequestProcessor.refusal(request, PDU.tooBig, 0);
    }
    ScopedPDU response = RequestProcessor.scoped(request, PDU.RESPONSE);
    response.addAll(found);
    return response;
  }

  private boolean get(
      Moment moment, View view, PDU request, List<VariableBinding> found, int room) {
    int left = room;
    for (VariableBinding asked : request.getVariableBindings()) {
      OID oid = asked.getOid();
      VariableBinding binding = new VariableBinding(oid, tree.get(moment, view, oid));
      left -= binding.getBERLength();
      if (left < 0) {
        return false;
      }
      found.add(binding);
    }
    return true;
  }

  private boolean next(
      Moment moment, View view, PDU request, List<VariableBinding> found, int room) {
    int left = room;
    for (VariableBinding asked : request.getVariableBindings()) {
      VariableBinding binding = tree.next(moment, view, asked.getOid());
      left -= binding.getBERLength();
      if (left < 0) {
        return false;
      }
      found.add(binding);
    }
    return true;
  }

  /** As many as fit, which may be none; never tooBig. */
  private boolean bulk(
      Moment moment, View view, PDU request, List<VariableBinding> found, int room) {
    int size = request.size();
    int nonRepeaters = Math.clamp(request.getNonRepeaters(), 0, size);
    int repeaters = size - nonRepeaters;
    int left = room;
    for (int i = 0; i < nonRepeaters; i++) {
      left = append(found, tree.next(moment, view, request.get(i).getOid()), left);
      if (left < 0) {
        return true;
      }
    }
    OID[] after = new OID[repeaters];
    for (int i = 0; i < repeaters; i++) {
      after[i] = request.get(nonRepeaters + i).getOid();
    }
    boolean ended = repeaters == 0;
    for (int row = 0; row < request.getMaxRepetitions() && !ended; row++) {
      ended = true;
      for (int i = 0; i < repeaters; i++) {
        VariableBinding binding = tree.next(moment, view, after[i]);
        left = append(found, binding, left);
        if (left < 0) {
          return true;
        }
        after[i] = binding.getOid();
        ended &= binding.getVariable().equals(Null.endOfMibView);
      }
    }
    return true;
  }

  /** What is left after the binding; negative if it does not fit and was not added. */
  private static int append(List<VariableBinding> found, VariableBinding binding, int room) {
    int left = room - binding.getBERLength();
    if (left >= 0) {
      found.add(binding);
    }
    return left;
  }
}
