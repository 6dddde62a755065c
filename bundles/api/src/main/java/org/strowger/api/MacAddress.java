package org.strowger.api;

import java.util.HexFormat;
import java.util.Optional;

/**
 * An Ethernet address, written {@code 02:00:5e:10:00:01}.
 *
 * @param bits the lower 48 bits, first byte of the wire highest
 */
public record MacAddress(long bits) {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
    }
  }

  /** The address in these 6 bytes. */
  public static MacAddress of(byte[] bytes) {
    if (bytes.length != 6) {
      throw new IllegalArgumentException(bytes.length + " bytes instead of 6");
    }
    long bits = 0;
    for (byte each : bytes) {
      bits = (bits << 8) | (each & 0xff);
    }
    return new MacAddress(bits);
  }

  /** Reads {@code 02:00:5e:10:00:01}; empty if it is something else. */
  public static Optional<MacAddress> parse(String text) {
    return text.matches("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")
        ? Optional.of(of(COLONS.parseHex(text)))
        : Optional.empty();
  }

  /** The 6 bytes in the order of the wire. */
  public byte[] bytes() {
    byte[] bytes = new byte[6];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bits >>> (8 * (bytes.length - 1 - i)));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return COLONS.formatHex(bytes());
  }
}
