package org.strowger.api;

/**
 * One thing wrong with a wanted configuration.
 *
 * @param where {@code file:line}, or empty if it did not come from a file
 * @param path the key; without keys if it concerns the file as a whole
 * @param value what stands there, or empty if the key is missing
 * @param expected what was expected instead
 */
public record Violation(String where, KeyPath path, String value, String expected) {
  public static Violation of(KeyPath path, Object value, String expected) {
    return new Violation("", path, String.valueOf(value), expected);
  }

  /** The same violation, found in a file. */
  public Violation at(String fileAndLine) {
    return new Violation(fileAndLine, path, value, expected);
  }

  /** {@code director.yaml:12: pools.web.realServers.a.weight: '-1': expected ...}. */
  public String text() {
    String at = where.isEmpty() ? "" : where + ": ";
    String what = value.isEmpty() ? "" : "'" + value + "': ";
    String key = path.keys().isEmpty() ? "" : path + ": ";
    return at + key + what + "expected " + expected;
  }
}
