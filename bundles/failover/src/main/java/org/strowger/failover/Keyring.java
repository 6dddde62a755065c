package org.strowger.failover;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.strowger.api.VrrpKey;

/**
 * The keys as they were read.
 *
 * @param keys by name, those that are usable
 * @param problems by name, why others are not, or why an older secret is used; one sentence each
 */
record Keyring(Map<String, Key> keys, Map<String, String> problems) {
  static final Keyring EMPTY = new Keyring(Map.of(), Map.of());

  private static final String ALGORITHM = "HmacSHA256";

  /** Bytes of a proof. */
  static final int PROOF = 32;

  Keyring {
    keys = Map.copyOf(keys);
    problems = Map.copyOf(problems);
  }

  /** A key with its secret. */
  record Key(int id, String secret) {
    static Key of(VrrpKey wanted, String secret) {
      return new Key(wanted.id(), secret);
    }

    /** A new one: it is used by one thread. */
    Mac mac() {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        return mac;
      } catch (GeneralSecurityException impossible) { // each JDK has it
        throw new IllegalStateException(impossible);
      }
    }

    @Override
    public String toString() {
      return "key " + id; // the secret is nobody's business
    }
  }

  /** Those of these names, in order; who is missing is left out. */
  List<Key> of(List<String> names) {
    return names.stream().flatMap(name -> Optional.ofNullable(keys.get(name)).stream()).toList();
  }
}
