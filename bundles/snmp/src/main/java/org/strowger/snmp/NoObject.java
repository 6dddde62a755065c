package org.strowger.snmp;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.PDU;
import org.snmp4j.agent.DefaultMOScope;
import org.snmp4j.agent.MOQuery;
import org.snmp4j.agent.MOScope;
import org.snmp4j.agent.mo.GenericManagedObject;
import org.snmp4j.agent.request.SubRequest;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;

/**
 * What a SET meets where there is no object: SNMP4J-Agent would answer noCreation, but RFC 3416
 * (4.2.5, 2) wants notWritable where nothing can be created whatever is specified.
 */
final class NoObject implements GenericManagedObject {
  private static final OID ANYWHERE = new OID(new int[0]);

  @Override
  public MOScope getScope() {
    return new DefaultMOScope(ANYWHERE, true, ANYWHERE, true);
  }

  @Override
  public @Nullable OID find(MOScope range) {
    return null;
  }

  @Override
  public @Nullable OID find(MOQuery query, Function<OID, Boolean> filter) {
    return null;
  }

  @Override
  public void get(SubRequest<?> asked) {
    asked.getVariableBinding().setVariable(Null.noSuchObject);
    asked.completed();
  }

  @Override
  @SuppressWarnings("deprecation") // Abstract in the interface all the same.
  public boolean next(SubRequest<?> asked) {
    return false;
  }

  @Override
  public boolean next(SubRequest<?> asked, Function<OID, Boolean> filter) {
    return false;
  }

  @Override
  public void prepare(SubRequest<?> wanted) {
    wanted.getStatus().setErrorStatus(PDU.notWritable);
  }

  @Override
  public void commit(SubRequest<?> wanted) {
    wanted.getStatus().setErrorStatus(PDU.commitFailed);
  }

  @Override
  public void undo(SubRequest<?> wanted) {
    wanted.completed();
  }

  @Override
  public void cleanup(SubRequest<?> wanted) {
    wanted.completed();
  }
}
