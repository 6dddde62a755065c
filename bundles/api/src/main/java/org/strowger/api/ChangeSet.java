package org.strowger.api;

import java.util.List;
import java.util.OptionalLong;

/**
 * Changes that are applied all together or not at all.
 *
 * @param baseRevision the revision the requester looked at; if present and no longer the current
 *     one, the answer is {@link ChangeResult.Conflict}
 * @param comment free text for the history
 */
public record ChangeSet(
    Origin origin, OptionalLong baseRevision, List<Change> changes, String comment) {
  public ChangeSet {
    changes = List.copyOf(changes);
  }

  /** Changes on top of whatever is current. */
  public static ChangeSet of(Origin origin, Change... changes) {
    return new ChangeSet(origin, OptionalLong.empty(), List.of(changes), "");
  }
}
