package org.strowger.api;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is observed of a VRRP instance.
 *
 * @param role of this director in it
 * @param since when it has that role
 * @param reason of the last change of role
 * @param reasonText why it is what it is, one sentence
 * @param priority that it tells now; 0 while it takes no part
 * @param active source of the adverts of the active director, its own if that is this one
 * @param activePriority what the active one told last; 0 if there is none
 * @param held addresses that are on the device now because of this instance
 * @param masterDownMillis silence of the active one after which it is given up
 * @param failedTracks names of what it tracks and what fails now
 * @param transitions changes to the active role
 * @param splits times that another director was active at the same time and did not yield
 */
public record VrrpInstanceState(
    String name,
    DirectorRole role,
    Instant since,
    SwitchReason reason,
    String reasonText,
    int priority,
    Optional<InetAddress> active,
    int activePriority,
    List<InetAddress> held,
    long masterDownMillis,
    boolean forcedStandby,
    List<String> failedTracks,
    long transitions,
    long splits,
    VrrpCounters counters) {
  public VrrpInstanceState {
    held = List.copyOf(held);
    failedTracks = List.copyOf(failedTracks);
  }
}
