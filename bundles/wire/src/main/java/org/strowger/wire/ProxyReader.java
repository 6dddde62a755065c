package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol (haproxy.org, proxy-protocol.txt), version 1 or 2, from
 * the first bytes of a connection. It is strict: who must send a header and sends something else is
 * misconfigured, or not who he seems to be.
 *
 * <p>The length is bounded: version 1 by the 107 bytes of the specification, version 2 by {@link
 * Limits#PROXY_HEADER_BYTES}. Extensions (TLVs) are passed over; a checksum among them is verified.
 */
final class ProxyReader {
  private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final int TEXT_BYTES = 107;
  private static final int TLV_CHECKSUM = 0x03;
  private static final int TLV_HEAD = 3;
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern FOUR = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
  private static final Pattern SIX = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");

  private ProxyReader() {}

  /** What was read. */
  sealed interface Result {}

  /** The header has not ended yet. */
  record Partial() implements Result {}

  /**
   * A whole header; its bytes are read from the buffer.
   *
   * @param client null if the header tells no address: the socket's counts
   * @param destination null together with {@code client}
   */
  record Whole(@Nullable InetSocketAddress client, @Nullable InetSocketAddress destination)
      implements Result {}

  /** No valid header. */
  record Bad(String why) implements Result {}

  private static final Result PARTIAL = new Partial();
  private static final Result NO_ADDRESS = new Whole(null, null);

  /**
   * Reads a header from all that has come so far; nothing is read from the buffer unless it is
   * whole.
   */
  static Result read(ByteBuf bytes) {
    if (begins(bytes, TEXT)) {
      return bytes.readableBytes() < TEXT.length ? PARTIAL : text(bytes);
    }
    if (begins(bytes, ProxyHeader.SIGNATURE)) {
      return bytes.readableBytes() < ProxyHeader.FIXED_BYTES ? PARTIAL : binary(bytes);
    }
    return new Bad("neither version 1 nor 2 begins like this");
  }

  /** What has come does not contradict this beginning. */
  private static boolean begins(ByteBuf bytes, byte[] wanted) {
    int length = Math.min(bytes.readableBytes(), wanted.length);
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  // --- version 1

  private static Result text(ByteBuf bytes) {
    int longest = Math.min(bytes.readableBytes(), TEXT_BYTES);
    int end = bytes.indexOf(bytes.readerIndex(), bytes.readerIndex() + longest, (byte) '\n');
    if (end < 0) {
      return longest < TEXT_BYTES ? PARTIAL : new Bad("no end of line within 107 bytes");
    }
    if (bytes.getByte(end - 1) != '\r') {
      return new Bad("a line without carriage return");
    }
    int length = end + 1 - bytes.readerIndex();
    String line = bytes.toString(bytes.readerIndex(), length - 2, StandardCharsets.ISO_8859_1);
    Result result = line(line);
    if (result instanceof Whole) {
      bytes.skipBytes(length);
    }
    return result;
  }

  private static Result line(String line) {
    String[] words = line.split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return NO_ADDRESS; // whatever else the line says must be ignored
    }
    if (words.length != 6) {
      return new Bad("version 1 without its six words");
    }
    Pattern form =
        switch (words[1]) {
          case "TCP4" -> FOUR;
          case "TCP6" -> SIX;
          default -> null;
        };
    if (form == null) {
      return new Bad("version 1 with neither TCP4, TCP6 nor UNKNOWN");
    }
    InetSocketAddress client = address(form, words[2], words[4]);
    InetSocketAddress destination = address(form, words[3], words[5]);
    return client == null || destination == null
        ? new Bad("version 1 with a wrong address or port")
        : new Whole(client, destination);
  }

  private static @Nullable InetSocketAddress address(Pattern form, String text, String port) {
    if (!form.matcher(text).matches() || !PORT.matcher(port).matches()) {
      return null;
    }
    int number = Integer.parseInt(port);
    try {
      return number > 65_535 ? null : new InetSocketAddress(InetAddress.ofLiteral(text), number);
    } catch (IllegalArgumentException noAddress) {
      return null;
    }
  }

  // --- version 2

  private static Result binary(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int command = bytes.getUnsignedByte(at + 12);
    int family = bytes.getUnsignedByte(at + 13);
    int length = bytes.getUnsignedShort(at + 14);
    if ((command & 0xf0) != ProxyHeader.VERSION || (command & 0xf) > ProxyHeader.PROXY) {
      return new Bad("version and command " + Integer.toHexString(command));
    }
    if (length > Limits.PROXY_HEADER_BYTES) {
      return new Bad(length + " bytes are more than " + Limits.PROXY_HEADER_BYTES);
    }
    if (bytes.readableBytes() < ProxyHeader.FIXED_BYTES + length) {
      return PARTIAL;
    }
    boolean local = (command & 0xf) == ProxyHeader.LOCAL;
    Result result =
        local ? NO_ADDRESS : addresses(bytes, at + ProxyHeader.FIXED_BYTES, family, length);
    if (result instanceof Whole && !local) {
      int known = family == ProxyHeader.TCP4 ? ProxyHeader.TCP4_BYTES : ProxyHeader.TCP6_BYTES;
      boolean tcp = family == ProxyHeader.TCP4 || family == ProxyHeader.TCP6;
      result = tcp ? extensions(bytes, known, length, result) : result;
    }
    if (result instanceof Whole) {
      bytes.skipBytes(ProxyHeader.FIXED_BYTES + length);
    }
    return result;
  }

  private static Result addresses(ByteBuf bytes, int at, int family, int length) {
    return switch (family) {
      case ProxyHeader.TCP4 -> addresses(bytes, at, 4, ProxyHeader.TCP4_BYTES, length);
      case ProxyHeader.TCP6 -> addresses(bytes, at, 16, ProxyHeader.TCP6_BYTES, length);
      // Unspecified, datagrams, and UNIX sockets: no address of a TCP connection.
      case 0x00, 0x12, 0x22, 0x31, 0x32 -> NO_ADDRESS;
      default -> new Bad("address family " + Integer.toHexString(family));
    };
  }

  private static Result addresses(ByteBuf bytes, int at, int width, int needed, int length) {
    if (length < needed) {
      return new Bad(length + " bytes hold no addresses");
    }
    int ports = at + 2 * width;
    return new Whole(
        new InetSocketAddress(address(bytes, at, width), bytes.getUnsignedShort(ports)),
        new InetSocketAddress(
            address(bytes, at + width, width), bytes.getUnsignedShort(ports + 2)));
  }

  private static InetAddress address(ByteBuf bytes, int at, int width) {
    byte[] raw = new byte[width];
    bytes.getBytes(at, raw);
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException impossible) { // the width is right
      throw new IllegalStateException(impossible);
    }
  }

  /** Walks over the TLVs after the addresses. */
  private static Result extensions(ByteBuf bytes, int known, int length, Result result) {
    int at = bytes.readerIndex() + ProxyHeader.FIXED_BYTES + known;
    int end = bytes.readerIndex() + ProxyHeader.FIXED_BYTES + length;
    while (at < end) {
      int value = at + TLV_HEAD;
      if (value > end || value + bytes.getUnsignedShort(at + 1) > end) {
        return new Bad("an extension that is longer than the header");
      }
      int size = bytes.getUnsignedShort(at + 1);
      if (bytes.getByte(at) == TLV_CHECKSUM
          && (size != Integer.BYTES || !checked(bytes, value, end))) {
        return new Bad("a wrong checksum");
      }
      at = value + size;
    }
    return result;
  }

  /** The checksum is that of the whole header with itself as zeros. */
  private static boolean checked(ByteBuf bytes, int at, int end) {
    byte[] header = new byte[end - bytes.readerIndex()];
    bytes.getBytes(bytes.readerIndex(), header);
    java.util.Arrays.fill(header, at - bytes.readerIndex(), at - bytes.readerIndex() + 4, (byte) 0);
    CRC32C sum = new CRC32C();
    sum.update(header);
    return (int) sum.getValue() == bytes.getInt(at);
  }
}
