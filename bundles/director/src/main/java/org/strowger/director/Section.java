package org.strowger.director;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** A branch of a checked tree with its shape: reads values or their defaults. */
record Section(Map<String, Object> tree, Key.Branch shape) {

  /** The value of a leaf that is required or has a default. */
  <T> T get(String name, Class<T> type) {
    return find(name, type)
        .orElseThrow(() -> new IllegalStateException("unchecked tree: no " + name));
  }

  /** The value of a leaf, or its default, if there is either. */
  <T> Optional<T> find(String name, Class<T> type) {
    Key.Leaf leaf = (Key.Leaf) key(name);
    Optional<Object> written =
        tree.containsKey(name) ? Optional.ofNullable(tree.get(name)) : leaf.defaultValue();
    return written.flatMap(raw -> leaf.type().read().apply(raw)).map(type::cast);
  }

  int integer(String name) {
    return Math.toIntExact(get(name, Long.class));
  }

  Section section(String name) {
    return new Section(Trees.branch(tree.get(name)), (Key.Branch) key(name));
  }

  Map<String, Object> open(String name) {
    return Trees.branch(tree.get(name));
  }

  /** Each entry of a named branch, in written order. */
  <T> Map<String, T> entries(String name, BiFunction<String, Section, T> read) {
    Key.Branch each = ((Key.Named) key(name)).each();
    Map<String, T> entries = new LinkedHashMap<>();
    Trees.branch(tree.get(name))
        .forEach(
            (entry, value) ->
                entries.put(entry, read.apply(entry, new Section(Trees.branch(value), each))));
    return entries;
  }

  boolean has(String name) {
    return tree.containsKey(name);
  }

  private Key key(String name) {
    Key key = shape.keys().get(name);
    if (key == null) {
      throw new IllegalArgumentException("the shape has no key " + name);
    }
    return key;
  }
}
