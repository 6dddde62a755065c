package org.strowger.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * Ed25519 keys as PEM files, as openssl writes and reads them: PKCS #8 without a passphrase for the
 * private one, X.509 for the public one. A key's id is the SHA-256 of its public encoding.
 */
final class SigningKey {
  static final String ALGORITHM = "Ed25519";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final String PRIVATE = "PRIVATE KEY";

  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private SigningKey(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /**
   * Makes {@code BASE.key}, for its owner only, and {@code BASE.pem}, which boxes are given;
   * neither may exist.
   *
   * @return the id
   */
  static String make(Path base) throws IOException, GeneralSecurityException {
    Path secret = Path.of(base + ".key");
    Path open = Path.of(base + ".pem");
    for (Path file : new Path[] {secret, open}) {
      if (Files.exists(file)) {
        throw new IOException(file + " exists: a key is never written over");
      }
    }
    KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    Files.createFile(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, pem(PRIVATE, pair.getPrivate().getEncoded()));
    Files.writeString(
        open, pem(PUBLIC, pair.getPublic().getEncoded()), StandardOpenOption.CREATE_NEW);
    return id(pair.getPublic());
  }

  /** Reads {@code NAME.key} and {@code NAME.pem} beside it. */
  static SigningKey read(Path secret) throws IOException, Untrusted {
    var permissions = Files.getPosixFilePermissions(secret);
    if (!Set.copyOf(PosixFilePermissions.fromString("rw-------")).containsAll(permissions)) {
      throw new Untrusted(secret + ": expected a file for its owner only (chmod 600)");
    }
    String name = secret.getFileName().toString().replaceFirst("\\.key$", "");
    Path open = secret.resolveSibling(name + ".pem");
    if (!Files.exists(open)) {
      throw new Untrusted(open + ": expected the public key beside the private one");
    }
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(bytes(secret, PRIVATE)));
      SigningKey pair = new SigningKey(key, readPublic(open));
      byte[] probe = {1, 2, 3};
      if (!verifies(pair.publicKey, probe, pair.sign(probe))) {
        throw new Untrusted(open + ": not the public key of " + secret);
      }
      return pair;
    } catch (GeneralSecurityException e) {
      throw new Untrusted(secret + ": expected an Ed25519 key in PEM: " + e.getMessage(), e);
    }
  }

  static PublicKey readPublic(Path file) throws IOException, Untrusted {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePublic(new X509EncodedKeySpec(bytes(file, PUBLIC)));
    } catch (InvalidKeySpecException e) {
      throw new Untrusted(file + ": expected an Ed25519 public key in PEM: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // the JDK has Ed25519 since 15
    }
  }

  static String id(PublicKey key) {
    return Digests.of(key.getEncoded());
  }

  String id() {
    return id(publicKey);
  }

  byte[] sign(byte[] content) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(privateKey);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign", e);
    }
  }

  static boolean verifies(PublicKey key, byte[] content, byte[] signed) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(content);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // a signature that cannot be one: its length or encoding is wrong
    }
  }

  private static String pem(String what, byte[] encoded) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(what, lines, what)
        .replace("\r", "");
  }

  private static byte[] bytes(Path file, String what) throws IOException, Untrusted {
    if (Files.size(file) > 10_000) {
      throw new Untrusted(file + ": expected a key of less than 10000 bytes");
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    String begin = "-----BEGIN " + what + "-----";
    String end = "-----END " + what + "-----";
    if (!text.startsWith(begin) || !text.endsWith(end)) {
      throw new Untrusted(file + ": expected one '" + begin + "' in PEM");
    }
    String inner = text.substring(begin.length(), text.length() - end.length());
    try {
      return Base64.getDecoder().decode(String.join("", Arrays.asList(inner.split("\\s+"))));
    } catch (IllegalArgumentException e) {
      throw new Untrusted(file + ": expected base64: " + e.getMessage(), e);
    }
  }
}
