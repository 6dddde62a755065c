package org.strowger.bpf;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.strowger.api.ForwardingMethod;

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
  private static final int TAKEN = 4;

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
  private static final int METHOD_AT = 47;
  private static final int OTHER_AT = 48;

  private Flows() {}

  static InetSocketAddress source(ByteBuffer key) {
    return new InetSocketAddress(Octets.address(key, 0), Octets.port(key, 32));
  }

  static InetSocketAddress destination(ByteBuffer key) {
    return new InetSocketAddress(Octets.address(key, Octets.ADDRESS), Octets.port(key, 34));
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

  /** Another director told of it, and it was not needed here yet. */
  static boolean taken(ByteBuffer value) {
    return (value.get(FLAGS_AT) & TAKEN) != 0;
  }

  static int state(ByteBuffer value) {
    return value.get(STATE_AT);
  }

  static int method(ByteBuffer value) {
    return value.get(METHOD_AT);
  }

  static long packets(ByteBuffer value) {
    return value.getLong(16);
  }

  /** A copy of the key that a visitor is shown. */
  static ByteBuffer copy(ByteBuffer key) {
    ByteBuffer copy = Octets.zeros(KEY);
    copy.put(0, key, key.position(), KEY);
    return copy;
  }

  /** Where a state is counted, as {@code counted_in} of connection.h. */
  static int countedIn(int state) {
    return switch (state) {
      case 0 -> 0;
      case STATE_SYN_SENT, STATE_SYN_RECV, STATE_FLOW_NEW -> COUNTED_HALFOPEN;
      case STATE_ESTABLISHED, STATE_FLOW -> COUNTED_ACTIVE;
      default -> COUNTED_INACTIVE;
    };
  }

  /** Both ends have ended it. */
  static boolean over(int state) {
    return state == STATE_TIME_WAIT || state == STATE_CLOSE;
  }

  static boolean known(int state) {
    return state > 0 && state <= STATE_FLOW;
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

  /** When it began, and when its last packet came, of the clock of the maps. */
  record Times(long begun, long last) {}

  /** A forward entry that another director told of. */
  static ByteBuffer value(int service, int real, int method, int state, Times times) {
    ByteBuffer value = Octets.zeros(VALUE);
    value.putLong(0, times.begun).putLong(8, times.last);
    value.putInt(32, real).putInt(36, service);
    value.put(STATE_AT, (byte) state).put(FLAGS_AT, (byte) TAKEN);
    value.put(46, (byte) countedIn(state)).put(METHOD_AT, (byte) method);
    return value;
  }

  /** Its reverse entry. */
  static ByteBuffer back(ByteBuffer forward, ByteBuffer key) {
    ByteBuffer back = Octets.zeros(VALUE);
    back.put(0, forward, 0, VALUE);
    count(back, 0, 0);
    back.put(STATE_AT, (byte) 0).put(FLAGS_AT, (byte) REVERSE).put(46, (byte) 0);
    setOther(back, key);
    return back;
  }

  static void count(ByteBuffer value, long packets, long octets) {
    value.putLong(16, packets).putLong(24, octets);
  }

  static void setDevice(ByteBuffer value, int device) {
    value.putInt(40, device);
  }

  static void setOther(ByteBuffer value, ByteBuffer key) {
    value.put(OTHER_AT, key, 0, KEY);
  }

  /** Methods with a reverse entry. */
  static boolean translates(int method) {
    return method == ForwardingMethod.MASQUERADING.code()
        || method == ForwardingMethod.FULLNAT.code();
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
