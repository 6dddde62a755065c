package org.strowger.api;

import java.io.IOException;
import java.time.Duration;

/**
 * What a forwarding plane offers so that another director can go on with its connections; an OSGi
 * service. Keys and values are octets that only planes of the same name read, of this release or of
 * the one before or after it; they name services and real servers as the configuration does. Any
 * thread may call.
 */
public interface ConnectionExchange {
  /** Name of the plane, as {@link ForwardingPlane#name}. */
  String plane();

  /**
   * Tells of each connection of this director that begins, changes or ends from now on, until the
   * subscription is closed; one that lives is told again now and then, so that the other director
   * does not take it for idle. One follower at a time: another one takes its place.
   *
   * @param minimumAge connections that do not live so long are not told
   * @param follower called on threads of the plane; returns at once
   */
  Subscription follow(Duration minimumAge, Follower follower);

  /**
   * Tells of all that is there now: for a director that knows nothing yet.
   *
   * @param follower called on this thread; may take its time
   * @throws IOException if the plane cannot be read
   */
  void all(Duration minimumAge, Follower follower) throws IOException;

  /**
   * Takes over what another director told. What this director carries itself is left as it is.
   *
   * @throws IOException if the plane cannot be written
   */
  Taken take(byte[] key, byte[] value) throws IOException;

  /** It ended at the director that told it; nothing if this one carries it, or never took it. */
  void forget(byte[] key) throws IOException;

  /** What is there, as of the last look. */
  Held held();

  /** Is told; keys and values are its own to keep. */
  interface Follower {
    void told(byte[] key, byte[] value);

    void ended(byte[] key);
  }

  /**
   * Counts.
   *
   * @param own connections that this director carries
   * @param taken those that it would go on with
   */
  record Held(long own, long taken) {
    public static final Held NOTHING = new Held(0, 0);
  }

  /** What became of what another director told. */
  enum Taken {
    TAKEN,
    /** This director carries it itself. */
    OWN,
    /** Its virtual service or real server is not configured here, or not forwarded alike. */
    UNKNOWN,
    /** There is no room. */
    FULL,
    /** It cannot be read. */
    DAMAGED
  }
}
