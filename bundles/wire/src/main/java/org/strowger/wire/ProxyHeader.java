package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Writes the header of the PROXY protocol (haproxy.org, proxy-protocol.txt), by which a real server
 * learns the client's address.
 *
 * <p>Where client and destination are of different families, the IPv4 one is written as an
 * IPv4-mapped IPv6 address (section 2.2 of RFC 4291), since a header has one family.
 */
final class ProxyHeader {
  static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  static final int FIXED_BYTES = 16;
  static final int VERSION = 0x20;
  static final int LOCAL = 0;
  static final int PROXY = 1;
  static final int TCP4 = 0x11;
  static final int TCP6 = 0x21;
  static final int TCP4_BYTES = 12;
  static final int TCP6_BYTES = 36;

  private ProxyHeader() {}

  /**
   * The header for one connection.
   *
   * @param version 1 or 2
   * @param destination what the client connected to
   */
  static ByteBuf of(int version, InetSocketAddress client, InetSocketAddress destination) {
    return version == 1 ? text(client, destination) : binary(client, destination);
  }

  private static boolean four(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }

  private static ByteBuf text(InetSocketAddress client, InetSocketAddress destination) {
    boolean four = four(client) && four(destination);
    String line =
        "PROXY %s %s %s %d %d\r\n"
            .formatted(
                four ? "TCP4" : "TCP6",
                literal(client.getAddress(), four),
                literal(destination.getAddress(), four),
                client.getPort(),
                destination.getPort());
    return Unpooled.wrappedBuffer(line.getBytes(StandardCharsets.US_ASCII));
  }

  private static String literal(InetAddress address, boolean four) {
    String text = address.getHostAddress();
    if (address instanceof Inet4Address) {
      return four ? text : "::ffff:" + text;
    }
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  private static ByteBuf binary(InetSocketAddress client, InetSocketAddress destination) {
    boolean four = four(client) && four(destination);
    int length = four ? TCP4_BYTES : TCP6_BYTES;
    ByteBuf header = Unpooled.buffer(FIXED_BYTES + length);
    header.writeBytes(SIGNATURE);
    header.writeByte(VERSION | PROXY);
    header.writeByte(four ? TCP4 : TCP6);
    header.writeShort(length);
    write(header, client.getAddress(), four);
    write(header, destination.getAddress(), four);
    header.writeShort(client.getPort());
    header.writeShort(destination.getPort());
    return header;
  }

  private static void write(ByteBuf header, InetAddress address, boolean four) {
    if (address instanceof Inet4Address && !four) {
      header.writeZero(10);
      header.writeShort(0xffff);
    }
    header.writeBytes(address.getAddress());
  }
}
