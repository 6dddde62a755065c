package org.strowger.api;

import java.time.Duration;

/**
 * Keeps the connections of one source together on one real server, as IPVS does.
 *
 * @param timeout since the last new connection or the end of the last one; zero: no persistence
 * @param prefixIpv4 bits of an IPv4 address that make a source, 1 to 32
 * @param prefixIpv6 bits of an IPv6 address that make a source, 1 to 128
 * @param toQuiesced a source stays even if its real server is quiesced (IPVS with {@code
 *     expire_quiescent_template=0}); never if it is down
 * @param entries most sources remembered; the one not seen for the longest time goes first
 */
public record Persistence(
    Duration timeout, int prefixIpv4, int prefixIpv6, boolean toQuiesced, int entries) {
  public static final Persistence NONE = new Persistence(Duration.ZERO, 32, 128, false, 65_536);

  public boolean enabled() {
    return !timeout.isZero();
  }
}
