package org.strowger.snmp;

import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.snmp4j.PDU;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.SMIConstants;
import org.snmp4j.smi.UnsignedInteger32;
import org.snmp4j.smi.Variable;
import org.strowger.api.AdminState;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;

/**
 * How a column is written: a value of the right type and range becomes a change of a key of the
 * configuration. Everything else is the director's to decide.
 *
 * @param fault the error status for a value, {@link PDU#noError} if its type and range are right
 * @param value what the key is set to
 * @param path the key of a row
 */
record Writable<R>(
    ToIntFunction<Variable> fault, Function<Variable, Object> value, Function<R, KeyPath> path) {
  private static final int WEIGHT_MAX = 65_535;
  private static final long CONNECTIONS_MAX = 100_000_000;
  private static final long DURATION_MAX_MILLIS = 2_592_000_000L;

  /** Largest stgLbServiceLogSample. */
  static final long LOG_SAMPLE_MAX = 1_000_000;

  static <R> Writable<R> adminState(Function<R, KeyPath> path) {
    return new Writable<>(
        Writable::adminStateFault,
        value -> Coded.byCode(AdminState.class, value.toInt()).orElseThrow().word(),
        path);
  }

  static <R> Writable<R> weight(Function<R, KeyPath> path) {
    return number(WEIGHT_MAX, path);
  }

  /** Connections, or connections a second. */
  static <R> Writable<R> connections(Function<R, KeyPath> path) {
    return number(CONNECTIONS_MAX, path);
  }

  /** Milliseconds, which the configuration writes as a duration. */
  static <R> Writable<R> duration(Function<R, KeyPath> path) {
    return new Writable<>(
        value -> unsignedFault(value, DURATION_MAX_MILLIS),
        value -> duration(value.toLong()),
        path);
  }

  /** A whole number from 0 to {@code most}. */
  static <R> Writable<R> number(long most, Function<R, KeyPath> path) {
    return new Writable<>(value -> unsignedFault(value, most), Variable::toLong, path);
  }

  private static String duration(long millis) {
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  private static int adminStateFault(Variable value) {
    if (!(value instanceof Integer32)) {
      return PDU.wrongType;
    }
    return Coded.byCode(AdminState.class, value.toInt()).isPresent() ? PDU.noError : PDU.wrongValue;
  }

  private static int unsignedFault(Variable value, long most) {
    // Unsigned32 and Gauge32 are one type on the wire; their subtypes Counter32 and TimeTicks not.
    if (!(value instanceof UnsignedInteger32) || value.getSyntax() != SMIConstants.SYNTAX_GAUGE32) {
      return PDU.wrongType;
    }
    return value.toLong() <= most ? PDU.noError : PDU.wrongValue;
  }
}
