package org.strowger.failover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.strowger.api.SecretFile;
import org.strowger.api.VrrpKey;

/**
 * Reads the secrets, again and again, as they are exchanged while the director runs. A secret that
 * was read once is used until another one is there: a file that goes must not end the service.
 */
final class KeyFiles {
  private final Path state;
  private Keyring last = Keyring.EMPTY;

  /**
   * @param state the state folder
   */
  KeyFiles(Path state) {
    this.state = state;
  }

  Keyring read(Map<String, VrrpKey> wanted) {
    Map<String, Keyring.Key> keys = new HashMap<>();
    Map<String, String> problems = new HashMap<>();
    wanted.forEach(
        (name, key) -> {
          try {
            String secret = SecretFile.read(state, key.secretFile(), VrrpKey.SHORTEST);
            keys.put(name, Keyring.Key.of(key, secret));
          } catch (IOException e) {
            Keyring.Key before = last.keys().get(name);
            if (before == null || before.id() != key.id()) {
              problems.put(name, String.valueOf(e.getMessage()));
            } else {
              keys.put(name, before);
              problems.put(name, e.getMessage() + "; the secret that was read last is used");
            }
          }
        });
    last = new Keyring(keys, problems);
    return last;
  }
}
