package org.strowger.failover;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Adverts as bytes: RFC 9568, 5.1 and RFC 3768, 5.1. What is read comes from anybody on the link:
 * nothing in it is believed before its length is.
 */
final class AdvertCodec {
  static final int HOPS = 255;
  private static final int PROTOCOL = 112;
  private static final int TYPE = 1;
  private static final int HEADER = 8;
  private static final int CHECKSUM_AT = 6;
  private static final int OLD_AUTHENTICATION = 8;
  private static final int MAX_CENTISECONDS = 0xfff;

  private AdvertCodec() {}

  /** Signs what is sent. */
  @FunctionalInterface
  interface Sealer {
    /**
     * What stands behind the advert.
     *
     * @param advert its checksum is 0
     */
    byte[] seal(ByteBuffer advert, InetAddress source, InetAddress to);
  }

  /** What bytes turned out to be. */
  sealed interface Read {
    /**
     * An advert.
     *
     * @param sealed it without its checksum, and the signature behind it, if there is one
     */
    record Taken(Advert advert, Optional<ByteBuffer> sealed) implements Read {
      Taken(Advert advert) {
        this(advert, Optional.empty());
      }
    }

    record Refused(Refusal why) implements Read {}
  }

  /**
   * The bytes of an advert.
   *
   * @param pseudoHeader version 3 over IPv4: the checksum has it
   */
  static byte[] write(Advert advert, InetAddress source, InetAddress to, boolean pseudoHeader) {
    return write(advert, source, to, pseudoHeader, Optional.empty());
  }

  /** The same with a signature behind it, which the checksum covers like the rest. */
  static byte[] write(
      Advert advert,
      InetAddress source,
      InetAddress to,
      boolean pseudoHeader,
      Optional<Sealer> sealer) {
    byte[] plain = plain(advert, source);
    byte[] seal = sealer.map(s -> s.seal(ByteBuffer.wrap(plain), source, to)).orElse(new byte[0]);
    byte[] message = Arrays.copyOf(plain, plain.length + seal.length);
    System.arraycopy(seal, 0, message, plain.length, seal.length);
    boolean ipv6 = source instanceof Inet6Address;
    boolean pseudo = advert.version() != 2 && (ipv6 || pseudoHeader);
    int sum = pseudo ? pseudoSum(source, to, message.length) : 0;
    ByteBuffer.wrap(message).putShort(CHECKSUM_AT, (short) ~fold(sum + sum(message)));
    return message;
  }

  /** Its checksum is 0. */
  private static byte[] plain(Advert advert, InetAddress source) {
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
    return out.array();
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
    boolean sealed = Guard.sealed(in, length);
    if ((in.get(0) & 15) != TYPE || count == 0 || (message.length != length && !sealed)) {
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
    Advert advert =
        new Advert(version, routerId, priority, interval, addresses(in, count, ipv6 ? 16 : 4));
    return new Read.Taken(
        advert, sealed ? Optional.of(withoutChecksum(message)) : Optional.empty());
  }

  private static ByteBuffer withoutChecksum(byte[] message) {
    return ByteBuffer.wrap(message.clone()).putShort(CHECKSUM_AT, (short) 0);
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
