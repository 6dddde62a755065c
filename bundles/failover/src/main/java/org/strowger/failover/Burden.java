package org.strowger.failover;

import java.util.List;
import java.util.Optional;
import org.strowger.api.SwitchReason;

/**
 * What the tracks and the duty of an instance mean for it now.
 *
 * @param lowers so much is taken off the priority
 * @param hindrance why it is to give up
 * @param known everything was looked at once; before that it does not begin
 * @param failed names of the tracks that fail
 * @param text why they do
 * @param behind why it does not know the connections of the active one: it does not take over from
 *     one that lives
 */
record Burden(
    int lowers,
    Optional<Hindrance> hindrance,
    boolean known,
    List<String> failed,
    String text,
    Optional<String> behind) {
  /** Nothing is tracked. */
  static final Burden NONE = new Burden(0, Optional.empty(), true, List.of(), "", Optional.empty());

  /** Nothing was looked at yet. */
  static final Burden UNKNOWN =
      new Burden(0, Optional.empty(), false, List.of(), "", Optional.empty());

  Burden {
    failed = List.copyOf(failed);
  }

  /** Why an instance takes no part, one sentence. */
  record Hindrance(SwitchReason reason, String text) {}
}
