package org.strowger.director;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmType;
import org.strowger.api.Coded;
import org.strowger.api.Severity;

/**
 * The alarms as lines of text: each has its CRC-32C in eight hexadecimal digits, a kind, and fields
 * between tabs. A person can read them, and a line that is half written is known.
 */
final class AlarmLines {
  /** The first line of a file: its format, sequence, record, index, resyncs, changed. */
  static final String HEAD = "alarms-1";

  /** An active alarm. */
  static final String ACTIVE = "active";

  /** A line of the history. */
  static final String HISTORY = "history";

  /** From here on lines were appended: each is a step from what stands above. */
  static final String WHOLE = "whole";

  /** A line of the history that also changes the active alarms. */
  static final String RECORD = "record";

  /** The sequence number, and the end of a step: the records before it count from here on. */
  static final String SEQUENCE = "sequence";

  private static final int CRC_DIGITS = 8;

  private AlarmLines() {}

  /** All that a director after this one is to know. */
  record State(
      long sequence,
      long lastRecord,
      long lastIndex,
      long resyncs,
      Instant changed,
      List<Alarm> active,
      List<AlarmRecord> history) {
    static final State EMPTY = new State(0, 0, 0, 0, Instant.EPOCH, List.of(), List.of());
  }

  static String head(State state) {
    return line(
        HEAD,
        Long.toString(state.sequence),
        Long.toString(state.lastRecord),
        Long.toString(state.lastIndex),
        Long.toString(state.resyncs),
        state.changed.toString());
  }

  static String active(Alarm alarm) {
    List<String> fields = new ArrayList<>();
    alarm(alarm, fields);
    return line(ACTIVE, fields.toArray(String[]::new));
  }

  /**
   * @param kind {@link #HISTORY} or {@link #RECORD}
   */
  static String record(String kind, AlarmRecord record) {
    List<String> fields = new ArrayList<>();
    fields.add(Long.toString(record.number()));
    fields.add(record.kind().word());
    fields.add(record.time().toString());
    fields.add(Boolean.toString(record.notified()));
    alarm(record.alarm(), fields);
    return line(kind, fields.toArray(String[]::new));
  }

  static String sequence(long sequence, long resyncs) {
    return line(SEQUENCE, Long.toString(sequence), Long.toString(resyncs));
  }

  private static void alarm(Alarm alarm, List<String> fields) {
    fields.add(Long.toString(alarm.index()));
    fields.add(Integer.toString(alarm.type().major()));
    fields.add(Integer.toString(alarm.type().minor()));
    fields.add(alarm.resource());
    fields.add(alarm.severity().word());
    fields.add(alarm.originalSeverity().word());
    fields.add(alarm.text());
    fields.add(alarm.raisedTime().toString());
    fields.add(alarm.changedTime().toString());
    fields.add(Long.toString(alarm.sequence()));
    fields.add(Long.toString(alarm.raiseSequence()));
    fields.add(Long.toString(alarm.rootCause()));
    fields.add(Boolean.toString(alarm.flapping()));
    fields.add(Long.toString(alarm.transitions()));
    fields.add(Long.toString(alarm.suppressed()));
    fields.add(Boolean.toString(alarm.shelved()));
    fields.add(alarm.acknowledgedBy());
  }

  static String line(String kind, String... fields) {
    StringBuilder body = new StringBuilder(kind);
    for (String field : fields) {
      body.append('\t').append(escaped(field));
    }
    return crc(body.toString()) + " " + body;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        plain.append(c);
      } else {
        i++;
        plain.append(
            switch (text.charAt(i)) {
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> text.charAt(i);
            });
      }
    }
    return plain.toString();
  }

  private static String crc(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** Kind and fields of a line; null if it is not whole. */
  static @Nullable List<String> fields(String line) {
    if (line.length() <= CRC_DIGITS + 1 || !line.startsWith(crc(line.substring(9)) + " ")) {
      return null;
    }
    List<String> fields = new ArrayList<>();
    for (String field : line.substring(CRC_DIGITS + 1).split("\t", -1)) {
      fields.add(plain(field));
    }
    return fields;
  }

  /** Reads fields one after the other; what another version wrote otherwise is not read. */
  private static final class Reader {
    private final List<String> fields;
    private int at = 1; // after the kind

    Reader(List<String> fields) {
      this.fields = fields;
    }

    String text() {
      return fields.get(at++);
    }

    long number() {
      return Long.parseLong(text());
    }

    Instant time() {
      return Instant.parse(text());
    }

    boolean truth() {
      return Boolean.parseBoolean(text());
    }

    <E extends Enum<E> & Coded> E word(Class<E> type) {
      return Coded.byWord(type, text()).orElseThrow(() -> new IllegalArgumentException("word"));
    }
  }

  /** The alarm of an {@link #ACTIVE} line; empty if its type is not known here. */
  static Optional<Alarm> readActive(List<String> fields) {
    return read(fields, AlarmLines::alarm);
  }

  /** The record of a line; empty if its type is not known here. */
  static Optional<AlarmRecord> readRecord(List<String> fields) {
    return read(fields, AlarmLines::record);
  }

  private static AlarmRecord record(Reader reader) {
    long number = reader.number();
    AlarmRecord.Kind kind = reader.word(AlarmRecord.Kind.class);
    Instant time = reader.time();
    boolean notified = reader.truth();
    return new AlarmRecord(number, kind, alarm(reader), time, notified);
  }

  /** What the head says; empty if it is none. */
  static Optional<State> readHead(List<String> fields) {
    return fields.getFirst().equals(HEAD)
        ? read(
            fields,
            reader ->
                new State(
                    reader.number(),
                    reader.number(),
                    reader.number(),
                    reader.number(),
                    reader.time(),
                    List.of(),
                    List.of()))
        : Optional.empty();
  }

  private static <T> Optional<T> read(List<String> fields, Function<Reader, T> read) {
    try {
      return Optional.of(read.apply(new Reader(fields)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException otherwise) {
      return Optional.empty();
    }
  }

  private static Alarm alarm(Reader reader) {
    return new Alarm(
        reader.number(),
        type(reader.number(), reader.number()),
        reader.text(),
        reader.word(Severity.class),
        reader.word(Severity.class),
        reader.text(),
        reader.time(),
        reader.time(),
        reader.number(),
        reader.number(),
        reader.number(),
        reader.truth(),
        reader.number(),
        reader.number(),
        reader.truth(),
        reader.text());
  }

  private static AlarmType type(long major, long minor) {
    return AlarmType.byNumbers((int) major, (int) minor)
        .orElseThrow(() -> new IllegalArgumentException("type"));
  }
}
