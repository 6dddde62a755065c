package org.strowger.bpf;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * {@code struct flow} and {@code struct connection}: where their fields are, and what they mean.
 */
final class Flows {
  static final int KEY = 40;
  static final int VALUE = 96;

  static final int COUNTED_HALFOPEN = 1;
  static final int COUNTED_ACTIVE = 2;
  static final int COUNTED_INACTIVE = 3;

  private static final int REVERSE = 1;
  private static final int CUT = 2;

  private static final int STATE_SYN_SENT = 1;
  private static final int STATE_SYN_RECV = 2;
  private static final int STATE_ESTABLISHED = 3;
  private static final int STATE_TIME_WAIT = 7;
  private static final int STATE_CLOSE = 8;
  private static final int STATE_FLOW_NEW = 9;
  private static final int STATE_FLOW = 10;

  private static final int STATE_AT = 44;
  private static final int FLAGS_AT = 45;
  private static final int OTHER_AT = 48;

  private Flows() {}

  static InetSocketAddress source(ByteBuffer key) {
    return new InetSocketAddress(Octets.address(key, 0), Octets.port(key, 32));
  }

  static int protocol(ByteBuffer key) {
    return key.get(36) & 0xff;
  }

  static long begun(ByteBuffer value) {
    return value.getLong(0);
  }

  static long last(ByteBuffer value) {
    return value.getLong(8);
  }

  static long octets(ByteBuffer value) {
    return value.getLong(24);
  }

  static int real(ByteBuffer value) {
    return value.getInt(32);
  }

  static int service(ByteBuffer value) {
    return value.getInt(36);
  }

  static int counted(ByteBuffer value) {
    return value.get(46);
  }

  static boolean reverse(ByteBuffer value) {
    return (value.get(FLAGS_AT) & REVERSE) != 0;
  }

  static boolean cut(ByteBuffer value) {
    return (value.get(FLAGS_AT) & CUT) != 0;
  }

  static void markCut(ByteBuffer value) {
    value.put(FLAGS_AT, (byte) (value.get(FLAGS_AT) | CUT));
  }

  /** Key of the other direction's entry; it has none if that is all zeros. */
  static ByteBuffer other(ByteBuffer value) {
    ByteBuffer key = Octets.zeros(KEY);
    key.put(0, value, OTHER_AT, KEY);
    return key;
  }

  static boolean hasOther(ByteBuffer value) {
    return !Octets.isZero(value, OTHER_AT);
  }

  /** The word of {@code Connection.state}. */
  static String word(ByteBuffer value) {
    return switch (value.get(STATE_AT)) {
      case STATE_SYN_SENT, STATE_FLOW_NEW -> "connecting";
      case STATE_SYN_RECV, STATE_ESTABLISHED, STATE_FLOW -> "established";
      default -> "halfClosed";
    };
  }

  /** Neither end has said that it ends. */
  static boolean alive(ByteBuffer value) {
    int state = value.get(STATE_AT);
    return state == STATE_ESTABLISHED || state == STATE_FLOW || state == STATE_FLOW_NEW;
  }

  /** How long it may be idle in its state. */
  static Duration idle(ByteBuffer value, Idle idle) {
    if (cut(value)) {
      return idle.closed();
    }
    return switch (value.get(STATE_AT)) {
      case 0, STATE_SYN_SENT, STATE_SYN_RECV -> idle.halfopen();
      case STATE_ESTABLISHED -> idle.established();
      case STATE_TIME_WAIT, STATE_CLOSE -> idle.closed();
      case STATE_FLOW_NEW, STATE_FLOW -> idle.flow();
      default -> idle.closing();
    };
  }
}
