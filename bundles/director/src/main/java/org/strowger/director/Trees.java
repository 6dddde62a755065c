package org.strowger.director;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;

/**
 * The wanted configuration as written: a tree of maps whose leaves are text, whole numbers, truth
 * values and lists. All operations leave their arguments alone and keep the order of keys.
 */
final class Trees {
  private Trees() {}

  /** The value at the path, or null. */
  static @Nullable Object get(Map<String, Object> tree, KeyPath path) {
    @Nullable Object at = tree;
    for (String key : path.keys()) {
      if (!(at instanceof Map<?, ?> branch)) {
        return null;
      }
      at = branch.get(key);
    }
    return at;
  }

  /** A tree with this value at the path; missing branches are made. */
  static Map<String, Object> put(Map<String, Object> tree, KeyPath path, Object value) {
    return put(tree, path.keys(), value);
  }

  private static Map<String, Object> put(
      Map<String, Object> tree, List<String> keys, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(tree);
    String key = keys.getFirst();
    if (keys.size() == 1) {
      copy.put(key, value);
    } else {
      copy.put(key, put(branch(tree.get(key)), keys.subList(1, keys.size()), value));
    }
    return Collections.unmodifiableMap(copy);
  }

  /** A tree without the path; emptied branches stay, for they may mean something. */
  static Map<String, Object> remove(Map<String, Object> tree, KeyPath path) {
    return get(tree, path) == null ? tree : remove(tree, path.keys());
  }

  private static Map<String, Object> remove(Map<String, Object> tree, List<String> keys) {
    Map<String, Object> copy = new LinkedHashMap<>(tree);
    String key = keys.getFirst();
    if (keys.size() == 1) {
      copy.remove(key);
    } else {
      copy.put(key, remove(branch(tree.get(key)), keys.subList(1, keys.size())));
    }
    return Collections.unmodifiableMap(copy);
  }

  /** The value as a branch; an empty one if it is none. */
  static Map<String, Object> branch(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return Map.of();
    }
    Map<String, Object> branch = new LinkedHashMap<>();
    map.forEach((key, each) -> branch.put(String.valueOf(key), Objects.requireNonNull(each)));
    return branch;
  }

  /**
   * The changes that lead from one tree to the other, leaf by leaf; a branch that is new or gone as
   * a whole is one change.
   */
  static List<Change> difference(Map<String, Object> from, Map<String, Object> to) {
    List<Change> changes = new ArrayList<>();
    difference(new KeyPath(List.of()), from, to, changes);
    return changes;
  }

  private static void difference(
      KeyPath at, Map<String, Object> from, Map<String, Object> to, List<Change> changes) {
    for (String key : from.keySet()) {
      if (!to.containsKey(key)) {
        changes.add(new Change.Remove(at.child(key)));
      }
    }
    to.forEach(
        (key, wanted) -> {
          Object present = from.get(key);
          if (present instanceof Map<?, ?> && wanted instanceof Map<?, ?>) {
            difference(at.child(key), branch(present), branch(wanted), changes);
          } else if (!wanted.equals(present)) {
            changes.add(new Change.Put(at.child(key), wanted));
          }
        });
  }
}
