package org.strowger.snmp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.PDU;
import org.snmp4j.agent.request.SnmpRequest;
import org.snmp4j.agent.request.SubRequest;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;

/**
 * A request of SNMP4J-Agent that sees one moment in all of its phases and, if it is a SET, makes
 * one change. Used by one thread.
 */
final class AgentRequest extends SnmpRequest {
  private static final long serialVersionUID = 1;

  private final transient Moment moment;
  private final transient Draft draft;
  private final transient List<VariableBinding> asked;
  private boolean bulkEnded;
  private int failedAt;

  /**
   * @param draft what a SET adds to; stays empty for others
   */
  AgentRequest(CommandResponderEvent<?> event, Caller caller, Draft draft) {
    super(event, caller);
    this.moment = caller.moment();
    this.draft = draft;
    // SNMP4J-Agent writes what it finds into the bindings it was asked for.
    this.asked = new ArrayList<>(event.getPDU().size());
    for (VariableBinding binding : event.getPDU().getVariableBindings()) {
      asked.add(new VariableBinding(binding.getOid(), binding.getVariable()));
    }
  }

  /** The request that {@code part} belongs to. */
  static AgentRequest of(SubRequest<?> part) {
    return (AgentRequest) part.getRequest();
  }

  Moment moment() {
    return moment;
  }

  /** A SET that failed before the director was told is written into the audit log. */
  void audit(SetAudit audit) {
    if (getSource().getPDU().getType() == PDU.SET && failed() && !draft.wasApplied()) {
      int index = getErrorIndex();
      boolean one = index > 0 && index <= asked.size();
      audit.refused(
          draft.origin(), getErrorStatus(), one ? asked.get(index - 1).getOid().toString() : "");
    }
  }

  /** Whether one of its bindings, or the whole, already came to an error. */
  boolean failed() {
    return errorStatus != PDU.noError;
  }

  /** First phase of a SET: its last binding asks the director about all. */
  void prepare(SubRequest<?> wanted, Subtree subtree) {
    OID oid = wanted.getVariableBinding().getOid();
    Variable value = wanted.getVariableBinding().getVariable();
    int fault = draft.add(subtree.slot(moment, oid), value);
    if (fault != PDU.noError) {
      wanted.getStatus().setErrorStatus(fault);
      return;
    }
    wanted.completed();
    if (draft.size() == size()) {
      fail(draft.check());
    }
  }

  /** Second phase of a SET: its first binding makes the director apply all. */
  void commit(SubRequest<?> wanted) {
    fail(draft.apply());
    if (getErrorStatus() == PDU.noError) {
      wanted.completed();
    }
  }

  private void fail(Draft.Outcome outcome) {
    if (outcome.errorStatus() == PDU.noError) {
      return;
    }
    if (outcome.errorIndex() == 0) {
      setErrorStatus(outcome.errorStatus());
    } else {
      get(outcome.errorIndex() - 1).getStatus().setErrorStatus(outcome.errorStatus());
    }
  }

  /** The answer to a GETBULK. */
  void answerBulk(List<VariableBinding> found) {
    replaceBindings(getResponse(), found);
    bulkEnded = true;
  }

  /**
   * A GETBULK failed.
   *
   * @param index of the binding of the request that did, from 1
   */
  void failBulk(int index) {
    bulkEnded = true;
    failedAt = index;
    setErrorStatus(PDU.genErr);
  }

  @Override
  public int getErrorIndex() {
    return failedAt > 0 ? failedAt : super.getErrorIndex();
  }

  @Override
  public boolean isPhaseComplete() {
    return bulkEnded || super.isPhaseComplete();
  }

  /**
   * The answer: with the bindings of the request if there is an error, as RFC 3416 wants it, and
   * with none and tooBig if they need more than {@code room} octets.
   */
  PDU answer(int room) {
    PDU answer = getResponse();
    int status = answer.getErrorStatus();
    if (status == PDU.noError && octets(answer) > room) {
      answer.setErrorStatus(PDU.tooBig);
      replaceBindings(answer, List.of());
    } else if (status != PDU.noError) {
      replaceBindings(answer, asked);
    }
    return answer;
  }

  private void replaceBindings(PDU answer, List<VariableBinding> by) {
    answer.getVariableBindings().clear();
    answer.addAll(by);
  }

  private static int octets(PDU answer) {
    int octets = 0;
    for (VariableBinding binding : answer.getVariableBindings()) {
      octets += binding.getBERLength();
    }
    return octets;
  }

  // SNMP4J-Agent tells requests apart by the number it gives each; that holds here too.
  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
