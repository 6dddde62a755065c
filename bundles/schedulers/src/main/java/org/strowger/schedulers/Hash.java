package org.strowger.schedulers;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Hashes of addresses under one key. */
record Hash(SipHash sip) {
  static Hash keyedBy(Options options) {
    return new Hash(SipHash.keyedBy(options.text(Option.SEED, Option.DEFAULT_SEED)));
  }

  /** The same for another purpose: independent of this one. */
  Hash forPurpose(int purpose) {
    return new Hash(new SipHash(sip.of(purpose), sip.of(~(long) purpose)));
  }

  /** Hash of the address and, if wanted, the port. */
  long of(InetSocketAddress address, boolean withPort) {
    return of(address.getAddress(), withPort ? address.getPort() : 0);
  }

  private long of(InetAddress address, int port) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      // Index by index: so the compiler sees through the array, and none is made.
      long word =
          ((bytes[0] & 0xffL) << 24)
              | ((bytes[1] & 0xffL) << 16)
              | ((bytes[2] & 0xffL) << 8)
              | (bytes[3] & 0xffL);
      return sip.of(word | ((long) port << 32));
    }
    return sip.of(word(bytes, 0), word(bytes, Long.BYTES), port);
  }

  private static long word(byte[] bytes, int from) {
    long word = 0;
    for (int i = from; i < from + Long.BYTES; i++) {
      word = (word << 8) | (bytes[i] & 0xff);
    }
    return word;
  }

  /**
   * An even share of {@code 0..size-1}, from the upper half of the hash by one multiplication: a
   * kernel program can do the same.
   */
  static int reduce(long hash, int size) {
    return (int) (((hash >>> 32) * size) >>> 32);
  }

  /** The next of a chain of well-mixed values (SplitMix64's step and mixer). */
  static long next(long hash) {
    long z = hash + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
