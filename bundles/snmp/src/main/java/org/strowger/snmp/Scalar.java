package org.strowger.snmp;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;

/** An object with one instance. */
final class Scalar implements Subtree {
  private final OID root;
  private final OID instance;
  private final Function<Moment, @Nullable Variable> value;
  private final @Nullable Writable<Moment> writable;

  /**
   * @param value null while there is no such instance
   */
  Scalar(OID root, Function<Moment, @Nullable Variable> value) {
    this(root, value, null);
  }

  Scalar(
      OID root, Function<Moment, @Nullable Variable> value, @Nullable Writable<Moment> writable) {
    this.writable = writable;
    this.root = root;
    this.instance = Oids.below(root, 0);
    this.value = value;
  }

  @Override
  public OID root() {
    return root;
  }

  @Override
  public boolean hasObject(OID oid) {
    return oid.startsWith(root) && oid.size() > root.size();
  }

  @Override
  public @Nullable Variable get(Moment moment, OID oid) {
    return oid.equals(instance) ? value.apply(moment) : null;
  }

  @Override
  public @Nullable Slot slot(Moment moment, OID oid) {
    Writable<Moment> written = writable;
    return written == null ? null : Slot.of(written, oid.equals(instance) ? moment : null);
  }

  @Override
  public @Nullable VariableBinding next(Moment moment, OID oid, Cursor cursor) {
    Variable found = oid.compareTo(instance) < 0 ? value.apply(moment) : null;
    return found == null ? null : new VariableBinding(instance, found);
  }
}
