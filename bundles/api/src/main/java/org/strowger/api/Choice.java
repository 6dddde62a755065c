package org.strowger.api;

/** The decision for one new connection. */
public sealed interface Choice {
  /** Goes to the real server at this index of the {@link ForwardedService}. */
  record Chosen(int index) implements Choice {}

  /** Goes to nobody. */
  record Refused(Verdict verdict) implements Choice {}
}
