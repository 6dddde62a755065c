package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;

/**
 * Brings the operator's edits of the file into what runs: the difference between the last imported
 * file and the new one is applied to the present tree. A key that changed on both sides, and not to
 * the same value, is a conflict.
 */
record Merge(Map<String, Object> tree, List<String> conflicts) {

  static Merge of(
      Map<String, Object> lastImported, Map<String, Object> file, Map<String, Object> present) {
    Map<String, Object> merged = present;
    List<String> conflicts = new ArrayList<>();
    for (Change change : Trees.difference(lastImported, file)) {
      KeyPath path = pathOf(change);
      @Nullable Object before = Trees.get(lastImported, path);
      @Nullable Object now = Trees.get(present, path);
      @Nullable Object wanted = change instanceof Change.Put put ? put.value() : null;
      if (Objects.equals(now, wanted)) {
        continue;
      }
      if (!Objects.equals(now, before)) {
        conflicts.add(path + " is " + text(now) + " here and " + text(wanted) + " in the file");
      } else {
        merged = wanted == null ? Trees.remove(merged, path) : Trees.put(merged, path, wanted);
      }
    }
    return new Merge(merged, List.copyOf(conflicts));
  }

  private static KeyPath pathOf(Change change) {
    return switch (change) {
      case Change.Put put -> put.path();
      case Change.Remove remove -> remove.path();
      default -> throw new IllegalArgumentException("a difference has puts and removes only");
    };
  }

  private static String text(@Nullable Object value) {
    return value == null ? "absent" : "'" + value + "'";
  }
}
