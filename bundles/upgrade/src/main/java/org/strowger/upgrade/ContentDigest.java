package org.strowger.upgrade;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/** SHA-256 over names and bytes of entries: the same for two jars that differ in dates only. */
final class ContentDigest {
  private final TreeMap<String, String> entries = new TreeMap<>();

  void add(String name, byte[] bytes) {
    entries.put(name, hex(sha().digest(bytes)));
  }

  @Override
  public String toString() {
    MessageDigest all = sha();
    entries.forEach(
        (name, digest) ->
            all.update(
                (name + '\n' + digest + '\n').getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    return hex(all.digest());
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform is required to have SHA-256.
      throw new IllegalStateException(e);
    }
  }
}
