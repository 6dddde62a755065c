package org.strowger.configfile;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in lower case hexadecimal. */
final class Digest {
  static final int LENGTH = 64;

  private Digest() {}

  static String of(byte[] bytes, int from) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, from, bytes.length - from);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform is required to have SHA-256.
      throw new IllegalStateException(e);
    }
  }
}
