package org.strowger.api;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether and how directors tell each other their connections.
 *
 * @param address of this director on the link between them; empty: they do not
 * @param port of this director
 * @param secretFile file with the secret that all of them have, in its first line, readable by its
 *     owner only; relative to the state folder
 * @param peers the other directors by name
 * @param minimumAge connections that do not live so long are not told
 * @param megabits most a second to each peer
 */
public record Sync(
    Optional<InetAddress> address,
    int port,
    Optional<Path> secretFile,
    Map<String, Peer> peers,
    Duration minimumAge,
    int megabits) {
  /** Most other directors. */
  public static final int MAX_PEERS = 4;

  /** Characters that the secret must have. */
  public static final int SHORTEST = 16;

  /** Where directors listen, if nothing else is said. */
  public static final int PORT = 8849;

  /** They do not. */
  public static final Sync NONE =
      new Sync(Optional.empty(), PORT, Optional.empty(), Map.of(), Duration.ZERO, 100);

  public Sync {
    peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
  }

  /** Whether there is anybody to tell. */
  public boolean wanted() {
    return address.isPresent() && !peers.isEmpty();
  }

  /** Another director, by the name that it has in its own configuration. */
  public record Peer(String name, InetAddress address, int port) {}
}
