package org.strowger.release;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whom a box trusts: a folder of public keys, {@code NAME.pem}, and the file {@code revoked} with
 * the ids of keys that are trusted no more, one a line, words after it being a comment. A revoked
 * key stays refused whoever puts its file back.
 */
public final class KeyRing {
  /** The file of revoked ids. */
  public static final String REVOKED = "revoked";

  private static final int MAX_KEYS = 100;

  private record Trusted(String name, PublicKey key) {}

  private final Path folder;
  private final Map<String, Trusted> trusted = new TreeMap<>();
  private final Set<String> revoked = new HashSet<>();

  private KeyRing(Path folder) {
    this.folder = folder;
  }

  /** Reads the folder; one that is not there has no keys. A file that is no key is refused. */
  public static KeyRing read(Path folder) throws Untrusted {
    KeyRing ring = new KeyRing(folder);
    if (!Files.isDirectory(folder)) {
      return ring;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.pem")) {
      for (Path file : files) {
        PublicKey key = SigningKey.readPublic(file);
        String name = file.getFileName().toString().replaceFirst("\\.pem$", "");
        ring.trusted.put(SigningKey.id(key), new Trusted(name, key));
        if (ring.trusted.size() > MAX_KEYS) {
          throw new Untrusted(folder + ": expected at most " + MAX_KEYS + " keys");
        }
      }
      Path list = folder.resolve(REVOKED);
      if (Files.exists(list)) {
        for (String line : Files.readAllLines(list)) {
          ring.revoke(list, line.split("[\\s#]", 2)[0]);
        }
      }
    } catch (IOException e) {
      throw new Untrusted("the keys in " + folder + " cannot be read: " + e, e);
    }
    return ring;
  }

  private void revoke(Path list, String id) throws Untrusted {
    if (id.isEmpty()) {
      return;
    }
    if (!id.matches("[0-9a-f]{64}")) {
      throw new Untrusted(list + ": expected the id of a key, 64 hexadecimal digits: " + id);
    }
    revoked.add(id);
  }

  /** Whether nobody is trusted: then nothing is signed here, and packages are not taken. */
  public boolean isEmpty() {
    return trusted.isEmpty();
  }

  /**
   * Makes sure that a trusted, unrevoked key signed this content.
   *
   * @return the name of the key
   */
  String verify(String id, byte[] content, byte[] signature) throws Untrusted {
    if (trusted.isEmpty()) {
      throw new Untrusted("no key is trusted: put the publisher's public key into " + folder);
    }
    Trusted signer = trusted.get(id);
    if (revoked.contains(id)) {
      String name = signer == null ? id : signer.name + " (" + id + ")";
      throw new Untrusted("the key " + name + " is revoked");
    }
    if (signer == null) {
      throw new Untrusted("signed by the unknown key " + id + "; trusted ones lie in " + folder);
    }
    if (!SigningKey.verifies(signer.key, content, signature)) {
      throw new Untrusted("the manifest was altered: it is not what " + signer.name + " signed");
    }
    return signer.name;
  }
}
