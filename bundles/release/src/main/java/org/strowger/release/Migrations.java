package org.strowger.release;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a release changes in the shape of the configuration, as rules on its tree: {@code rename
 * OLD.KEY NEW.KEY} and {@code remove OLD.KEY}, {@code *} standing for any name. A rule without
 * anything to do does nothing, so that a tree of the new shape goes through unchanged.
 */
public final class Migrations {
  /** Parts the rules of a list in one line. */
  private static final String SEPARATOR = ";";

  private Migrations() {}

  /** The rules in one line; {@link #read} reads it. */
  public static String line(List<String> rules) {
    return String.join(SEPARATOR, rules);
  }

  /** What {@link #line} wrote. Rules that are none are left out. */
  public static List<String> read(String line) {
    return Arrays.stream(line.split(SEPARATOR))
        .map(String::strip)
        .filter(rule -> ManifestText.MIGRATION.matcher(rule).matches())
        .toList();
  }

  /**
   * The way back: renames the other way round, last first. What was removed does not come back; it
   * stands in the revisions of before.
   */
  public static List<String> reversed(List<String> rules) {
    List<String> back = new ArrayList<>();
    for (String rule : rules.reversed()) {
      String[] words = rule.split(" ");
      if (words[0].equals("rename")) {
        back.add("rename " + words[2] + " " + words[1]);
      }
    }
    return back;
  }

  /**
   * A tree after these rules; the given one is not changed. Where a renamed key would meet one that
   * is there already both stay: whoever checks the tree says so.
   */
  public static Map<String, Object> applied(List<String> rules, Map<String, Object> tree) {
    Map<String, Object> copy = copy(tree);
    for (String rule : rules) {
      String[] words = rule.split(" ");
      String target = words[0].equals("rename") ? words[2] : "";
      for (Found found : find(copy, List.of(words[1].split("\\.")), 0, List.of())) {
        move(copy, found, target);
      }
    }
    return copy;
  }

  /** A sentence for each key that a rule would rename to one that is there already. */
  public static List<String> conflicts(List<String> rules, Map<String, Object> tree) {
    List<String> conflicts = new ArrayList<>();
    Map<String, Object> before = copy(tree);
    for (String rule : rules) {
      String[] words = rule.split(" ");
      if (words[0].equals("rename")) {
        for (Found found : find(before, List.of(words[1].split("\\.")), 0, List.of())) {
          List<String> target = target(words[2], found);
          if (value(before, target).isPresent()) {
            conflicts.add(
                String.join(".", found.path())
                    + " is called "
                    + String.join(".", target)
                    + " in the new release, and both are configured");
          }
        }
      }
      before = applied(List.of(rule), before);
    }
    return conflicts;
  }

  private record Found(List<String> path, List<String> stars) {}

  private static List<Found> find(
      Map<String, Object> tree, List<String> pattern, int at, List<String> stars) {
    List<Found> all = new ArrayList<>();
    String key = pattern.get(at);
    for (Map.Entry<String, Object> entry : tree.entrySet()) {
      if (!key.equals("*") && !key.equals(entry.getKey())) {
        continue;
      }
      List<String> bound = new ArrayList<>(stars);
      if (key.equals("*")) {
        bound.add(entry.getKey());
      }
      if (at == pattern.size() - 1) {
        all.add(new Found(List.of(entry.getKey()), bound));
      } else if (entry.getValue() instanceof Map<?, ?> below) {
        for (Found found : find(typed(below), pattern, at + 1, bound)) {
          List<String> path = new ArrayList<>(List.of(entry.getKey()));
          path.addAll(found.path());
          all.add(new Found(path, found.stars()));
        }
      }
    }
    return all;
  }

  /** The new name, with the names that the stars of the old one stood for, in order. */
  private static List<String> target(String name, Found found) {
    List<String> target = new ArrayList<>();
    int star = 0;
    for (String key : name.split("\\.")) {
      boolean bound = key.equals("*") && star < found.stars().size();
      target.add(bound ? found.stars().get(star++) : key);
    }
    return target;
  }

  private static void move(Map<String, Object> tree, Found found, String name) {
    Object value = value(tree, found.path()).orElse(Map.of());
    if (name.isEmpty()) {
      remove(tree, found.path());
      return;
    }
    List<String> target = target(name, found);
    if (value(tree, target).isEmpty() && put(tree, target, value)) {
      remove(tree, found.path());
    }
  }

  private static Optional<Object> value(Map<String, Object> tree, List<String> path) {
    Object at = tree;
    for (String key : path) {
      at = at instanceof Map<?, ?> map ? map.get(key) : null;
      if (at == null) {
        return Optional.empty();
      }
    }
    return Optional.of(at);
  }

  /** Whether there is room: no value stands where a branch is needed. */
  private static boolean put(Map<String, Object> tree, List<String> path, Object value) {
    Map<String, Object> at = tree;
    for (String key : path.subList(0, path.size() - 1)) {
      Object below = at.computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>());
      if (!(below instanceof Map<?, ?> map)) {
        return false;
      }
      at = typed(map);
    }
    at.put(path.getLast(), value);
    return true;
  }

  /** Branches that are empty by it go with it. */
  private static void remove(Map<String, Object> tree, List<String> path) {
    if (path.size() == 1) {
      tree.remove(path.getFirst());
    } else if (tree.get(path.getFirst()) instanceof Map<?, ?> below) {
      remove(typed(below), path.subList(1, path.size()));
      if (below.isEmpty()) {
        tree.remove(path.getFirst());
      }
    }
  }

  private static Map<String, Object> copy(Map<String, Object> tree) {
    Map<String, Object> copy = new LinkedHashMap<>();
    tree.forEach(
        (key, value) -> copy.put(key, value instanceof Map<?, ?> map ? copy(typed(map)) : value));
    return copy;
  }

  /** Trees of the configuration have texts as keys. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> typed(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
