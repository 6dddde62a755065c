package org.strowger.bpf;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071), not complemented: 0xffff of what is whole. */
final class Sums {
  private Sums() {}

  static int of(byte[] octets, int from, int length) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      int octet = octets[from + i] & 0xff;
      sum += i % 2 == 0 ? octet << 8 : octet;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (int) sum;
  }

  /** With the pseudo header of IPv4 or IPv6. */
  static int transport(byte[] source, byte[] destination, int protocol, byte[] segment) {
    ByteBuffer all =
        ByteBuffer.allocate(source.length + destination.length + 8 + segment.length)
            .put(source)
            .put(destination)
            .putInt(segment.length)
            .putInt(protocol)
            .put(segment);
    return of(all.array(), 0, all.capacity());
  }
}
