package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.strowger.api.KeyPath;
import org.strowger.api.Names;
import org.strowger.api.Violation;

/**
 * Checks a tree against the shape: every key known, every value fitting; finds all that is wrong.
 */
final class TreeCheck {
  /** Violations reported at once; further ones are only counted. */
  static final int MAX_VIOLATIONS = 100;

  private final List<Violation> violations = new ArrayList<>();

  static List<Violation> check(Map<String, Object> tree, Key.Branch shape) {
    TreeCheck check = new TreeCheck();
    check.branch(new KeyPath(List.of()), tree, shape);
    return check.violations;
  }

  private void add(KeyPath path, Object value, String expected) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(Violation.of(path, value, expected));
    }
  }

  private void key(KeyPath path, Object value, Key key) {
    switch (key) {
      case Key.Leaf leaf -> {
        if (leaf.type().read().apply(value).isEmpty()) {
          add(
              path,
              value instanceof Map<?, ?> ? "a branch of keys" : value,
              leaf.type().expected());
        }
      }
      case Key.Branch branch -> branch(path, value, branch);
      case Key.Named named -> named(path, value, named);
      case Key.Open open -> open(path, value, open.deep());
    }
  }

  private void branch(KeyPath path, Object value, Key.Branch branch) {
    if (!(value instanceof Map<?, ?>)) {
      add(path, value, "a branch with the keys " + String.join(", ", branch.keys().keySet()));
      return;
    }
    Map<String, Object> map = Trees.branch(value);
    map.forEach(
        (name, each) -> {
          Key key = branch.keys().get(name);
          if (key == null) {
            add(path.child(name), "", unknownKey(name, branch));
          } else {
            key(path.child(name), each, key);
          }
        });
    branch
        .keys()
        .forEach(
            (name, key) -> {
              if (key.required() && !map.containsKey(name)) {
                add(path.child(name), "", "this key: " + expected(key));
              }
            });
  }

  private static String expected(Key key) {
    return key instanceof Key.Leaf leaf ? leaf.type().expected() : key.doc();
  }

  private static String unknownKey(String name, Key.Branch branch) {
    String nearest = "";
    int least = 3;
    for (String known : branch.keys().keySet()) {
      int distance = distance(name, known);
      if (distance < least) {
        least = distance;
        nearest = " (did you mean " + known + "?)";
      }
    }
    return "no such key here, only " + String.join(", ", branch.keys().keySet()) + nearest;
  }

  private void named(KeyPath path, Object value, Key.Named named) {
    if (!(value instanceof Map<?, ?> map)) {
      add(
          path,
          value,
          "entries by name, each with the keys " + String.join(", ", named.each().keys().keySet()));
      return;
    }
    if (map.size() > named.most()) {
      add(path, map.size() + " entries", "at most " + named.most());
      return;
    }
    Trees.branch(map)
        .forEach(
            (name, each) -> {
              if (!Names.valid(name)) {
                add(path.child(name), name, Type.name("an entry").expected());
              }
              branch(path.child(name), each, named.each());
            });
  }

  private void open(KeyPath path, Object value, boolean deep) {
    if (!(value instanceof Map<?, ?> map)) {
      add(path, value, "options by name");
      return;
    }
    map.forEach(
        (name, each) -> {
          KeyPath at = path.child(String.valueOf(name));
          if (deep && each instanceof Map<?, ?>) {
            open(at, each, true);
          } else if (each instanceof Map<?, ?> || (!deep && each instanceof List<?>)) {
            add(at, "", "a plain value");
          } else if (each instanceof List<?> list && !list.stream().allMatch(TreeCheck::plain)) {
            add(at, "", "a list of texts, numbers or true and false");
          }
        });
  }

  private static boolean plain(Object value) {
    return value instanceof String || value instanceof Long || value instanceof Boolean;
  }

  /** Levenshtein's distance, for suggestions only; names are short. */
  private static int distance(String a, String b) {
    if (a.length() > 64) {
      return Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
