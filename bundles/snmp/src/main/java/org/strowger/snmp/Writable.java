package org.strowger.snmp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.snmp4j.PDU;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.SMIConstants;
import org.snmp4j.smi.UnsignedInteger32;
import org.snmp4j.smi.Variable;
import org.strowger.api.AdminState;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;
import org.strowger.api.Severity;

/**
 * How an object is written: a value of the right type and range becomes a change of a key of the
 * configuration, or another thing that is asked for. Everything else is the director's to decide.
 *
 * @param fault the error status for a value, {@link PDU#noError} if its type and range are right
 * @param asked what such a value asks for, of a row
 */
record Writable<R>(ToIntFunction<Variable> fault, BiFunction<R, Variable, Asked> asked) {
  private static final int WEIGHT_MAX = 65_535;
  private static final long CONNECTIONS_MAX = 100_000_000;
  private static final long DURATION_MAX_MILLIS = 2_592_000_000L;

  /** TruthValue. */
  private static final int TRUE = 1;

  private static final int FALSE = 2;

  // RowStatus.
  private static final int ROW_ACTIVE = 1;
  private static final int CREATE_AND_GO = 4;
  private static final int DESTROY = 6;

  /** Largest stgLbServiceLogSample. */
  static final long LOG_SAMPLE_MAX = 1_000_000;

  private static <R> Writable<R> key(
      ToIntFunction<Variable> fault, Function<Variable, Object> value, Function<R, KeyPath> path) {
    return new Writable<>(
        fault, (row, variable) -> new Asked.Put(path.apply(row), value.apply(variable)));
  }

  static <R> Writable<R> adminState(Function<R, KeyPath> path) {
    return key(
        value -> enumFault(value, code -> Coded.byCode(AdminState.class, code).isPresent()),
        value -> Coded.byCode(AdminState.class, value.toInt()).orElseThrow().word(),
        path);
  }

  /** A severity that an alarm may have: all but cleared. */
  static <R> Writable<R> severity(Function<R, KeyPath> path) {
    return key(
        value ->
            enumFault(
                value,
                code ->
                    code != Severity.CLEARED.code()
                        && Coded.byCode(Severity.class, code).isPresent()),
        value -> Coded.byCode(Severity.class, value.toInt()).orElseThrow().word(),
        path);
  }

  /** TruthValue. */
  static <R> Writable<R> truth(Function<R, KeyPath> path) {
    return key(
        value -> enumFault(value, code -> code == TRUE || code == FALSE),
        value -> value.toInt() == TRUE,
        path);
  }

  /**
   * RowStatus (RFC 2579) of a table whose rows are part of the configuration.
   *
   * @param present whether the row is there
   * @param path of the row
   */
  static <R> Writable<R> rowStatus(Predicate<R> present, Function<R, KeyPath> path) {
    return new Writable<>(
        value ->
            enumFault(
                value, code -> code == ROW_ACTIVE || code == CREATE_AND_GO || code == DESTROY),
        (row, value) ->
            switch (value.toInt()) {
              case CREATE_AND_GO ->
                  present.test(row)
                      ? new Asked.Fault(PDU.inconsistentValue)
                      : new Asked.Create(path.apply(row));
              case DESTROY -> new Asked.Remove(path.apply(row));
              default ->
                  present.test(row)
                      ? new Asked.Nothing(path.apply(row))
                      : new Asked.Fault(PDU.inconsistentValue);
            });
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
    return duration(DURATION_MAX_MILLIS, path);
  }

  /** Milliseconds up to so many. */
  static <R> Writable<R> duration(long most, Function<R, KeyPath> path) {
    return key(value -> unsignedFault(value, 0, most), value -> duration(value.toLong()), path);
  }

  /** Seconds, which the configuration writes as a duration. */
  static <R> Writable<R> seconds(long least, long most, Function<R, KeyPath> path) {
    return key(value -> unsignedFault(value, least, most), value -> value.toLong() + "s", path);
  }

  /** A whole number from 0 to {@code most}. */
  static <R> Writable<R> number(long most, Function<R, KeyPath> path) {
    return number(0, most, path);
  }

  static <R> Writable<R> number(long least, long most, Function<R, KeyPath> path) {
    return key(value -> unsignedFault(value, least, most), Variable::toLong, path);
  }

  /** Text; without a character the key gets its default. */
  static <R> Writable<R> text(int most, Function<R, KeyPath> path) {
    return new Writable<>(
        value -> textFault(value, most),
        (row, value) -> {
          String text = utf8(value).orElse("");
          return text.isEmpty()
              ? new Asked.Remove(path.apply(row))
              : new Asked.Put(path.apply(row), text);
        });
  }

  /** DateAndTime; eight octets of zero are none. */
  static <R> Writable<R> moment(Function<R, KeyPath> path) {
    return new Writable<>(
        value ->
            !(value instanceof OctetString octets)
                ? PDU.wrongType
                : octets.length() != 8 && octets.length() != 11
                    ? PDU.wrongLength
                    : isNever(octets) || moment(octets).isPresent() ? PDU.noError : PDU.wrongValue,
        (row, value) ->
            isNever((OctetString) value)
                ? new Asked.Remove(path.apply(row))
                : new Asked.Put(
                    path.apply(row), moment((OctetString) value).orElseThrow().toString()));
  }

  private static boolean isNever(OctetString octets) {
    return octets.equals(Smi.NEVER);
  }

  private static Optional<OffsetDateTime> moment(OctetString octets) {
    byte[] b = octets.getValue();
    ZoneOffset zone = ZoneOffset.UTC;
    try {
      if (b.length == 11) {
        int sign = b[8] == '-' ? -1 : 1;
        zone = ZoneOffset.ofHoursMinutes(sign * b[9], sign * b[10]);
      }
      int year = ((b[0] & 0xFF) << 8) | (b[1] & 0xFF);
      return Optional.of(OffsetDateTime.of(year, b[2], b[3], b[4], b[5], b[6], 0, zone));
    } catch (DateTimeException notAMoment) {
      return Optional.empty();
    }
  }

  private static String duration(long millis) {
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  static int enumFault(Variable value, IntPredicate known) {
    if (!(value instanceof Integer32)) {
      return PDU.wrongType;
    }
    return known.test(value.toInt()) ? PDU.noError : PDU.wrongValue;
  }

  static int unsignedFault(Variable value, long least, long most) {
    // Unsigned32 and Gauge32 are one type on the wire; their subtypes Counter32 and TimeTicks not.
    if (!(value instanceof UnsignedInteger32) || value.getSyntax() != SMIConstants.SYNTAX_GAUGE32) {
      return PDU.wrongType;
    }
    return value.toLong() >= least && value.toLong() <= most ? PDU.noError : PDU.wrongValue;
  }

  static int textFault(Variable value, int most) {
    if (!(value instanceof OctetString octets)
        || value.getSyntax() != SMIConstants.SYNTAX_OCTET_STRING) {
      return PDU.wrongType;
    }
    if (octets.length() > most) {
      return PDU.wrongLength;
    }
    return utf8(value).isPresent() ? PDU.noError : PDU.wrongEncoding;
  }

  /** The text; empty if the octets are no UTF-8. */
  static Optional<String> utf8(Variable value) {
    try {
      byte[] octets = ((OctetString) value).getValue();
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }
}
