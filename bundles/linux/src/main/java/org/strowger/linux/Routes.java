package org.strowger.linux;

import java.net.InetAddress;
import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.Route;

/** Routes in rtnetlink: RTM_GETROUTE and {@code struct rtmsg}. */
final class Routes {
  static final int NEW = 24;
  static final int GONE = 25;
  private static final int GET = 26;
  static final int FIXED = 12;

  // Attributes.
  private static final int DESTINATION = 1;
  private static final int DEVICE = 4;
  private static final int GATEWAY = 5;
  private static final int SOURCE = 7;
  private static final int VIA = 18;

  private static final int LOCAL = 2; // RTN_LOCAL

  private Routes() {}

  static Route to(InetAddress destination) throws KernelException {
    byte[] bytes = destination.getAddress();
    NetlinkRequest request =
        new NetlinkRequest(GET, 0)
            .octet(Addresses.family(destination))
            .octet(bytes.length * 8)
            .pair(0)
            .word(0)
            .word(0)
            .attribute(DESTINATION, bytes);
    String operation = "find a route to " + destination.getHostAddress();
    return Netlink.askOnce(operation, request, FIXED)
        .filter(m -> m.type() == NEW)
        .map(Routes::of)
        .orElseThrow(() -> Errno.refused(operation, 113));
  }

  private static Route of(NetlinkMessage message) {
    return new Route(
        message.number(DEVICE, 0),
        message.bytes(SOURCE).flatMap(Addresses::address),
        message.bytes(GATEWAY).flatMap(Addresses::address).or(() -> via(message)),
        message.fixed().get(7) == LOCAL);
  }

  /** A router of the other family: two bytes for the family, then the address. */
  private static Optional<InetAddress> via(NetlinkMessage message) {
    return message
        .bytes(VIA)
        .filter(v -> v.length > 2)
        .flatMap(v -> Addresses.address(java.util.Arrays.copyOfRange(v, 2, v.length)));
  }
}
