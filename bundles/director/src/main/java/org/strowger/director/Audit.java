package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;

/** Writes who asked for what, from where, and what became of it; one line a changed key. */
final class Audit {
  /** Lines written for one change set; the rest is counted in the last one. */
  static final int MAX_LINES = 200;

  private static final int MAX_VALUE_CHARS = 200;
  private static final Logger LOG = LoggerFactory.getLogger("audit");

  private Audit() {}

  static void committed(
      ChangeSet changes, long revision, Map<String, Object> before, Map<String, Object> after) {
    List<Change> made = new ArrayList<>();
    Trees.difference(before, after).forEach(change -> leaves(change, made));
    for (Change change : made.subList(0, Math.min(made.size(), MAX_LINES))) {
      KeyPath path =
          change instanceof Change.Put put ? put.path() : ((Change.Remove) change).path();
      line(changes.origin())
          .addKeyValue("revision", revision)
          .addKeyValue("key", path)
          .addKeyValue("old", text(Trees.get(before, path)))
          .addKeyValue("new", text(Trees.get(after, path)))
          .addKeyValue("result", "committed")
          .log("change");
    }
    if (made.size() > MAX_LINES || made.isEmpty()) {
      line(changes.origin())
          .addKeyValue("revision", revision)
          .addKeyValue("keys", made.size())
          .addKeyValue("result", "committed")
          .log("change");
    }
  }

  /** A whole new branch as its leaves, so that no value is hidden in a long line. */
  private static void leaves(Change change, List<Change> into) {
    if (change instanceof Change.Put put && put.value() instanceof Map<?, ?> branch) {
      branch.forEach(
          (key, value) ->
              leaves(
                  new Change.Put(
                      put.path().child(String.valueOf(key)), Objects.requireNonNull(value)),
                  into));
    } else {
      into.add(change);
    }
  }

  /** What changes no key: a resync, an acknowledgement, or what was so already. */
  static void asked(ChangeSet changes) {
    for (Change change : changes.changes().stream().limit(MAX_LINES).toList()) {
      switch (change) {
        case Change.Resync _, Change.Acknowledge _ ->
            line(changes.origin())
                .addKeyValue("asked", change)
                .addKeyValue("result", "done")
                .log("alarms");
        default -> {}
      }
    }
  }

  static void refused(ChangeSet changes, ChangeResult result) {
    line(changes.origin())
        .addKeyValue("result", result.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT))
        .addKeyValue("why", text(result.text()))
        .log("change");
  }

  static void disconnected(Origin origin, String filter, int count) {
    line(origin)
        .addKeyValue("filter", filter)
        .addKeyValue("result", count + " cut")
        .log("disconnect");
  }

  static void resumed(Origin origin, Object real) {
    line(origin).addKeyValue("real", real).addKeyValue("result", "resumed").log("resume");
  }

  static void failover(Origin origin, String command, String instance, String result) {
    line(origin)
        .addKeyValue("command", command)
        .addKeyValue("instance", instance.isEmpty() ? "all" : instance)
        .addKeyValue("result", text(result))
        .log("failover");
  }

  private static org.slf4j.spi.LoggingEventBuilder line(Origin origin) {
    return LOG.atInfo()
        .addKeyValue("origin", origin.kind().word())
        .addKeyValue("user", origin.user())
        .addKeyValue("source", origin.source());
  }

  /** One line, bounded: a value must not be able to forge another audit line. */
  private static String text(@Nullable Object value) {
    String text = Objects.toString(value, "-").replaceAll("\\p{Cntrl}", " ");
    return text.length() <= MAX_VALUE_CHARS ? text : text.substring(0, MAX_VALUE_CHARS) + "...";
  }
}
