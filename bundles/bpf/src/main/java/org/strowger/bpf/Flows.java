package org.strowger.bpf;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

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

  private static final int CUT_ONES = 16;

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

  /** By state, and at {@link #CUT_ONES} of one that was cut: how long it may be idle, in ns. */
  static long[] idleNanos(Idle idle) {
    long[] nanos = new long[CUT_ONES + 1];
    Arrays.fill(nanos, idle.closing().toNanos());
    nanos[0] = idle.halfopen().toNanos();
    nanos[STATE_SYN_SENT] = nanos[0];
    nanos[STATE_SYN_RECV] = nanos[0];
    nanos[STATE_ESTABLISHED] = idle.established().toNanos();
    nanos[STATE_FLOW_NEW] = idle.flow().toNanos();
    nanos[STATE_FLOW] = nanos[STATE_FLOW_NEW];
    nanos[STATE_TIME_WAIT] = idle.closed().toNanos();
    nanos[STATE_CLOSE] = nanos[STATE_TIME_WAIT];
    nanos[CUT_ONES] = nanos[STATE_TIME_WAIT];
    return nanos;
  }

  /** How long it may be idle in its state, of these; a reverse entry as long as any flow. */
  static long idleNanos(ByteBuffer value, long[] idle) {
    if (reverse(value)) {
      return Math.max(idle[STATE_ESTABLISHED], idle[STATE_FLOW]);
    }
    return stateIdleNanos(value, idle);
  }

  /** The same of a forward entry. */
  static long stateIdleNanos(ByteBuffer value, long[] idle) {
    return idle[cut(value) ? CUT_ONES : value.get(STATE_AT) & 15];
  }
}
