package org.strowger.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One message of rtnetlink(7) that came: its type, the fixed part of that type, then attributes.
 *
 * @param fixed in the byte order of the machine, from position 0
 * @param attributes values by their type; of an attribute that comes twice the last one
 */
record NetlinkMessage(int type, int flags, ByteBuffer fixed, Map<Integer, byte[]> attributes) {
  static final int HEADER = 16;
  private static final int ATTRIBUTE_HEADER = 4;

  /** Kinds of attributes carry flags in their upper two bits. */
  private static final int KIND = 0x3fff;

  /** The message of this type in these bytes; what does not fit into them is left out. */
  static NetlinkMessage of(int type, int flags, ByteBuffer body, int fixedBytes) {
    ByteBuffer all = body.slice().order(ByteOrder.nativeOrder());
    int fixed = Math.min(fixedBytes, all.limit());
    ByteBuffer start = all.slice(0, fixed).order(ByteOrder.nativeOrder());
    return new NetlinkMessage(type, flags, start, attributes(all.position(aligned(fixed, all))));
  }

  private static int aligned(int bytes, ByteBuffer all) {
    return Math.min((bytes + 3) & ~3, all.limit());
  }

  /** The attributes from the position to the limit. */
  static Map<Integer, byte[]> attributes(ByteBuffer from) {
    Map<Integer, byte[]> found = new HashMap<>();
    while (from.remaining() >= ATTRIBUTE_HEADER) {
      int start = from.position();
      int length = Short.toUnsignedInt(from.getShort());
      int kind = from.getShort() & KIND;
      if (length < ATTRIBUTE_HEADER || length > from.limit() - start) {
        return found; // cut short: what came before counts
      }
      byte[] value = new byte[length - ATTRIBUTE_HEADER];
      from.get(value);
      found.put(kind, value);
      from.position(aligned(start + length, from));
    }
    return found;
  }

  Optional<byte[]> bytes(int kind) {
    return Optional.ofNullable(attributes.get(kind));
  }

  /** A number of 1 or 4 bytes; the other one if it is not there. */
  int number(int kind, int otherwise) {
    byte[] value = attributes.get(kind);
    if (value == null || value.length == 0) {
      return otherwise;
    }
    return value.length < Integer.BYTES
        ? Byte.toUnsignedInt(value[0])
        : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }

  String text(int kind) {
    return bytes(kind).map(NetlinkMessage::text).orElse("");
  }

  private static String text(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOf(value, end), StandardCharsets.UTF_8);
  }

  /** The attributes inside of one. */
  NetlinkMessage nested(int kind) {
    byte[] value = bytes(kind).orElseGet(() -> new byte[0]);
    ByteBuffer inside = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    return new NetlinkMessage(type, flags, ByteBuffer.allocate(0), attributes(inside));
  }
}
