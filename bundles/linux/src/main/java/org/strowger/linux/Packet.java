package org.strowger.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.strowger.api.Knocker;
import org.strowger.api.MacAddress;

/** Writes packets from the network header on: TCP, ICMP echo, and what is put around them. */
final class Packet {
  static final int ARP = 0x0806;
  static final int IPV4 = 0x0800;
  static final int IPV6 = 0x86dd;
  static final int SYN = 2;
  static final int RESET = 4;
  static final int ACKNOWLEDGED = 16;

  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int HOPS = 64;

  private Packet() {}

  /** Ethernet's type of a packet between addresses of this family. */
  static int type(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }

  /** Asks a link who has an address: RFC 826. */
  static ByteBuffer whoHas(MacAddress own, Inet4Address source, Inet4Address whose) {
    return ByteBuffer.allocate(28)
        .putShort((short) 1)
        .putShort((short) IPV4)
        .put((byte) 6)
        .put((byte) 4)
        .putShort((short) 1)
        .put(own.bytes())
        .put(source.getAddress())
        .put(new byte[6])
        .put(whose.getAddress())
        .flip();
  }

  /** A TCP segment without data (RFC 9293, 3.1); a SYN tells a segment size of 536. */
  static ByteBuffer tcp(
      InetAddress from, int fromPort, InetAddress to, int toPort, int sequence, int flags) {
    boolean syn = flags == SYN;
    int length = syn ? 24 : 20;
    ByteBuffer segment =
        ByteBuffer.allocate(length)
            .putShort((short) fromPort)
            .putShort((short) toPort)
            .putInt(sequence)
            .putInt(0)
            .put((byte) ((length / 4) << 4))
            .put((byte) flags)
            .putShort((short) (syn ? 1024 : 0))
            .putInt(0);
    if (syn) {
      segment.put((byte) 2).put((byte) 4).putShort((short) 536);
    }
    segment.flip();
    segment.putShort(16, (short) checksum(from, to, TCP, segment));
    return ip(from, to, TCP, segment);
  }

  /** An echo request: RFC 792, RFC 4443. */
  static ByteBuffer echo(InetAddress from, InetAddress to, int id) {
    boolean four = from instanceof Inet4Address;
    ByteBuffer message =
        ByteBuffer.allocate(16)
            .put((byte) (four ? 8 : 128))
            .put((byte) 0)
            .putShort((short) 0)
            .putShort((short) id)
            .putShort((short) 1)
            .putLong(0)
            .flip();
    int sum = four ? fold(sum(message)) : checksum(from, to, 58, message);
    message.putShort(2, (short) sum);
    return ip(from, to, four ? 1 : 58, message);
  }

  /** IP in IP: RFC 2003, 2473, 4213. */
  static ByteBuffer ipip(InetAddress from, InetAddress to, ByteBuffer inner) {
    return ip(from, to, innerProtocol(inner), inner);
  }

  /** Generic UDP Encapsulation, version 0, as Linux' fou receives it. */
  static ByteBuffer gue(InetAddress from, int fromPort, InetAddress to, ByteBuffer inner) {
    int length = 12 + inner.remaining();
    ByteBuffer datagram =
        ByteBuffer.allocate(length)
            .putShort((short) fromPort)
            .putShort((short) Knocker.GUE_PORT)
            .putShort((short) length)
            .putShort((short) 0) // no checksum: RFC 6935 allows that for tunnels in IPv6 too
            .put((byte) 0)
            .put((byte) innerProtocol(inner))
            .putShort((short) 0)
            .put(inner.duplicate())
            .flip();
    return ip(from, to, UDP, datagram);
  }

  private static int innerProtocol(ByteBuffer inner) {
    return inner.get(0) >> 4 == 4 ? 4 : 41;
  }

  private static ByteBuffer ip(InetAddress from, InetAddress to, int protocol, ByteBuffer body) {
    if (from instanceof Inet4Address) {
      ByteBuffer packet =
          ByteBuffer.allocate(20 + body.remaining())
              .put((byte) 0x45)
              .put((byte) 0)
              .putShort((short) (20 + body.remaining()))
              .putInt(0x4000) // do not fragment
              .put((byte) HOPS)
              .put((byte) protocol)
              .putShort((short) 0)
              .put(from.getAddress())
              .put(to.getAddress());
      packet.putShort(10, (short) fold(sum(packet.duplicate().flip())));
      return packet.put(body.duplicate()).flip();
    }
    return ByteBuffer.allocate(40 + body.remaining())
        .putInt(6 << 28)
        .putShort((short) body.remaining())
        .put((byte) protocol)
        .put((byte) HOPS)
        .put(from.getAddress())
        .put(to.getAddress())
        .put(body.duplicate())
        .flip();
  }

  /** With the pseudo-header: RFC 9293, 3.1 and RFC 8200, 8.1, which come to the same sum. */
  private static int checksum(InetAddress from, InetAddress to, int protocol, ByteBuffer body) {
    long sum = sum(ByteBuffer.wrap(from.getAddress())) + sum(ByteBuffer.wrap(to.getAddress()));
    return fold(sum + protocol + body.remaining() + sum(body.duplicate()));
  }

  /** Of 16 bits each; the length is even. */
  private static long sum(ByteBuffer bytes) {
    long sum = 0;
    for (int i = bytes.position(); i < bytes.limit(); i += 2) {
      sum += Short.toUnsignedInt(bytes.getShort(i));
    }
    return sum;
  }

  private static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }
}
