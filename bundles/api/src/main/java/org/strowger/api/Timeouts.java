package org.strowger.api;

import java.time.Duration;

/**
 * How long a virtual service waits. When an idle time has passed both ends get a reset. The
 * defaults are those of IPVS (900, 120 and 300 s).
 *
 * @param connect for a real server to accept a connection
 * @param clientIdle without a byte to or from the client
 * @param serverIdle without a byte to or from the real server
 * @param halfClosed for the other direction to end too, without a byte, after one has ended
 * @param flow for the next datagram of a UDP flow
 * @param drain for the live connections of what was drained or removed; zero: as long as they like
 */
public record Timeouts(
    Duration connect,
    Duration clientIdle,
    Duration serverIdle,
    Duration halfClosed,
    Duration flow,
    Duration drain) {
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(3),
          Duration.ofMinutes(15),
          Duration.ofMinutes(15),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ZERO);
}
