package org.strowger.api;

import java.util.List;
import java.util.Map;

/**
 * One imperative change of the wanted configuration. Values are {@code String}, {@code Long},
 * {@code Boolean}, {@code List} of these, or a {@code Map} of a whole branch: what YAML's JSON
 * schema gives. Whether a key exists and a value fits is decided by the director, nowhere else.
 */
public sealed interface Change {
  /** Sets the key, creating the branch above it where it is missing. */
  record Put(KeyPath path, Object value) implements Change {}

  /** Removes the key and everything below it; its default rules then. */
  record Remove(KeyPath path) implements Change {}

  /**
   * Imports a file. From the operator's own file (origin {@link OriginKind#FILE}) the difference
   * between its last import and this one is applied, and a key changed on both sides since then is
   * a {@link ChangeResult.Conflict}. From anywhere else the file replaces what runs, and the next
   * import of the operator's own is compared with its own last one still.
   *
   * @param file where it was read, for messages
   * @param digest SHA-256 of its bytes, hexadecimal
   * @param tree its whole content, as far as it could be read
   * @param lines line of each key, from 1, so that violations can name it
   * @param problems what was wrong already while reading; if any, the import is rejected with these
   *     and whatever else is wrong
   */
  record ImportFile(
      String file,
      String digest,
      Map<String, Object> tree,
      Map<KeyPath, Integer> lines,
      List<Violation> problems)
      implements Change {
    public ImportFile {
      lines = Map.copyOf(lines);
      problems = List.copyOf(problems);
    }
  }

  /** Goes back to the configuration of an older revision. */
  record Rollback(long revision) implements Change {}

  /** The pending revision stays. */
  record Confirm(long revision) implements Change {}

  /**
   * Every active alarm is to be told again, then that the list is whole.
   *
   * @param serial must be the present {@link Alarms#resyncs}
   */
  record Resync(long serial) implements Change {}

  /** The user has seen the alarm with this index. */
  record Acknowledge(long alarm) implements Change {}
}
