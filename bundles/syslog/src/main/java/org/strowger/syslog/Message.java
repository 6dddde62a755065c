package org.strowger.syslog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.Alarm;
import org.strowger.api.Alarms;
import org.strowger.api.DirectorEvent;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Severity;

/**
 * A message of RFC 5424 without its priority, which the facility of a server decides. Alarms have
 * the structured data and the severities of RFC 5674.
 *
 * @param severity 0 to 7
 * @param id MSGID: what happened
 * @param data structured data, by SD-ID
 */
record Message(
    int severity, Instant time, String id, Map<String, Map<String, String>> data, String text) {
  /** SD-ID of what RFC 5674 has no name for; the number is that of STROWGER-SMI. */
  static final String OURS = "stg@32473";

  private static final String ALARM = "alarm";
  private static final String APPLICATION = "strowger";
  private static final int HOST_CHARS = 255;
  private static final int NOTICE = 5;
  private static final int INFORMATIONAL = 6;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

  /** What is told of an event; empty for those that are no news. */
  static Optional<Message> of(DirectorEvent event, Instant now) {
    return switch (event) {
      case DirectorEvent.AlarmRaised(Alarm alarm) -> Optional.of(alarm("alarmRaise", alarm, now));
      case DirectorEvent.AlarmChanged(Alarm alarm) -> Optional.of(alarm("alarmChange", alarm, now));
      case DirectorEvent.AlarmResent(Alarm alarm) -> Optional.of(alarm("alarmResend", alarm, now));
      case DirectorEvent.AlarmCleared(Alarm alarm) -> Optional.of(alarm("alarmClear", alarm, now));
      case DirectorEvent.AlarmNotice(DirectorEvent.Notice notice, Alarms list) ->
          notice == DirectorEvent.Notice.HEARTBEAT
              ? Optional.empty()
              : Optional.of(notice(notice, list, now));
      case DirectorEvent.RevisionCommitted committed -> Optional.of(revision(committed.revision()));
      case DirectorEvent.RevisionTakenBack back ->
          Optional.of(new Message(NOTICE, now, "configTakenBack", Map.of(), back.why()));
      case DirectorEvent.StateChanged _ -> Optional.empty();
    };
  }

  private static Message alarm(String id, Alarm alarm, Instant now) {
    boolean over = id.equals("alarmClear");
    Severity severity = over ? Severity.CLEARED : alarm.severity();
    Map<String, String> standard = new LinkedHashMap<>();
    standard.put("resource", alarm.resource());
    standard.put("probableCause", Integer.toString(alarm.type().probableCause()));
    standard.put("perceivedSeverity", severity.word());
    standard.put("eventType", Integer.toString(alarm.type().eventType()));
    Map<String, String> ours = new LinkedHashMap<>();
    ours.put("sequence", Long.toString(alarm.sequence()));
    ours.put("type", alarm.type().word());
    ours.put("index", Long.toString(alarm.index()));
    ours.put("raised", alarm.raisedTime().toString());
    Map<String, Map<String, String>> data = new LinkedHashMap<>();
    data.put(ALARM, standard);
    data.put(OURS, ours);
    return new Message(number(severity), now, id, data, alarm.text());
  }

  /** RFC 5674, 2. */
  private static int number(Severity severity) {
    return switch (severity) {
      case CRITICAL -> 1;
      case MAJOR -> 2;
      case MINOR -> 3;
      case WARNING -> 4;
      case INDETERMINATE, CLEARED -> NOTICE;
    };
  }

  private static Message notice(DirectorEvent.Notice notice, Alarms list, Instant now) {
    Map<String, String> ours = new LinkedHashMap<>();
    ours.put("sequence", Long.toString(list.sequence()));
    ours.put("active", Long.toString(list.count()));
    ours.put("suppressed", Long.toString(list.suppressed()));
    String word = notice.word();
    return new Message(NOTICE, now, word, Map.of(OURS, ours), word);
  }

  private static Message revision(RevisionSummary revision) {
    Map<String, String> ours = new LinkedHashMap<>();
    ours.put("revision", Long.toString(revision.number()));
    ours.put("origin", revision.origin().kind().word());
    ours.put("user", revision.origin().user());
    ours.put("source", revision.origin().source());
    return new Message(
        INFORMATIONAL,
        revision.time(),
        "configCommit",
        Map.of(OURS, ours),
        "revision " + revision.number() + " " + revision.comment());
  }

  /** As it is sent, without what the transport adds. */
  byte[] octets(int facility, String host) {
    StringBuilder line = new StringBuilder();
    line.append('<').append(facility * 8 + severity).append(">1 ");
    line.append(TIME.format(time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC)));
    line.append(' ').append(word(host)).append(' ').append(APPLICATION);
    line.append(' ').append(ProcessHandle.current().pid()).append(' ').append(word(id)).append(' ');
    if (data.isEmpty()) {
      line.append('-');
    }
    data.forEach(
        (name, parameters) -> {
          line.append('[').append(name);
          parameters.forEach(
              (key, value) ->
                  line.append(' ').append(key).append("=\"").append(value(value)).append('"'));
          line.append(']');
        });
    String said = text.replaceAll("\\p{Cntrl}", " ").strip();
    if (!said.isEmpty()) {
      line.append(" \uFEFF").append(said); // a byte order mark says that it is UTF-8
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String word(String text) {
    String word = text.replaceAll("[^!-~]", "_");
    return word.isEmpty() ? "-" : word.substring(0, Math.min(HOST_CHARS, word.length()));
  }

  private static String value(String text) {
    return text.replaceAll("\\p{Cntrl}", " ").replaceAll("([\"\\\\\\]])", "\\\\$1");
  }
}
