package org.strowger.api;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is observed of the telling of connections between directors.
 *
 * @param wanted whether any director is to be told
 * @param unavailable why it cannot be done, one sentence that says what to do
 * @param own connections that this director carries, and could tell
 * @param taken connections of others that this director would go on with
 * @param peers by name
 */
public record SyncState(
    boolean wanted,
    Optional<String> unavailable,
    long own,
    long taken,
    SortedMap<String, Peer> peers) {
  /** Nobody is to be told. */
  public static final SyncState NONE =
      new SyncState(false, Optional.empty(), 0, 0, new TreeMap<>());

  /** A lag beyond which a director does not count as up to date, in milliseconds. */
  public static final long SMALL_LAG_MILLIS = 1_000;

  public SyncState {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
  }

  /**
   * Why this director does not know all that the others carry; empty if it does. A director that is
   * not reached does not count while another one is, and has told all: a copy is of everything that
   * the one who tells knows, of others too.
   */
  public Optional<String> behind() {
    if (!wanted) {
      return Optional.empty();
    }
    boolean whole = peers.values().stream().anyMatch(peer -> peer.behind().isEmpty());
    List<String> why =
        peers.values().stream()
            .filter(peer -> peer.connected() || !whole)
            .flatMap(peer -> peer.behind().stream())
            .toList();
    return unavailable.or(
        () -> why.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", why)));
  }

  /** How far the copy of everything is. */
  public enum Bulk implements Coded {
    IDLE(1, "idle"),
    RUNNING(2, "running"),
    DONE(3, "done"),
    FAILED(4, "failed");

    private final int code;
    private final String word;

    Bulk(int code, String word) {
      this.code = code;
      this.word = word;
    }

    @Override
    public int code() {
      return code;
    }

    @Override
    public String word() {
      return word;
    }
  }

  /**
   * Another director.
   *
   * @param connected it is there and has the same secret
   * @param since when that is so
   * @param release of its software; empty if it was never there
   * @param bulkOut the copy to it
   * @param bulkIn the copy from it
   * @param lastBulk when the last copy to it was complete
   * @param told connections told to it, again and again those that live long
   * @param received connections that it told
   * @param acknowledged of those told
   * @param dropped not told for want of room in the queue: a whole copy follows
   * @param refused that it told, and this director cannot go on with
   * @param peerRefused that it refused
   * @param decodeErrors messages of it that could not be read
   * @param messagesOut messages sent to it
   * @param messagesIn messages of it
   * @param bytesOut bytes sent to it, before encryption
   * @param backlogBytes bytes that wait for it
   * @param lagMillis age of the oldest change that it has not acknowledged
   * @param lagMaxMillis the most within the last minute
   * @param peerLagMillis the same of what it tells this director, as it says
   * @param coverage connections of this director that it would go on with, in hundredths of a
   *     percent
   */
  public record Peer(
      String name,
      InetAddress address,
      boolean connected,
      Instant since,
      String release,
      Bulk bulkOut,
      Bulk bulkIn,
      Optional<Instant> lastBulk,
      long told,
      long received,
      long acknowledged,
      long dropped,
      long refused,
      long peerRefused,
      long decodeErrors,
      long messagesOut,
      long messagesIn,
      long bytesOut,
      long backlogBytes,
      long lagMillis,
      long lagMaxMillis,
      long peerLagMillis,
      int coverage) {
    /** Why this director does not know what that one carries; empty if it does. */
    Optional<String> behind() {
      if (!connected) {
        return Optional.of("director " + name + " is not reached");
      }
      if (bulkIn != Bulk.DONE) {
        return Optional.of("the copy from director " + name + " is not complete");
      }
      return peerLagMillis <= SMALL_LAG_MILLIS
          ? Optional.empty()
          : Optional.of("director " + name + " is " + peerLagMillis + " ms behind in telling");
    }
  }
}
