package org.strowger.director;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;

/**
 * What one file of alarms says.
 *
 * @param state as far as it is whole; null if not even its beginning is
 * @param damage what is wrong with it; null if nothing is, or only the last line is half written
 */
record AlarmFile(AlarmLines.@Nullable State state, @Nullable String damage) {

  static AlarmFile read(Path file, long maxBytes) throws IOException {
    if (Files.size(file) > maxBytes) {
      return new AlarmFile(null, "it is larger than " + maxBytes + " bytes");
    }
    // Bytes that are no UTF-8 become others: the check sum of their line is wrong then.
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return new Reading(text).read();
  }

  private static final class Reading {
    private final String[] lines;
    private final boolean ended;
    private final Map<Long, Alarm> active = new LinkedHashMap<>();
    private final Deque<AlarmRecord> history = new ArrayDeque<>();
    private final List<AlarmRecord> begun = new ArrayList<>();
    private long sequence;
    private long lastRecord;
    private long lastIndex;
    private long resyncs;
    private Instant changed = Instant.EPOCH;
    private boolean whole;

    Reading(String text) {
      ended = text.endsWith("\n");
      lines = text.split("\n", -1);
    }

    AlarmFile read() {
      int count = lines.length - 1; // after the last line feed: nothing, or half a line
      for (int i = 0; i < count; i++) {
        List<String> fields = AlarmLines.fields(lines[i]);
        if (fields == null || !take(i, fields)) {
          return new AlarmFile(whole ? state() : null, "line " + (i + 1) + " is not whole");
        }
      }
      if (!whole) {
        return new AlarmFile(null, ended ? "its end is missing" : "it ends in the middle");
      }
      return new AlarmFile(state(), null);
    }

    private boolean take(int number, List<String> fields) {
      if (number == 0) {
        return AlarmLines.readHead(fields).map(this::head).orElse(false);
      }
      switch (fields.getFirst()) {
        case AlarmLines.ACTIVE ->
            AlarmLines.readActive(fields).ifPresent(alarm -> active.put(alarm.index(), alarm));
        case AlarmLines.HISTORY -> {
          AlarmLines.readRecord(fields).ifPresent(history::add);
        }
        case AlarmLines.RECORD -> AlarmLines.readRecord(fields).ifPresent(begun::add);
        case AlarmLines.SEQUENCE -> {
          begun.forEach(this::step);
          begun.clear();
          sequence = Long.parseLong(fields.get(1));
          resyncs = Long.parseLong(fields.get(2));
        }
        case AlarmLines.WHOLE -> whole = true;
        default -> {} // of a later version
      }
      return true;
    }

    private boolean head(AlarmLines.State head) {
      sequence = head.sequence();
      lastRecord = head.lastRecord();
      lastIndex = head.lastIndex();
      resyncs = head.resyncs();
      changed = head.changed();
      return true;
    }

    private void step(AlarmRecord record) {
      Alarm alarm = record.alarm();
      if (record.kind() == AlarmRecord.Kind.CLEAR) {
        active.remove(alarm.index());
      } else {
        active.put(alarm.index(), alarm);
      }
      history.add(record);
      lastRecord = record.number();
      lastIndex = Math.max(lastIndex, alarm.index());
      changed = record.time();
    }

    private AlarmLines.State state() {
      return new AlarmLines.State(
          sequence,
          lastRecord,
          lastIndex,
          resyncs,
          changed,
          List.copyOf(active.values()),
          new ArrayList<>(history));
    }
  }
}
