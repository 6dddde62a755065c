package org.strowger.linux;

import java.util.List;
import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;
import org.strowger.api.NetworkDevice;

/** Devices in rtnetlink: RTM_GETLINK and {@code struct ifinfomsg}. */
final class Devices {
  static final int NEW = 16;
  static final int GONE = 17;
  private static final int GET = 18;
  static final int FIXED = 16;

  // Attributes.
  private static final int ADDRESS = 1;
  private static final int NAME = 3;
  private static final int MTU = 4;
  private static final int LINK_INFO = 18;
  private static final int KIND = 1;
  private static final int XDP = 43;
  private static final int XDP_ATTACHED = 2;
  private static final int XDP_GENERIC = 2;

  // Flags, netdevice(7).
  private static final int UP = 1;
  private static final int LOOPBACK = 8;
  private static final int RUNNING = 0x40;

  private Devices() {}

  static List<NetworkDevice> all() throws KernelException {
    NetlinkRequest request = new NetlinkRequest(GET, NetlinkRequest.DUMP).pair(0).pair(0);
    request.word(0).word(0).word(0);
    return Netlink.ask("list the network devices", request, FIXED).stream()
        .filter(m -> m.type() == NEW)
        .map(Devices::of)
        .toList();
  }

  static NetworkDevice of(NetlinkMessage message) {
    int flags = message.fixed().getInt(8);
    Optional<MacAddress> mac =
        message.bytes(ADDRESS).filter(a -> a.length == 6).map(MacAddress::of);
    return new NetworkDevice(
        index(message),
        message.text(NAME),
        mac,
        message.number(MTU, 0),
        (flags & UP) != 0,
        (flags & RUNNING) != 0,
        (flags & LOOPBACK) != 0,
        message.nested(LINK_INFO).text(KIND));
  }

  static int index(NetlinkMessage message) {
    return message.fixed().getInt(4);
  }

  /** Whether an XDP program is attached there behind the driver. */
  static boolean hasGenericXdp(int device) throws KernelException {
    NetlinkRequest request =
        new NetlinkRequest(GET, NetlinkRequest.ACKNOWLEDGE).pair(0).pair(0).word(device);
    request.word(0).word(0);
    return Netlink.ask("look at device " + device, request, FIXED).stream()
        .anyMatch(m -> m.nested(XDP).number(XDP_ATTACHED, 0) == XDP_GENERIC);
  }
}
