package org.strowger.snmp;

import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;

/** Objects below one identifier. Any thread. */
sealed interface Subtree permits Scalar, Table {
  OID root();

  /** Whether {@code oid} is, or would be, an instance of one of the objects here. */
  boolean hasObject(OID oid);

  /** The value of the instance, or null if there is none. */
  @Nullable Variable get(Moment moment, OID oid);

  /**
   * The first instance after {@code oid}, or null if there is none here.
   *
   * @param cursor where {@code oid} was found; is set to where the next one is
   */
  @Nullable VariableBinding next(Moment moment, OID oid, Cursor cursor);

  /** How {@code oid} is written, or null if no instance of its object can ever be written. */
  default @Nullable Slot slot(Moment moment, OID oid) {
    return null;
  }

  /**
   * The place a SET writes to.
   *
   * @param fault the error status for a value, as {@link Writable#fault}
   * @param asked what a value asks for; null if there is no such row
   */
  record Slot(ToIntFunction<Variable> fault, @Nullable Function<Variable, Asked> asked) {
    static <R> Slot of(Writable<R> writable, @Nullable R row) {
      return new Slot(
          writable.fault(), row == null ? null : value -> writable.asked().apply(row, value));
    }
  }
}
