package org.strowger.failover;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Adverts as bytes: RFC 9568, 5.1 and RFC 3768, 5.1. What is read comes from anybody on the link:
 * nothing in it is believed before its length is.
 */
final class AdvertCodec {
  static final int HOPS = 255;
  private static final int PROTOCOL = 112;
  private static final int TYPE = 1;
  private static final int HEADER = 8;
  private static final int OLD_AUTHENTICATION = 8;
  private static final int MAX_CENTISECONDS = 0xfff;

  private AdvertCodec() {}

  /** What bytes turned out to be. */
  sealed interface Read {
    record Taken(Advert advert) implements Read {}

    record Refused(Refusal why) implements Read {}
  }

  /**
   * The bytes of an advert.
   *
   * @param pseudoHeader version 3 over IPv4: the checksum has it
   */
  static byte[] write(Advert advert, InetAddress source, InetAddress to, boolean pseudoHeader) {
    boolean ipv6 = source instanceof Inet6Address;
    int size = ipv6 ? 16 : 4;
    boolean old = advert.version() == 2;
    int length = HEADER + advert.addresses().size() * size + (old ? OLD_AUTHENTICATION : 0);
    ByteBuffer out =
        ByteBuffer.allocate(length)
            .put((byte) (advert.version() << 4 | TYPE))
            .put((byte) advert.routerId())
            .put((byte) advert.priority())
            .put((byte) advert.addresses().size());
    if (old) {
      out.put((byte) 0).put((byte) (advert.intervalNanos() / Advert.SECOND));
    } else {
      long interval = advert.intervalNanos() / Advert.CENTISECOND;
      out.putShort((short) Math.clamp(interval, 1, MAX_CENTISECONDS));
    }
    out.putShort((short) 0);
    advert.addresses().forEach(address -> out.put(address.getAddress()));
    byte[] message = out.array();
    boolean pseudo = !old && (ipv6 || pseudoHeader);
    int sum = pseudo ? pseudoSum(source, to, length) : 0;
    out.putShort(6, (short) ~fold(sum + sum(message)));
    return message;
  }

  /** Reads what came from somewhere with so many hops left. */
  static Read read(byte[] message, InetAddress source, InetAddress to, int hops) {
    if (hops != HOPS) {
      return new Read.Refused(Refusal.HOPS); // it may come from beyond a router
    }
    if (message.length < HEADER) {
      return new Read.Refused(Refusal.LENGTH);
    }
    ByteBuffer in = ByteBuffer.wrap(message);
    int version = Byte.toUnsignedInt(in.get(0)) >> 4;
    boolean ipv6 = source instanceof Inet6Address;
    if (version != 3 && !(version == 2 && !ipv6)) {
      return new Read.Refused(Refusal.VERSION);
    }
    int count = Byte.toUnsignedInt(in.get(3));
    int length = HEADER + count * (ipv6 ? 16 : 4) + (version == 2 ? OLD_AUTHENTICATION : 0);
    if ((in.get(0) & 15) != TYPE || count == 0 || message.length != length) {
      return new Read.Refused(Refusal.LENGTH);
    }
    if (!checksumIsRight(message, version, source, to)) {
      return new Read.Refused(Refusal.CHECKSUM);
    }
    if (version == 2 && in.get(4) != 0) {
      return new Read.Refused(Refusal.AUTHENTICATION);
    }
    long interval =
        version == 2
            ? Byte.toUnsignedInt(in.get(5)) * Advert.SECOND
            : (in.getShort(4) & MAX_CENTISECONDS) * Advert.CENTISECOND;
    if (interval == 0) {
      return new Read.Refused(Refusal.INTERVAL);
    }
    int routerId = Byte.toUnsignedInt(in.get(1));
    int priority = Byte.toUnsignedInt(in.get(2));
    return new Read.Taken(
        new Advert(version, routerId, priority, interval, addresses(in, count, ipv6 ? 16 : 4)));
  }

  private static List<InetAddress> addresses(ByteBuffer in, int count, int size) {
    List<InetAddress> addresses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[size];
      in.get(HEADER + i * size, bytes);
      try {
        addresses.add(InetAddress.getByAddress(bytes));
      } catch (UnknownHostException impossible) { // the length is right
        throw new IllegalStateException(impossible);
      }
    }
    return addresses;
  }

  private static boolean checksumIsRight(
      byte[] message, int version, InetAddress source, InetAddress to) {
    int plain = sum(message);
    boolean without = fold(plain) == 0xffff;
    boolean with = fold(plain + pseudoSum(source, to, message.length)) == 0xffff;
    // Version 3 over IPv4: RFC 5798 has the pseudo-header, RFC 9568 has not, and both are about.
    return version == 2 ? without : with || (without && source instanceof Inet4Address);
  }

  private static int pseudoSum(InetAddress source, InetAddress to, int length) {
    return sum(source.getAddress()) + sum(to.getAddress()) + PROTOCOL + length;
  }

  private static int sum(byte[] bytes) {
    int sum = 0;
    for (int i = 0; i < bytes.length; i += 2) {
      int low = i + 1 < bytes.length ? Byte.toUnsignedInt(bytes[i + 1]) : 0;
      sum += (Byte.toUnsignedInt(bytes[i]) << 8) + low;
    }
    return sum;
  }

  private static int fold(int sum) {
    int once = (sum & 0xffff) + (sum >>> 16);
    return (once & 0xffff) + (once >>> 16);
  }
}
