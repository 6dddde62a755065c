package org.strowger.director;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One key of the configuration's shape, with its documentation. */
sealed interface Key {
  String doc();

  boolean required();

  /** A fixed set of keys. */
  record Branch(String doc, boolean required, Map<String, Key> keys) implements Key {}

  /**
   * Any number of entries by name, all of one shape.
   *
   * @param most limit of entries
   */
  record Named(String doc, boolean required, int most, Branch each) implements Key {}

  /** A value. An absent one is its default; without a default it is required or optional. */
  record Leaf(String doc, boolean required, Type type, Optional<Object> defaultValue)
      implements Key {}

  /**
   * Free keys, checked by the plug-in they are meant for.
   *
   * @param deep their values may be lists of plain ones and branches of keys, not only plain ones
   */
  record Open(String doc, boolean required, boolean deep) implements Key {}

  static Branch branch(String doc, Object... namesAndKeys) {
    Map<String, Key> keys = new LinkedHashMap<>();
    for (int i = 0; i < namesAndKeys.length; i += 2) {
      keys.put((String) namesAndKeys[i], (Key) namesAndKeys[i + 1]);
    }
    return new Branch(doc, false, keys);
  }

  static Named named(String doc, int most, Branch each) {
    return new Named(doc, false, most, each);
  }

  static Leaf required(Type type, String doc) {
    return new Leaf(doc, true, type, Optional.empty());
  }

  static Leaf optional(Type type, String doc) {
    return new Leaf(doc, false, type, Optional.empty());
  }

  /** A leaf whose default is written as it would be in the file. */
  static Leaf withDefault(Type type, Object written, String doc) {
    if (type.read().apply(written).isEmpty()) {
      throw new IllegalArgumentException("default " + written + " is not " + type.expected());
    }
    return new Leaf(doc, false, type, Optional.of(written));
  }
}
