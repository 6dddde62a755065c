package org.strowger.linux;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;
import org.strowger.api.Neighbour;

/** Neighbours in rtnetlink: RTM_NEWNEIGH and {@code struct ndmsg}. */
final class Neighbours {
  static final int NEW = 28;
  static final int GONE = 29;
  private static final int GET = 30;
  static final int FIXED = 12;

  // Attributes.
  private static final int DESTINATION = 1;
  private static final int LINK_ADDRESS = 2;

  /**
   * States in which the kernel sends: reachable, stale, delay, probe, permanent (no ARP needed).
   */
  private static final int VALID = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;

  private static final int USE = 1; // NTF_USE

  private Neighbours() {}

  static List<Neighbour> all() throws KernelException {
    NetlinkRequest request = new NetlinkRequest(GET, NetlinkRequest.DUMP).word(0).word(0).word(0);
    return Netlink.ask("list the neighbours", request, FIXED).stream()
        .filter(m -> m.type() == NEW)
        .flatMap(m -> of(m).stream())
        .toList();
  }

  /** Where packets for this address can be sent to now; empty if that is not known. */
  static Optional<MacAddress> station(int device, InetAddress address) throws KernelException {
    NetlinkRequest request =
        new NetlinkRequest(GET, 0)
            .octet(Addresses.family(address))
            .octet(0)
            .pair(0)
            .word(device)
            .pair(0)
            .octet(0)
            .octet(0)
            .attribute(DESTINATION, address.getAddress());
    String operation = "find %s behind device %d".formatted(address.getHostAddress(), device);
    try {
      return Netlink.askOnce(operation, request, FIXED)
          .filter(message -> message.type() == NEW)
          .flatMap(Neighbours::of)
          .filter(Neighbour::valid)
          .flatMap(Neighbour::mac);
    } catch (KernelException thrown) {
      if (thrown.errno() == Errno.ENOENT) { // nobody has asked for it yet
        return Optional.empty();
      }
      throw thrown;
    }
  }

  /** Empty for those of bridges, which are no addresses of IP. */
  static Optional<Neighbour> of(NetlinkMessage message) {
    int family = message.fixed().get(0);
    if (family != Addresses.AF_INET && family != Addresses.AF_INET6) {
      return Optional.empty();
    }
    int state = Short.toUnsignedInt(message.fixed().getShort(8));
    Optional<MacAddress> mac =
        message.bytes(LINK_ADDRESS).filter(a -> a.length == 6).map(MacAddress::of);
    return message
        .bytes(DESTINATION)
        .flatMap(Addresses::address)
        .map(a -> new Neighbour(message.fixed().getInt(4), a, mac, (state & VALID) != 0));
  }

  static void seek(int device, InetAddress address) throws KernelException {
    NetlinkRequest request =
        new NetlinkRequest(NEW, NetlinkRequest.ACKNOWLEDGE | NetlinkRequest.CREATE)
            .octet(Addresses.family(address))
            .octet(0)
            .pair(0)
            .word(device)
            .pair(0)
            .octet(USE)
            .octet(0)
            .attribute(DESTINATION, address.getAddress());
    var _ =
        Netlink.ask(
            "look for %s behind device %d".formatted(address.getHostAddress(), device),
            request,
            FIXED);
  }
}
