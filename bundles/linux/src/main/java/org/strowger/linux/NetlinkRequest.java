package org.strowger.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a message of rtnetlink(7): first the fixed part of its type, then attributes. */
final class NetlinkRequest {
  static final int REQUEST = 1;
  static final int ACKNOWLEDGE = 4;
  static final int DUMP = 0x300;
  static final int REPLACE = 0x100;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;

  /** Longer than any request of this bundle. */
  private static final int BYTES = 512;

  private final ByteBuffer message = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());

  NetlinkRequest(int type, int flags) {
    message
        .putInt(0)
        .putShort((short) type)
        .putShort((short) (REQUEST | flags))
        .putInt(1)
        .putInt(0);
  }

  NetlinkRequest octet(int value) {
    message.put((byte) value);
    return this;
  }

  NetlinkRequest pair(int value) {
    message.putShort((short) value);
    return this;
  }

  NetlinkRequest word(int value) {
    message.putInt(value);
    return this;
  }

  NetlinkRequest attribute(int kind, byte[] value) {
    message.putShort((short) (4 + value.length)).putShort((short) kind).put(value);
    while (message.position() % 4 != 0) {
      message.put((byte) 0);
    }
    return this;
  }

  NetlinkRequest attribute(int kind, int value) {
    byte[] bytes = new byte[Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    return attribute(kind, bytes);
  }

  /** The whole message. */
  ByteBuffer bytes() {
    message.putInt(0, message.position());
    return message.duplicate().flip();
  }
}
