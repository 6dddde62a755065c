package org.strowger.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A network device as its counters and its link are now. Source: /proc/net/dev and /sys/class/net.
 *
 * @param index the kernel's number of it, from 1
 * @param alias text an administrator gave it
 * @param type ARPHRD number (linux/if_arp.h): 1 Ethernet, 772 loopback
 * @param speedMegabits 0 if it has none or does not say
 * @param up wanted up by the administrator
 * @param physical whether there is hardware behind it
 * @param linkUps times its link came since it exists
 * @param linkDowns times its link went
 * @param lower indexes of the devices it stands on, such as a bond's, growing
 * @param changed when its state was last seen to change; when it was first seen, if it did not
 */
public record NetworkDeviceState(
    int index,
    String name,
    String alias,
    int type,
    long mtuBytes,
    long speedMegabits,
    Optional<MacAddress> mac,
    boolean up,
    boolean promiscuous,
    boolean physical,
    LinkState link,
    long linkUps,
    long linkDowns,
    Instant changed,
    List<Integer> lower,
    Counters counters) {
  public NetworkDeviceState {
    lower = List.copyOf(lower);
  }

  /**
   * What passed. Packets include those to many.
   *
   * @param inMulticast packets to groups, as far as the driver counts them
   * @param inErrors packets that were damaged
   * @param inDiscards good packets that found no room
   */
  public record Counters(
      long inBytes,
      long inPackets,
      long inMulticast,
      long inErrors,
      long inDiscards,
      long outBytes,
      long outPackets,
      long outErrors,
      long outDiscards) {}
}
