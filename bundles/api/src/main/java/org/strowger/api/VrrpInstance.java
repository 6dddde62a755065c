package org.strowger.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A wanted VRRP instance: one virtual router of RFC 9568 (version 3) or RFC 3768 (version 2).
 *
 * @param device name of the network device it speaks on and puts its addresses on
 * @param version 2 or 3
 * @param routerId VRID, 1 to 255, the same on all directors of this instance and of no other on the
 *     link
 * @param priority 1 to 255; 255: these addresses are the device's own (the address owner)
 * @param advertInterval between two adverts: version 3 10 ms to 40.95 s in steps of 10 ms, version
 *     2 whole seconds to 255 s
 * @param preempt take over from an active director of lower priority
 * @param preemptDelay time to see such a one before that
 * @param startDelay time after the start of the director in which it does not take part
 * @param addresses all of one family; for version 2 of IPv4
 * @param source the sender of adverts; empty: the device's first address of the family, of IPv6 its
 *     link-local one
 * @param unicastPeers other directors' sources; if there are any, adverts go to them instead of the
 *     multicast group, and are taken from them only
 * @param pseudoHeader version 3 over IPv4: the checksum is sent as RFC 5798 has it, with the
 *     pseudo-header, and not as RFC 9568; both are understood
 * @param announceInterval the addresses are announced again so often; zero: at take-over only
 * @param deadMan the kernel takes the addresses away when the director has not confirmed them for
 *     so long; whole seconds, zero: never
 * @param signing how adverts are signed
 * @param tracks names of what it tracks, with how much its priority is lowered while that fails; 0:
 *     it gives up
 * @param duty it gives up while nothing at its addresses can be forwarded here
 */
public record VrrpInstance(
    String name,
    String device,
    int version,
    int routerId,
    int priority,
    Duration advertInterval,
    boolean preempt,
    Duration preemptDelay,
    Duration startDelay,
    List<InetAddress> addresses,
    Optional<InetAddress> source,
    List<InetAddress> unicastPeers,
    boolean pseudoHeader,
    Duration announceInterval,
    Duration deadMan,
    Signing signing,
    Map<String, Integer> tracks,
    boolean duty) {
  /** The priority of an address owner. */
  public static final int OWNER = 255;

  /** Most addresses of one instance: their adverts fit into one packet. */
  public static final int MAX_ADDRESSES = 64;

  /** Most peers of one instance that are spoken to one by one. */
  public static final int MAX_PEERS = 15;

  /** Most instances of one director. */
  public static final int MAX_INSTANCES = 64;

  /**
   * How adverts are signed; among directors of ours only, as RFC 9568 has no authentication.
   *
   * @param keys names of keys: the first signs, each is accepted; none: adverts are not signed, and
   *     signatures of others not looked at
   * @param acceptUnsigned adverts without a signature are taken too, while keys are introduced
   */
  public record Signing(List<String> keys, boolean acceptUnsigned) {
    public static final Signing NONE = new Signing(List.of(), false);

    public Signing {
      keys = List.copyOf(keys);
    }
  }

  public VrrpInstance {
    addresses = List.copyOf(addresses);
    unicastPeers = List.copyOf(unicastPeers);
    tracks = Collections.unmodifiableMap(new LinkedHashMap<>(tracks));
  }

  /** Whether its addresses are of IPv6. */
  public boolean ipv6() {
    return !addresses.isEmpty() && addresses.getFirst() instanceof Inet6Address;
  }
}
