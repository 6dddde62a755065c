package org.strowger.bpf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** How addresses and ports stand in the maps: 16 octets, IPv4 mapped; ports in network order. */
final class Octets {
  static final int ADDRESS = 16;
  private static final int MAPPED_PREFIX = 12;

  private Octets() {}

  /** A zeroed buffer in the byte order of the machine, as the kernel reads it. */
  static ByteBuffer zeros(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  private static final VarHandle WORDS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** A word of memory that is shared with the programs, whole. */
  static long shared(ByteBuffer memory, int at) {
    return (long) WORDS.getAcquire(memory, at);
  }

  static void share(ByteBuffer memory, int at, long value) {
    WORDS.setRelease(memory, at, value);
  }

  /** The same octets, numbers in the byte order of the machine. */
  static ByteBuffer order(ByteBuffer octets) {
    return octets.order(ByteOrder.nativeOrder());
  }

  static ByteBuffer key(int index) {
    return zeros(Integer.BYTES).putInt(0, index);
  }

  static void address(ByteBuffer into, int at, InetAddress address) {
    byte[] octets = address.getAddress();
    if (address instanceof Inet4Address) {
      into.put(at + 10, (byte) 0xff);
      into.put(at + 11, (byte) 0xff);
      into.put(at + MAPPED_PREFIX, octets);
    } else {
      into.put(at, octets);
    }
  }

  /** IPv4 again where it is a mapped one; all zeros is the IPv6 address {@code ::}. */
  static InetAddress address(ByteBuffer from, int at) {
    byte[] octets = new byte[ADDRESS];
    from.get(at, octets);
    boolean mapped = octets[10] == -1 && octets[11] == -1;
    for (int i = 0; i < 10; i++) {
      mapped &= octets[i] == 0;
    }
    try {
      return InetAddress.getByAddress(
          mapped ? Arrays.copyOfRange(octets, MAPPED_PREFIX, ADDRESS) : octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 octets are an address", e);
    }
  }

  static boolean isZero(ByteBuffer from, int at) {
    return from.getLong(at) == 0 && from.getLong(at + Long.BYTES) == 0;
  }

  /** Puts a port, or reads one: both ways the same exchange of octets where it is needed. */
  static void port(ByteBuffer into, int at, int port) {
    into.put(at, (byte) (port >>> 8));
    into.put(at + 1, (byte) port);
  }

  static int port(ByteBuffer from, int at) {
    return ((from.get(at) & 0xff) << 8) | (from.get(at + 1) & 0xff);
  }
}
