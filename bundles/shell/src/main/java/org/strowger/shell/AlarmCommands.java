package org.strowger.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Snapshot;

/** {@code shelve}, {@code unshelve}, {@code acknowledge}, {@code resync}; the history of alarms. */
final class AlarmCommands {
  static final String HISTORY = "--history";

  /** Records shown unless another number is given. */
  static final int RECORDS = 50;

  private static final List<String> SHELF_KEYS = List.of("type", "resource", "until", "comment");
  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smhd])");
  private static final String[] COLUMNS = {
    "NUMBER=number",
    "TIME=time",
    "WHAT=kind",
    "SEVERITY=severity",
    "TYPE=type",
    "RESOURCE=resource",
    "SEQUENCE=sequence",
    "NOTIFIED=notified",
    "TEXT=text"
  };

  private final Door door;

  AlarmCommands(Door door) {
    this.door = door;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "shelve",
            "NAME [type=TYPE] [resource=RESOURCE] [for=2h | until=TIME] [comment=TEXT]",
            "puts alarms aside: they stay listed and are not notified; * in a resource stands for"
                + " any text",
            this::shelve,
            words -> words.isEmpty() ? List.of() : candidates()),
        new Command(
            "unshelve",
            "NAME",
            "removes a shelf; what still holds is notified again",
            this::unshelve,
            words -> words.isEmpty() ? List.copyOf(shelves().keySet()) : List.of()),
        new Command(
            "acknowledge",
            "INDEX",
            "notes that you have seen an alarm",
            request ->
                said(
                    door.apply(
                        request,
                        new Change.Acknowledge(request.number(0, "the index of an alarm"))),
                    "acknowledged"),
            words ->
                words.isEmpty()
                    ? door.snapshot().activeAlarms().stream()
                        .map(alarm -> Long.toString(alarm.index()))
                        .toList()
                    : List.of()),
        new Command(
            "resync",
            "",
            "tells every active alarm again to everybody, then that the list is whole",
            this::resync,
            words -> List.of()));
  }

  private Map<String, AlarmShelf> shelves() {
    return door.snapshot().configuration().alarms().shelves();
  }

  private static List<String> candidates() {
    List<String> words = new ArrayList<>(List.of("resource=", "for=", "until=", "comment="));
    for (AlarmType type : AlarmType.values()) {
      words.add("type=" + type.word());
    }
    return words;
  }

  private Output shelve(Request request) {
    String name = request.word(0, "a name for the shelf");
    Map<String, Object> shelf = new LinkedHashMap<>();
    for (String word : request.words().subList(1, request.words().size())) {
      int equals = word.indexOf('=');
      String key = word.substring(0, Math.max(0, equals));
      String value = word.substring(equals + 1);
      if (key.equals("for")) {
        shelf.put("until", Instant.now().plus(time(value)).toString());
      } else if (SHELF_KEYS.contains(key) && !value.isEmpty()) {
        shelf.put(key, value);
      } else {
        throw CommandFailure.usage(
            "'" + word + "': expected for= or one of " + String.join("=, ", SHELF_KEYS) + "=");
      }
    }
    return door.apply(request, new Change.Put(KeyPath.of("alarms", "shelves", name), shelf));
  }

  private static Duration time(String word) {
    Matcher matcher = TIME.matcher(word);
    if (!matcher.matches()) {
      throw CommandFailure.usage("'" + word + "': expected a time such as 30m or 2h");
    }
    long n = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  private Output unshelve(Request request) {
    String name = request.only("the name of a shelf");
    if (!shelves().containsKey(name)) {
      throw Known.unknown("shelf", name, List.copyOf(shelves().keySet()));
    }
    return door.apply(request, new Change.Remove(KeyPath.of("alarms", "shelves", name)));
  }

  private Output resync(Request request) {
    request.atMost(0);
    Snapshot snapshot = door.snapshot();
    return said(
        door.apply(request, new Change.Resync(snapshot.alarms().resyncs())),
        snapshot.alarms().count() + " alarms are told again");
  }

  /** What changes no key has its own words. */
  private static Output said(Output output, String text) {
    return output.exit() == Exit.DONE ? new Output(Exit.DONE, text, output.data()) : output;
  }

  /** What is to be seen of an alarm at a glance. */
  static String marks(Alarm alarm) {
    List<String> marks = new ArrayList<>();
    if (alarm.shelved()) {
      marks.add("shelved");
    }
    if (alarm.flapping()) {
      marks.add("flapping");
    }
    if (!alarm.acknowledgedBy().isEmpty()) {
      marks.add("seen by " + alarm.acknowledgedBy());
    }
    if (alarm.rootCause() > 0) {
      marks.add("see " + alarm.rootCause());
    }
    return String.join(", ", marks);
  }

  /** {@code show alarms --history [N]}. */
  static Output history(Snapshot snapshot, Request request) {
    List<String> words = new ArrayList<>(request.words());
    words.remove(HISTORY);
    Request rest = new Request(words, request.user(), request.directory());
    rest.atMost(2);
    long most = words.size() > 1 ? rest.number(1, "a number of records") : RECORDS;
    List<AlarmRecord> all = snapshot.alarms().history();
    int first = (int) Math.max(0, all.size() - most);
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (AlarmRecord record : all.subList(first, all.size())) {
      Map<String, @Nullable Object> row = Plain.row(record.alarm());
      row.put("number", record.number());
      row.put("kind", Plain.of(record.kind()));
      row.put("time", record.time().toString());
      row.put("notified", record.notified());
      rows.add(row);
    }
    return Output.done(Table.of(rows, COLUMNS), rows);
  }
}
