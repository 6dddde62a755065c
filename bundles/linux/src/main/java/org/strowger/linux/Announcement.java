package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;

/** Frames that tell a link where an address is now, sent by a packet(7) socket. */
final class Announcement {
  private static final int AF_PACKET = 17;
  private static final int RAW_AND_CLOSED_ON_EXEC = 3 | 0x80000;
  private static final int ARP = 0x0806;
  private static final int IPV6 = 0x86dd;
  private static final MacAddress EVERYBODY = new MacAddress(0xffff_ffff_ffffL);

  /** All nodes of the link, RFC 2464 and RFC 4291. */
  private static final MacAddress ALL_NODES_MAC = new MacAddress(0x3333_0000_0001L);

  private static final byte[] ALL_NODES = InetAddress.ofLiteral("ff02::1").getAddress();

  private Announcement() {}

  static void send(int device, MacAddress mac, InetAddress address) throws KernelException {
    for (ByteBuffer frame : frames(mac, address)) {
      send(device, frame, address);
    }
  }

  /** The frames that announce an address at a MAC address. */
  static List<ByteBuffer> frames(MacAddress mac, InetAddress address) {
    // As a request and as a reply: some stations learn from one only (RFC 5944, 4.6).
    return address instanceof Inet4Address
        ? List.of(arp(1, mac, address), arp(2, mac, address))
        : List.of(advertisement(mac, address));
  }

  private static ByteBuffer ethernet(MacAddress to, MacAddress from, int type, int bytes) {
    return ByteBuffer.allocate(14 + bytes).put(to.bytes()).put(from.bytes()).putShort((short) type);
  }

  private static ByteBuffer arp(int operation, MacAddress mac, InetAddress address) {
    MacAddress target = operation == 1 ? new MacAddress(0) : EVERYBODY;
    return ethernet(EVERYBODY, mac, ARP, 28)
        .putShort((short) 1)
        .putShort((short) 0x0800)
        .put((byte) 6)
        .put((byte) 4)
        .putShort((short) operation)
        .put(mac.bytes())
        .put(address.getAddress())
        .put(target.bytes())
        .put(address.getAddress())
        .flip();
  }

  private static ByteBuffer advertisement(MacAddress mac, InetAddress address) {
    byte[] icmp =
        ByteBuffer.allocate(32)
            .putInt(136 << 24)
            .putInt(0x2000_0000) // unsolicited, overrides what was known
            .put(address.getAddress())
            .put((byte) 2) // option: the address on the link
            .put((byte) 1)
            .put(mac.bytes())
            .array();
    int sum = checksum(address.getAddress(), icmp);
    return ethernet(ALL_NODES_MAC, mac, IPV6, 40 + icmp.length)
        .putInt(6 << 28)
        .putShort((short) icmp.length)
        .put((byte) 58)
        .put((byte) 255)
        .put(address.getAddress())
        .put(ALL_NODES)
        .put(ByteBuffer.wrap(icmp).putShort(2, (short) sum))
        .flip();
  }

  /** RFC 4443, 2.3: over the pseudo-header and the message. */
  private static int checksum(byte[] source, byte[] icmp) {
    ByteBuffer all =
        ByteBuffer.allocate(40 + icmp.length)
            .put(source)
            .put(ALL_NODES)
            .putInt(icmp.length)
            .putInt(58)
            .put(icmp)
            .flip();
    int sum = 0;
    while (all.hasRemaining()) {
      sum += Short.toUnsignedInt(all.getShort());
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~sum & 0xffff;
  }

  private static void send(int device, ByteBuffer frame, InetAddress address)
      throws KernelException {
    String operation = "announce " + address.getHostAddress() + " on device " + device;
    long opened = SystemCall.SOCKET.make(AF_PACKET, RAW_AND_CLOSED_ON_EXEC, 0);
    if (opened < 0) {
      throw Errno.refused(operation, opened);
    }
    try (Descriptor socket = new Descriptor(opened);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(frame.remaining());
      bytes.copyFrom(MemorySegment.ofBuffer(frame));
      MemorySegment to = arena.allocate(20, 4); // struct sockaddr_ll
      to.set(JAVA_SHORT, 0, (short) AF_PACKET);
      to.set(JAVA_INT, 4, device);
      long sent =
          SystemCall.SENDTO.make(
              socket.number(), bytes.address(), bytes.byteSize(), 0, to.address(), 20);
      if (sent < 0) {
        throw Errno.refused(operation, sent);
      }
    }
  }
}
