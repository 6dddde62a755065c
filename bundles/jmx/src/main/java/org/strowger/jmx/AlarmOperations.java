package org.strowger.jmx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.strowger.api.AlarmRecord;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;

/** The operations of {@code type=Alarms}. */
final class AlarmOperations {
  /** Most records of one answer. */
  static final int LIMIT = 10_000;

  private static final TabularType HISTORY = Rows.ALARM_RECORD.table("number");
  private static final List<String> SHELF_KEYS = List.of("type", "resource", "until", "comment");
  private static final Operation.Parameter SHELF =
      new Operation.Parameter("name", "Name of the shelf");

  private AlarmOperations() {}

  static List<Operation<Snapshot>> all() {
    return List.of(
        new Operation<>(
            "history",
            "What became of alarms, from this number on",
            List.of(
                new Operation.Parameter("from", "The smallest number"),
                new Operation.Parameter("limit", "Most rows, 1 to " + LIMIT)),
            HISTORY,
            MBeanOperationInfo.INFO,
            Role.VIEWER,
            (s, door, args) -> history(s, args)),
        action(
            "acknowledge",
            "Notes that you have seen the alarm with this index",
            Role.OPERATOR,
            (s, door, args) ->
                door.change(List.of(new Change.Acknowledge(number("index", args.getFirst())))),
            new Operation.Parameter("index", "The index of an active alarm")),
        action(
            "resync",
            "Every active alarm is told again to everybody, then that the list is whole",
            Role.OPERATOR,
            (s, door, args) -> resync(s, door)),
        action(
            "shelve",
            "Puts alarms aside: they stay listed and are not notified",
            Role.OPERATOR,
            (s, door, args) -> door.change(List.of(shelve(args))),
            SHELF,
            new Operation.Parameter("type", "Type of the alarms; empty for all"),
            new Operation.Parameter("resource", "Resource of the alarms; * stands for any text"),
            new Operation.Parameter(
                "until", "When it ends, such as 2026-11-23T18:00:00Z; empty: when removed"),
            new Operation.Parameter("comment", "Why")),
        action(
            "unshelve",
            "Removes a shelf",
            Role.OPERATOR,
            (s, door, args) -> unshelve(s, door, args.getFirst()),
            SHELF),
        action(
            "setProfile",
            "Changes how alarms of a type are treated",
            Role.ADMIN,
            (s, door, args) -> setProfile(door, args),
            new Operation.Parameter("type", "Name of the type, such as realDown"),
            new Operation.Parameter(
                "key", "severity, enabled, raiseDelay, clearDelay, flapCount or flapWindow"),
            new Operation.Parameter("value", "As it is written in the configuration")));
  }

  static Operation<Snapshot> action(
      String name,
      String description,
      Role role,
      Operation.Action<Snapshot> action,
      Operation.Parameter... parameters) {
    return new Operation<>(
        name,
        description,
        List.of(parameters),
        SimpleType.STRING,
        MBeanOperationInfo.ACTION,
        role,
        action);
  }

  private static Object history(Snapshot snapshot, List<String> args) {
    long from = number("from", args.getFirst());
    long limit = number("limit", args.get(1));
    if (limit < 1 || limit > LIMIT) {
      throw new IllegalArgumentException("limit: '" + limit + "': expected 1 to " + LIMIT);
    }
    List<AlarmRecord> found =
        snapshot.alarms().history().stream()
            .filter(record -> record.number() >= from)
            .limit(limit)
            .toList();
    return Rows.ALARM_RECORD.rows(HISTORY, found);
  }

  private static Object resync(Snapshot snapshot, DirectorDoor door) {
    door.change(List.of(new Change.Resync(snapshot.alarms().resyncs())));
    return snapshot.alarms().count() + " alarms are told again";
  }

  private static Change shelve(List<String> args) {
    Map<String, Object> shelf = new LinkedHashMap<>();
    for (int i = 0; i < SHELF_KEYS.size(); i++) {
      String value = args.get(i + 1).strip();
      if (!value.isEmpty()) {
        shelf.put(SHELF_KEYS.get(i), value);
      }
    }
    return new Change.Put(KeyPath.of("alarms", "shelves", args.getFirst()), shelf);
  }

  private static Object unshelve(Snapshot snapshot, DirectorDoor door, String name) {
    if (!snapshot.configuration().alarms().shelves().containsKey(name)) {
      throw new IllegalArgumentException("name: '" + name + "': expected the name of a shelf");
    }
    return door.change(List.of(new Change.Remove(KeyPath.of("alarms", "shelves", name))));
  }

  private static Object setProfile(DirectorDoor door, List<String> args) {
    KeyPath path = KeyPath.of("alarms", "profiles", args.getFirst(), args.get(1));
    return door.change(List.of(new Change.Put(path, plain(args.get(2)))));
  }

  /** A value as it is written in the configuration. */
  static Object plain(String text) {
    return switch (text) {
      case "true", "false" -> Boolean.valueOf(text);
      default -> text.matches("[0-9]{1,9}") ? (Object) Long.valueOf(text) : text;
    };
  }

  static long number(String parameter, String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          parameter + ": '" + text + "': expected a whole number", e);
    }
  }
}
