package org.strowger.api;

/** Live connection counts by the index of a {@link ForwardedService}'s real servers. */
public interface Loads {
  long active(int index);

  long inactive(int index);
}
