package org.strowger.api;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * An IPv4 or IPv6 prefix, written {@code 192.0.2.0/24}; a lone address is the prefix of itself.
 *
 * @param address its bits beyond the length are 0
 * @param length 0 to 32, or to 128
 */
public record Prefix(InetAddress address, int length) {
  public Prefix {
    if (length < 0 || length > bits(address)) {
      throw new IllegalArgumentException("prefix length " + length);
    }
    address = masked(address, length);
  }

  public static Prefix of(InetAddress address) {
    return new Prefix(address, bits(address));
  }

  /** Reads a literal; empty if it is none, or has bits set beyond its length. */
  public static Optional<Prefix> parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    try {
      if (!literal.matches("[0-9A-Fa-f:.]+")) {
        return Optional.empty();
      }
      InetAddress address = InetAddress.ofLiteral(literal);
      int length = slash < 0 ? bits(address) : Integer.parseInt(text, slash + 1, text.length(), 10);
      Prefix prefix = new Prefix(address, length);
      return prefix.address.equals(address) ? Optional.of(prefix) : Optional.empty();
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  public boolean contains(InetAddress other) {
    return bits(other) == bits(address) && masked(other, length).equals(address);
  }

  /** The address with all bits beyond the length set to 0; itself if the length covers all. */
  public static InetAddress masked(InetAddress address, int length) {
    if (length >= bits(address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    int whole = length / 8;
    if (length % 8 != 0) {
      bytes[whole] &= (byte) (0xff << (8 - length % 8));
      whole++;
    }
    Arrays.fill(bytes, whole, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException impossible) { // the length is right
      throw new IllegalStateException(impossible);
    }
  }

  /** Bits of an address of this family: 32 or 128. */
  public static int bits(InetAddress address) {
    return Objects.requireNonNull(address).getAddress().length * 8;
  }

  @Override
  public String toString() {
    String literal = address.getHostAddress();
    return length == bits(address) ? literal : literal + "/" + length;
  }
}
