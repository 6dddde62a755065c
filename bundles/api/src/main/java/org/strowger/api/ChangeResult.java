package org.strowger.api;

import java.util.List;
import java.util.stream.Collectors;

/** The answer to a {@link ChangeSet}. */
public sealed interface ChangeResult {
  /** One sentence or a few for people. */
  String text();

  /**
   * Applied and durable: a crash after this answer does not lose it.
   *
   * @param changed false if everything already was as asked; no revision was made then
   */
  record Committed(long revision, boolean changed) implements ChangeResult {
    @Override
    public String text() {
      return changed ? "committed as revision " + revision : "nothing to change";
    }
  }

  /** Nothing was changed, for these reasons. */
  record Rejected(List<Violation> violations) implements ChangeResult {
    public Rejected {
      violations = List.copyOf(violations);
    }

    @Override
    public String text() {
      return violations.stream().map(Violation::text).collect(Collectors.joining("\n"));
    }
  }

  /** Nothing was changed: somebody else changed the same meanwhile. */
  record Conflict(long currentRevision, List<String> conflicts) implements ChangeResult {
    public Conflict {
      conflicts = List.copyOf(conflicts);
    }

    @Override
    public String text() {
      return "conflict with revision " + currentRevision + ": " + String.join("; ", conflicts);
    }
  }

  /** Nothing was changed: the director has too much to do, or could not save. Try again. */
  record Busy(String why) implements ChangeResult {
    @Override
    public String text() {
      return "busy: " + why;
    }
  }
}
