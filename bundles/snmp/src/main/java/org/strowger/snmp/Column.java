package org.strowger.snmp;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.Variable;

/**
 * A readable column.
 *
 * @param number its sub-identifier below the entry
 * @param value of a row; null if the row has no such instance now
 * @param writable how it is written, or null if it is read-only
 */
record Column<R>(
    int number, BiFunction<Moment, R, @Nullable Variable> value, @Nullable Writable<R> writable) {
  static <R> Column<R> read(int number, BiFunction<Moment, R, @Nullable Variable> value) {
    return new Column<>(number, value, null);
  }

  static <R> Column<R> write(
      int number, BiFunction<Moment, R, @Nullable Variable> value, Writable<R> writable) {
    return new Column<>(number, value, writable);
  }

  /** The value of what is observed of a row; none while it is wanted but not observed yet. */
  static <T> @Nullable Variable present(
      Moment moment, @Nullable T observed, BiFunction<Moment, T, Variable> value) {
    return observed == null ? null : value.apply(moment, observed);
  }
}
