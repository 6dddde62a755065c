package org.strowger.release;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * The head of a package: four lines and the manifest. Nothing of the manifest is read before its
 * signature is verified. It also lies by itself beside the jars of a committed release, so that
 * each start of the framework can make sure of them.
 *
 * <pre>
 * STROWGER-PACKAGE 1
 * key ID
 * signature BASE64
 * manifest BYTES
 * </pre>
 *
 * The signature is over the first line and the manifest.
 */
public final class SignedManifest {
  static final String MAGIC = "STROWGER-PACKAGE 1\n";
  private static final int SIGNATURE_BYTES = 64;
  private static final int MAX_LINE = 200;

  private final String keyId;
  private final byte[] signature;
  private final byte[] text;

  private SignedManifest(String keyId, byte[] signature, byte[] text) {
    this.keyId = keyId;
    this.signature = signature;
    this.text = text;
  }

  /** A manifest whose signature is good. */
  public record Verified(ReleaseManifest manifest, String signer) {}

  static SignedManifest sign(ReleaseManifest manifest, SigningKey key) {
    byte[] text = manifest.text();
    return new SignedManifest(key.id(), key.sign(signed(text)), text);
  }

  private static byte[] signed(byte[] text) {
    byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[magic.length + text.length];
    System.arraycopy(magic, 0, all, 0, magic.length);
    System.arraycopy(text, 0, all, magic.length, text.length);
    return all;
  }

  /** Reads one that lies by itself. */
  public static SignedManifest read(Path file) throws Untrusted {
    try (InputStream in = Files.newInputStream(file)) {
      SignedManifest manifest = read(in);
      if (in.read() >= 0) {
        throw new Untrusted("bytes behind the manifest");
      }
      return manifest;
    } catch (IOException e) {
      throw new Untrusted(file + ": " + e, e);
    } catch (Untrusted e) {
      throw new Untrusted(file + ": " + e.why(), e);
    }
  }

  static SignedManifest read(InputStream in) throws IOException, Untrusted {
    if (!MAGIC.equals(line(in, "") + "\n")) {
      throw new Untrusted("no Strowger package: it does not begin with " + MAGIC.strip());
    }
    String id = line(in, "key ");
    byte[] signature = decoded(line(in, "signature "));
    String count = line(in, "manifest ");
    if (!id.matches("[0-9a-f]{64}") || !count.matches("[1-9][0-9]{0,6}")) {
      throw new Untrusted("the head of the package is damaged");
    }
    int bytes = Integer.parseInt(count);
    if (bytes > ReleaseManifest.MAX_BYTES) {
      throw new Untrusted("expected a manifest of at most " + ReleaseManifest.MAX_BYTES + " bytes");
    }
    byte[] text = in.readNBytes(bytes);
    if (text.length < bytes) {
      throw new Untrusted("the package is truncated in its manifest");
    }
    return new SignedManifest(id, signature, text);
  }

  private static byte[] decoded(String base64) throws Untrusted {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      // One text for one signature: the last bits of base64 may differ and mean the same.
      if (bytes.length == SIGNATURE_BYTES
          && Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new Untrusted("the head of the package is damaged: its signature", e);
    }
    throw new Untrusted("the head of the package is damaged: its signature");
  }

  private static String line(InputStream in, String key) throws IOException, Untrusted {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("truncated in its head");
      }
      if (line.size() >= MAX_LINE) {
        throw new Untrusted("no Strowger package: its head has too long a line");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    if (!text.startsWith(key)) {
      throw new Untrusted("the head of the package is damaged: expected '" + key + "'");
    }
    return text.substring(key.length());
  }

  /** Id of the key that is said to have signed it. */
  public String keyId() {
    return keyId;
  }

  /** Makes sure of signature and key, and reads the manifest. */
  public Verified verify(KeyRing ring) throws Untrusted {
    String signer = ring.verify(keyId, signed(text), signature);
    return new Verified(ReleaseManifest.parse(text), signer);
  }

  /** As it stands in a package and in a file by itself. */
  public byte[] encoded() {
    String head =
        MAGIC
            + "key %s\nsignature %s\nmanifest %d\n"
                .formatted(keyId, Base64.getEncoder().encodeToString(signature), text.length);
    byte[] ascii = head.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[ascii.length + text.length];
    System.arraycopy(ascii, 0, all, 0, ascii.length);
    System.arraycopy(text, 0, all, ascii.length, text.length);
    return all;
  }
}
