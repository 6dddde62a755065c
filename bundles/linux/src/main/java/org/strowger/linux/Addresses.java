package org.strowger.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.NetworkAddress;

/** Addresses in rtnetlink: RTM_NEWADDR and {@code struct ifaddrmsg}. */
final class Addresses {
  static final int NEW = 20;
  static final int GONE = 21;
  private static final int GET = 22;
  static final int FIXED = 8;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  // Attributes.
  private static final int ADDRESS = 1;
  private static final int LOCAL = 2;
  private static final int CACHE_INFO = 6;
  private static final int FLAGS = 8;
  private static final int PROTOCOL = 11;

  private static final int WITHOUT_DETECTION = 2; // IFA_F_NODAD
  private static final int TENTATIVE = 0x40 | 8; // IFA_F_TENTATIVE, IFA_F_DADFAILED

  /** Who put an address there: below 4 the kernel, 83 a director. */
  private static final byte OURS = 83;

  /** The same for one that is there as long as it is confirmed. */
  private static final byte HELD = 84;

  private static final int FOR_EVER = -1;

  private Addresses() {}

  static int family(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }

  /** The address in these bytes; empty if they are of another family. */
  static Optional<InetAddress> address(byte[] bytes) {
    try {
      return bytes.length == 4 || bytes.length == 16
          ? Optional.of(InetAddress.getByAddress(bytes))
          : Optional.empty();
    } catch (UnknownHostException impossible) { // the length is right
      throw new IllegalStateException(impossible);
    }
  }

  static List<NetworkAddress> all() throws KernelException {
    NetlinkRequest request = new NetlinkRequest(GET, NetlinkRequest.DUMP).word(0).word(0);
    return Netlink.ask("list the addresses", request, FIXED).stream()
        .filter(m -> m.type() == NEW)
        .flatMap(m -> of(m).stream())
        .toList();
  }

  /** Of a point-to-point device the local address is ours, not the one called address. */
  static Optional<NetworkAddress> of(NetlinkMessage message) {
    return message
        .bytes(LOCAL)
        .or(() -> message.bytes(ADDRESS))
        .flatMap(Addresses::address)
        .map(
            a ->
                new NetworkAddress(
                    message.fixed().getInt(4),
                    a,
                    Byte.toUnsignedInt(message.fixed().get(1)),
                    message.number(PROTOCOL, 0) == OURS,
                    message.number(PROTOCOL, 0) == HELD,
                    (flags(message) & TENTATIVE) != 0));
  }

  private static int flags(NetlinkMessage message) {
    return message.number(FLAGS, Byte.toUnsignedInt(message.fixed().get(2)));
  }

  static boolean add(int device, InetAddress address, int prefixLength) throws KernelException {
    int flags = NetlinkRequest.ACKNOWLEDGE | NetlinkRequest.CREATE | NetlinkRequest.EXCLUSIVE;
    NetlinkRequest request = request(NEW, flags, device, address, prefixLength);
    request.attribute(FLAGS, WITHOUT_DETECTION).attribute(PROTOCOL, new byte[] {OURS});
    return unless(Errno.EEXIST, "add", request, device, address, prefixLength);
  }

  /** Of one that is there, the kernel changes nothing but the lifetime. */
  static void hold(int device, InetAddress address, int prefixLength, Duration lifetime)
      throws KernelException {
    int flags = NetlinkRequest.ACKNOWLEDGE | NetlinkRequest.CREATE | NetlinkRequest.REPLACE;
    int seconds = lifetime.isZero() ? FOR_EVER : Math.toIntExact(lifetime.toSeconds());
    byte[] times = new byte[16]; // struct ifa_cacheinfo: preferred, valid, created, changed
    ByteBuffer.wrap(times).order(ByteOrder.nativeOrder()).putInt(seconds).putInt(seconds);
    NetlinkRequest request =
        request(NEW, flags, device, address, prefixLength)
            .attribute(FLAGS, WITHOUT_DETECTION)
            .attribute(PROTOCOL, new byte[] {HELD})
            .attribute(CACHE_INFO, times);
    String operation =
        "hold address %s/%d on device %d".formatted(address.getHostAddress(), prefixLength, device);
    var _ = Netlink.ask(operation, request, FIXED);
  }

  static boolean remove(int device, InetAddress address, int prefixLength) throws KernelException {
    NetlinkRequest request =
        request(GONE, NetlinkRequest.ACKNOWLEDGE, device, address, prefixLength);
    return unless(Errno.EADDRNOTAVAIL, "remove", request, device, address, prefixLength);
  }

  private static NetlinkRequest request(
      int type, int flags, int device, InetAddress address, int prefixLength) {
    int bits = address.getAddress().length * 8;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefix length " + prefixLength + " of " + address.getHostAddress());
    }
    return new NetlinkRequest(type, flags)
        .octet(family(address))
        .octet(prefixLength)
        .octet(0)
        .octet(0)
        .word(device)
        .attribute(LOCAL, address.getAddress())
        .attribute(ADDRESS, address.getAddress());
  }

  private static boolean unless(
      int errno,
      String verb,
      NetlinkRequest request,
      int device,
      InetAddress address,
      int prefixLength)
      throws KernelException {
    String operation =
        "%s address %s/%d on device %d"
            .formatted(verb, address.getHostAddress(), prefixLength, device);
    try {
      var _ = Netlink.ask(operation, request, FIXED);
      return true;
    } catch (KernelException e) {
      if (e.errno() == errno) {
        return false;
      }
      throw e;
    }
  }
}
