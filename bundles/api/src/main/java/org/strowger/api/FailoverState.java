package org.strowger.api;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is observed of this director among those that stand for each other.
 *
 * @param instances by name; empty: it is alone
 * @param switches the last changes to or from the active role, newest first
 * @param unavailable why it cannot take part, one sentence that says what to do
 */
public record FailoverState(
    SortedMap<String, VrrpInstanceState> instances,
    List<Switch> switches,
    Optional<String> unavailable) {
  /** Most of {@link #switches}. */
  public static final int MAX_SWITCHES = 100;

  /** A director that is alone. */
  public static final FailoverState ALONE =
      new FailoverState(new TreeMap<>(), List.of(), Optional.empty());

  public FailoverState {
    instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    switches = List.copyOf(switches);
  }

  /**
   * A change to or from the active role.
   *
   * @param number grows by one
   * @param peer source of the other director's adverts, if one was heard
   * @param durationMillis from the moment it was decided until the addresses were set, or taken
   *     away
   */
  public record Switch(
      long number,
      Instant time,
      String instance,
      DirectorRole from,
      DirectorRole to,
      SwitchReason reason,
      Optional<InetAddress> peer,
      long durationMillis) {}
}
