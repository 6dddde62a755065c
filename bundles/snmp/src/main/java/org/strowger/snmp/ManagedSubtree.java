package org.strowger.snmp;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.snmp4j.agent.DefaultMOScope;
import org.snmp4j.agent.MOQuery;
import org.snmp4j.agent.MOQueryWithSource;
import org.snmp4j.agent.MOScope;
import org.snmp4j.agent.mo.GenericManagedObject;
import org.snmp4j.agent.request.SubRequest;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;

/**
 * A subtree as SNMP4J-Agent's managed object: reads come from the moment of the request, writes
 * become part of its one change of the director. It has no state, needs no lock, and nothing that
 * is thrown below it leaves it: the binding gets genErr, the log the cause. Any thread.
 */
final class ManagedSubtree implements GenericManagedObject {
  private static final Logger log = LoggerFactory.getLogger(ManagedSubtree.class);

  private final Subtree subtree;
  private final MOScope scope;

  ManagedSubtree(Subtree subtree) {
    this.subtree = subtree;
    OID root = subtree.root();
    this.scope = new DefaultMOScope(root, true, root.nextPeer(), false);
  }

  @Override
  public MOScope getScope() {
    return scope;
  }

  Subtree subtree() {
    return subtree;
  }

  /**
   * What stands in a subtree is known for the moment of a request only.
   *
   * @throws UnsupportedOperationException always; ask with a query that names its request
   */
  @Override
  public OID find(MOScope range) {
    throw new UnsupportedOperationException("instances are found for a request");
  }

  @Override
  public @Nullable OID find(MOQuery query, Function<OID, Boolean> filter) {
    if (query instanceof MOQueryWithSource sourced
        && sourced.getSource() instanceof AgentRequest request) {
      VariableBinding found = first(request.moment(), query, filter);
      return found == null ? null : found.getOid();
    }
    return find(query);
  }

  @Override
  public void get(SubRequest<?> asked) {
    guarded(
        asked,
        () -> {
          OID oid = asked.getVariableBinding().getOid();
          Variable value =
              subtree.hasObject(oid) ? instance(asked, oid) : (Variable) Null.noSuchObject;
          asked.getVariableBinding().setVariable(value);
          asked.completed();
        });
  }

  private Variable instance(SubRequest<?> asked, OID oid) {
    Variable value = subtree.get(AgentRequest.of(asked).moment(), oid);
    return value == null ? Null.noSuchInstance : value;
  }

  @Override
  @SuppressWarnings("deprecation") // Abstract in the interface all the same.
  public boolean next(SubRequest<?> asked) {
    return next(asked, oid -> true);
  }

  @Override
  public boolean next(SubRequest<?> asked, Function<OID, Boolean> filter) {
    guarded(
        asked,
        () -> {
          VariableBinding found = first(AgentRequest.of(asked).moment(), asked.getScope(), filter);
          if (found != null) {
            asked.getVariableBinding().setOid(found.getOid());
            asked.getVariableBinding().setVariable(found.getVariable());
            asked.completed();
          }
        });
    return asked.isComplete();
  }

  private @Nullable VariableBinding first(
      Moment moment, MOScope range, Function<OID, Boolean> filter) {
    OID lower = range.getLowerBound();
    Cursor cursor = new Cursor();
    Variable atLower = range.isLowerIncluded() ? subtree.get(moment, lower) : null;
    VariableBinding found =
        atLower == null ? subtree.next(moment, lower, cursor) : new VariableBinding(lower, atLower);
    while (found != null && !filter.apply(found.getOid())) {
      found = subtree.next(moment, found.getOid(), cursor);
    }
    return found != null && range.covers(found.getOid()) ? found : null;
  }

  @Override
  public void prepare(SubRequest<?> wanted) {
    guarded(wanted, () -> AgentRequest.of(wanted).prepare(wanted, subtree));
  }

  @Override
  public void commit(SubRequest<?> wanted) {
    guarded(wanted, () -> AgentRequest.of(wanted).commit(wanted));
  }

  /** Nothing is to be undone: a change that the director refused has changed nothing. */
  @Override
  public void undo(SubRequest<?> wanted) {
    wanted.completed();
  }

  @Override
  public void cleanup(SubRequest<?> wanted) {
    wanted.completed();
  }

  private static void guarded(SubRequest<?> asked, Runnable step) {
    if (AgentRequest.of(asked).failed()) {
      asked.completed(); // Its answer is known: one line in the log is enough.
      return;
    }
    try {
      step.run();
    } catch (RuntimeException e) {
      log.error("request for {} failed", asked.getVariableBinding(), e);
      asked.getStatus().setErrorStatus(PDU.genErr);
    }
  }
}
