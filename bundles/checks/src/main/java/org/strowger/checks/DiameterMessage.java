package org.strowger.checks;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A Diameter message of the base protocol (RFC 6733, sections 3 and 4).
 *
 * @param avps data by AVP code, of those without a vendor; of several the first
 */
record DiameterMessage(boolean request, int command, long hopByHop, Map<Integer, byte[]> avps) {
  static final int CAPABILITIES_EXCHANGE = 257;
  static final int DEVICE_WATCHDOG = 280;
  static final int DISCONNECT_PEER = 282;

  static final int HOST_IP_ADDRESS = 257;
  static final int AUTH_APPLICATION_ID = 258;
  static final int ACCT_APPLICATION_ID = 259;
  static final int ORIGIN_HOST = 264;
  static final int VENDOR_ID = 266;
  static final int RESULT_CODE = 268;
  static final int PRODUCT_NAME = 269;
  static final int DISCONNECT_CAUSE = 273;
  static final int ORIGIN_REALM = 296;

  static final int HEADER = 20;

  /** Largest message read. */
  static final int MAX_MESSAGE = 64 * 1024;

  private static final int MANDATORY = 0x40;
  private static final int VENDOR = 0x80;
  private static final int REQUEST = 0x80;

  /** The length in the first four bytes of a message. */
  static int length(byte[] header) throws Unexpected {
    int version = header[0];
    int length = ByteBuffer.wrap(header).getInt() & 0xffffff;
    if (version != 1 || length < HEADER || length > MAX_MESSAGE || length % 4 != 0) {
      throw new Unexpected(
          "no valid Diameter: version " + version + ", length " + length + " bytes");
    }
    return length;
  }

  /** Reads a whole message. */
  static DiameterMessage read(byte[] wire) throws Unexpected {
    if (wire.length < HEADER || length(wire) != wire.length) {
      throw new Unexpected("no valid Diameter: " + wire.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(wire);
    int flags = wire[4] & 0xff;
    int command = in.getInt(4) & 0xffffff;
    long hopByHop = in.getInt(12) & 0xffffffffL;
    in.position(HEADER);
    Map<Integer, byte[]> avps = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      readAvp(in, avps);
    }
    return new DiameterMessage((flags & REQUEST) != 0, command, hopByHop, avps);
  }

  private static void readAvp(ByteBuffer in, Map<Integer, byte[]> avps) throws Unexpected {
    if (in.remaining() < 8) {
      throw new Unexpected("no valid Diameter: " + in.remaining() + " bytes behind the last AVP");
    }
    int code = in.getInt();
    int flagsAndLength = in.getInt();
    boolean vendor = (flagsAndLength >>> 24 & VENDOR) != 0;
    int head = vendor ? 12 : 8;
    int length = (flagsAndLength & 0xffffff) - head;
    if (length < 0 || length + head - 8 > in.remaining()) {
      throw new Unexpected("no valid Diameter: AVP " + code + " has length " + (length + head));
    }
    if (vendor) {
      in.getInt();
    }
    byte[] data = new byte[length];
    in.get(data);
    in.position(Math.min(in.limit(), in.position() + (4 - length % 4) % 4));
    if (!vendor) {
      avps.putIfAbsent(code, data);
    }
  }

  /** A 32-bit number, as Result-Code has it. */
  Optional<Long> number(int code) {
    byte[] data = avps.get(code);
    return data != null && data.length == 4
        ? Optional.of(ByteBuffer.wrap(data).getInt() & 0xffffffffL)
        : Optional.empty();
  }

  /** Writes a request of the base protocol, application 0. */
  static byte[] request(int command, int hopByHop, byte[] avps) {
    return ByteBuffer.allocate(HEADER + avps.length)
        .putInt(1 << 24 | HEADER + avps.length)
        .putInt(REQUEST << 24 | command)
        .putInt(0)
        .putInt(hopByHop)
        .putInt(hopByHop)
        .put(avps)
        .array();
  }

  /** AVPs as they are written. */
  static final class Avps {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Avps text(int code, String text) {
      return put(code, MANDATORY, text.getBytes(StandardCharsets.UTF_8));
    }

    /** One that the other side may ignore. */
    Avps optionalText(int code, String text) {
      return put(code, 0, text.getBytes(StandardCharsets.UTF_8));
    }

    Avps number(int code, long number) {
      return put(code, MANDATORY, ByteBuffer.allocate(4).putInt((int) number).array());
    }

    /** Family as in the IANA registry, then the address. */
    Avps address(int code, InetAddress address) {
      byte[] bytes = address.getAddress();
      short family = (short) (bytes.length == 4 ? 1 : 2);
      return put(
          code,
          MANDATORY,
          ByteBuffer.allocate(2 + bytes.length).putShort(family).put(bytes).array());
    }

    private Avps put(int code, int flags, byte[] data) {
      out.writeBytes(
          ByteBuffer.allocate(8).putInt(code).putInt(flags << 24 | 8 + data.length).array());
      out.writeBytes(data);
      out.writeBytes(new byte[(4 - data.length % 4) % 4]);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
