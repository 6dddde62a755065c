package org.strowger.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Changes that are applied all together or not at all.
 *
 * @param baseRevision the revision the requester looked at; if present and no longer the current
 *     one, the answer is {@link ChangeResult.Conflict}
 * @param comment free text for the history
 * @param confirm if present the change is taken back by itself after this time, unless a {@link
 *     Change.Confirm} comes before
 */
public record ChangeSet(
    Origin origin,
    OptionalLong baseRevision,
    List<Change> changes,
    String comment,
    Optional<Duration> confirm) {
  public ChangeSet {
    changes = List.copyOf(changes);
  }

  /** For good: nothing is to be confirmed. */
  public ChangeSet(Origin origin, OptionalLong baseRevision, List<Change> changes, String comment) {
    this(origin, baseRevision, changes, comment, Optional.empty());
  }

  /** Changes on top of whatever is current. */
  public static ChangeSet of(Origin origin, Change... changes) {
    return new ChangeSet(origin, OptionalLong.empty(), List.of(changes), "");
  }
}
