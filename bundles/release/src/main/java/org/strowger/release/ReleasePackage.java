package org.strowger.release;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;

/**
 * A package on the disk: the signed manifest, then the files in its order, nothing between and
 * nothing behind. Every byte is either signed or covered by a digest that is.
 */
public final class ReleasePackage {
  /** Largest package, system images included. */
  public static final long MAX_BYTES = 4L << 30;

  private final Path file;
  private final SignedManifest signed;
  private final ReleaseManifest manifest;
  private final String signer;

  private ReleasePackage(Path file, SignedManifest signed, SignedManifest.Verified verified) {
    this.file = file;
    this.signed = signed;
    this.manifest = verified.manifest();
    this.signer = verified.signer();
  }

  /** Writes one; {@code sources} are the manifest's files in its order. */
  static void write(Path target, SignedManifest signed, List<Path> sources) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE))) {
      out.write(signed.encoded());
      for (Path source : sources) {
        Files.copy(source, out);
      }
    }
  }

  /** Opens a package that is signed by a trusted key and whole: every digest was compared. */
  public static ReleasePackage open(Path file, KeyRing ring) throws Untrusted {
    try {
      if (!Files.isRegularFile(file)) {
        throw new Untrusted("expected a package; there is no such file");
      }
      long size = Files.size(file);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        SignedManifest signed = SignedManifest.read(in);
        ReleasePackage opened = new ReleasePackage(file, signed, signed.verify(ring));
        opened.checkSize(size);
        for (PackagedFile each : opened.manifest.files()) {
          copy(in, each, OutputStream.nullOutputStream());
        }
        return opened;
      }
    } catch (IOException e) {
      throw new Untrusted(file + ": the package cannot be read: " + e.getMessage(), e);
    } catch (Untrusted e) {
      throw new Untrusted(file + ": " + e.why(), e);
    }
  }

  private void checkSize(long size) throws Untrusted {
    long expected = signed.encoded().length + manifest.bytes();
    if (expected > MAX_BYTES) {
      throw new Untrusted(
          "expected at most " + MAX_BYTES + " bytes, the manifest says " + expected);
    }
    if (size != expected) {
      throw new Untrusted(
          "the package is "
              + (size < expected ? "truncated" : "too long")
              + ": "
              + size
              + " bytes, expected "
              + expected);
    }
  }

  private static void copy(InputStream in, PackagedFile file, OutputStream out)
      throws IOException, Untrusted {
    MessageDigest digest = Digests.sha256();
    byte[] buffer = new byte[1 << 16];
    long left = file.bytes();
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new Untrusted("the package is truncated in " + file.path());
      }
      digest.update(buffer, 0, n);
      out.write(buffer, 0, n);
      left -= n;
    }
    if (!Digests.hex(digest.digest()).equals(file.sha256())) {
      throw new Untrusted("the package was altered: " + file.path() + " is not what was signed");
    }
  }

  /** Copies one file out, on the disk when this returns; what was altered since is not taken. */
  public void extract(PackagedFile wanted, Path target) throws Untrusted, IOException {
    long offset = signed.encoded().length;
    for (PackagedFile each : manifest.files()) {
      if (each.equals(wanted)) {
        break;
      }
      offset += each.bytes();
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        FileChannel channel =
            FileChannel.open(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      in.skipNBytes(offset);
      copy(in, wanted, out);
      channel.force(true);
    }
  }

  public ReleaseManifest manifest() {
    return manifest;
  }

  /** Name of the key that signed it. */
  public String signer() {
    return signer;
  }

  /** The head, to be kept beside what was taken from the package. */
  public SignedManifest signed() {
    return signed;
  }
}
