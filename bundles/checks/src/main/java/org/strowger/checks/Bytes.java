package org.strowger.checks;

import java.util.Optional;

/** Comparing what was sent with what was expected. */
final class Bytes {
  private Bytes() {}

  /** Whether the bytes start like these, in the bits that the mask has (without one, in all). */
  static boolean startsWith(byte[] seen, byte[] expected, Optional<byte[]> mask) {
    if (seen.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      int bits = mask.isPresent() ? mask.get()[i] : 0xff;
      if (((seen[i] ^ expected[i]) & bits) != 0) {
        return false;
      }
    }
    return true;
  }
}
