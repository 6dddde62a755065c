package org.strowger.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a file with a passphrase, and opens it again: {@code seal | open FROM TO}, the passphrase
 * as the first line of standard input. AES-256-GCM (NIST SP 800-38D), so that a file that was
 * altered, cut short or sealed with another passphrase is never taken for a whole one; the key by
 * PBKDF2-HMAC-SHA-256 (RFC 8018). Ends with 0, or 1 and a sentence; TO is whole or not there.
 *
 * <p>The file: {@code strowger-sealed-1} and a line feed, 16 octets of salt, 12 of nonce, the
 * ciphertext with its tag of 16; all before the ciphertext is authenticated with it.
 */
public final class Sealed {
  /** Octets that are sealed at most: they are held in memory. */
  static final long MAX_OCTETS = 64L << 20;

  /** What is shorter can be guessed. */
  static final int MIN_PASSPHRASE = 12;

  private static final byte[] MAGIC = "strowger-sealed-1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SALT = 16;
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final int HEAD = MAGIC.length + SALT + NONCE;
  private static final int ITERATIONS = 600_000;
  private static final int KEY_BITS = 256;

  private Sealed() {}

  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String said = in.readLine();
    String problem = run(List.of(args), said == null ? "" : said);
    if (!problem.isEmpty()) {
      System.err.println("strowger: " + problem);
      System.exit(1);
    }
  }

  /** Empty if it was done, else why not. */
  static String run(List<String> words, String passphrase) {
    if (words.size() != 3 || !Set.of("seal", "open").contains(words.getFirst())) {
      return "expected seal FROM TO or open FROM TO, and a passphrase on standard input";
    }
    Path from = Path.of(words.get(1));
    try {
      long size = Files.size(from);
      if (size > MAX_OCTETS) {
        return from + " has " + size + " octets, more than " + MAX_OCTETS;
      }
      byte[] octets = Files.readAllBytes(from);
      boolean seal = words.getFirst().equals("seal");
      write(Path.of(words.get(2)), seal ? seal(octets, passphrase) : open(octets, passphrase));
      return "";
    } catch (IllegalArgumentException wrong) {
      return from + ": " + wrong.getMessage();
    } catch (IOException failed) {
      return "cannot " + words.getFirst() + " " + from + ": " + failed;
    }
  }

  static byte[] seal(byte[] octets, String passphrase) {
    if (passphrase.length() < MIN_PASSPHRASE) {
      throw new IllegalArgumentException(
          "the passphrase has %d characters, expected at least %d"
              .formatted(passphrase.length(), MIN_PASSPHRASE));
    }
    byte[] random = new byte[SALT + NONCE];
    new SecureRandom().nextBytes(random);
    byte[] head = ByteBuffer.allocate(HEAD).put(MAGIC).put(random).array();
    try {
      byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, head, passphrase).doFinal(octets);
      return ByteBuffer.allocate(HEAD + ciphertext.length).put(head).put(ciphertext).array();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES-GCM", impossible);
    }
  }

  static byte[] open(byte[] sealed, String passphrase) {
    if (sealed.length < HEAD + TAG
        || !Arrays.equals(sealed, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new IllegalArgumentException("is not what a Strowger appliance sealed");
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, HEAD), passphrase)
          .doFinal(sealed, HEAD, sealed.length - HEAD);
    } catch (AEADBadTagException altered) {
      throw new IllegalArgumentException(
          "the passphrase is another one, or the file was altered", altered);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES-GCM", impossible);
    }
  }

  private static Cipher cipher(int mode, byte[] head, String passphrase)
      throws GeneralSecurityException {
    byte[] salt = Arrays.copyOfRange(head, MAGIC.length, MAGIC.length + SALT);
    PBEKeySpec wanted = new PBEKeySpec(passphrase.toCharArray(), salt, ITERATIONS, KEY_BITS);
    byte[] key =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(wanted).getEncoded();
    wanted.clearPassword();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(TAG * Byte.SIZE, head, MAGIC.length + SALT, NONCE));
    cipher.updateAAD(head);
    return cipher;
  }

  private static void write(Path to, byte[] octets) throws IOException {
    Path partial = to.resolveSibling(to.getFileName() + ".new");
    Files.deleteIfExists(partial);
    try (FileChannel channel =
        FileChannel.open(
            partial,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OwnerOnly.FILE)) {
      ByteBuffer left = ByteBuffer.wrap(octets);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    } catch (IOException full) {
      Files.deleteIfExists(partial);
      throw full;
    }
    Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
