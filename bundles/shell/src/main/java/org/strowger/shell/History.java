package org.strowger.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.ConfigurationFiles;
import org.strowger.api.KeyPath;
import org.strowger.api.Revision;
import org.strowger.api.RevisionSummary;

/**
 * {@code apply}, {@code confirm}, {@code rollback}, {@code diff} and {@code config export}: whole
 * configurations.
 */
final class History {
  static final String OPTIONS = " [--confirm SECONDS] [--comment TEXT]";

  private final Door door;
  private final Awaited<ConfigurationFiles> files;

  History(Door door, Awaited<ConfigurationFiles> files) {
    this.door = door;
    this.files = files;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "apply",
            "FILE" + OPTIONS,
            "imports a configuration file: what it changed since the last import; with --confirm it"
                + " is taken back by itself unless you confirm it in time",
            request -> apply(request.withOptions()),
            words -> List.of()),
        new Command(
            "confirm",
            "[REVISION]",
            "the revision that waits for its confirmation stays",
            this::confirm,
            words -> List.of()),
        new Command(
            "rollback",
            "REVISION" + OPTIONS,
            "goes back to the configuration of an older revision",
            request -> rollback(request.withOptions()),
            words -> words.isEmpty() ? numbers() : List.of()),
        new Command(
            "diff",
            "REVISION [REVISION]",
            "what differs between two revisions, or between one and the current one",
            this::diff,
            words -> words.size() < 2 ? numbers() : List.of()),
        new Command(
            "config",
            "export",
            "prints the running configuration as YAML",
            this::export,
            words -> words.isEmpty() ? List.of("export") : List.of()));
  }

  private Output apply(Request request) {
    return door.apply(
        request, files.get().read(request.directory().resolve(request.only("a file"))));
  }

  private Output confirm(Request request) {
    request.atMost(1);
    Optional<Revision.Pending> pending = door.snapshot().pending();
    if (pending.isEmpty()) {
      throw CommandFailure.rejected("no revision waits for its confirmation");
    }
    long number =
        request.words().isEmpty()
            ? pending.get().revision()
            : request.number(0, "the number of the revision that waits");
    return door.apply(request, new Change.Confirm(number));
  }

  private Output rollback(Request request) {
    request.atMost(1);
    return door.apply(request, new Change.Rollback(request.number(0, "the number of a revision")));
  }

  private Output export(Request request) {
    String what = request.only("export");
    if (!what.equals("export")) {
      throw CommandFailure.usage("'" + what + "': expected export");
    }
    Map<String, Object> tree = door.snapshot().tree();
    return Output.done(files.get().print(tree), tree);
  }

  private Output diff(Request request) {
    request.atMost(2);
    Revision from = revision(request.number(0, "the number of a revision"));
    long other =
        request.words().size() > 1
            ? request.number(1, "the number of a revision")
            : door.snapshot().revision();
    Revision to = revision(other);
    List<Map<String, @Nullable Object>> differences = differences(from.tree(), to.tree());
    StringBuilder text = new StringBuilder();
    for (Map<String, @Nullable Object> row : differences) {
      line(text, "- ", row.get("path"), row.get("from"));
      line(text, "+ ", row.get("path"), row.get("to"));
    }
    String none = "revisions " + from.number() + " and " + to.number() + " are equal";
    return Output.done(differences.isEmpty() ? none : text.toString(), differences);
  }

  private static void line(
      StringBuilder text, String sign, @Nullable Object path, @Nullable Object value) {
    if (value != null) {
      text.append(sign).append(path).append(": ").append(Plain.text(value)).append('\n');
    }
  }

  private static List<Map<String, @Nullable Object>> differences(
      Map<String, Object> from, Map<String, Object> to) {
    Map<String, Object> before = new TreeMap<>();
    Map<String, Object> after = new TreeMap<>();
    flatten(KeyPath.of(), from, before);
    flatten(KeyPath.of(), to, after);
    TreeSet<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (String path : paths) {
      if (!Objects.equals(before.get(path), after.get(path))) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("path", path);
        row.put("from", before.get(path));
        row.put("to", after.get(path));
        rows.add(row);
      }
    }
    return rows;
  }

  private static void flatten(KeyPath at, Map<?, ?> tree, Map<String, Object> leaves) {
    tree.forEach(
        (key, value) -> {
          KeyPath path = at.child(String.valueOf(key));
          if (value instanceof Map<?, ?> branch && !branch.isEmpty()) {
            flatten(path, branch, leaves);
          } else {
            leaves.put(path.toString(), value == null ? "" : value);
          }
        });
  }

  private Revision revision(long number) {
    Optional<Revision> found = door.director().revision(number);
    return found.orElseThrow(() -> Known.unknown("revision", Long.toString(number), numbers()));
  }

  private List<String> numbers() {
    return door.director().revisions().stream()
        .map(RevisionSummary::number)
        .map(String::valueOf)
        .toList();
  }
}
