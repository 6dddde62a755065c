package org.strowger.upgrade;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A jar file that is a bundle, read from end to end: every entry's checksum was right.
 *
 * @param digest of the content, see {@link ContentDigest}
 * @param beside whether it is installed beside the version before it, which drains
 */
record BundleJar(Path file, String name, Version version, String digest, boolean beside) {
  static final long MAX_BYTES = 128L << 20;
  static final long MAX_UNPACKED_BYTES = 512L << 20;
  static final int MAX_MANIFEST_BYTES = 1 << 20;
  static final int MAX_ENTRIES = 50_000;

  /** Manifest header of a bundle that must not be stopped while its successor comes up. */
  static final String REPLACE = "Strowger-Replace";

  static final String BESIDE = "beside";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*");

  /** Reads the file; the refusal says what is wrong with it. */
  static BundleJar read(Path file) throws Refusal {
    try {
      if (!Files.isRegularFile(file)) {
        throw new Refusal(file + ": expected a jar file; there is none");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new Refusal(file + ": expected at most " + MAX_BYTES + " bytes");
      }
      try (JarFile jar = new JarFile(file.toFile(), false)) {
        String digest = digest(file, jar);
        JarEntry manifest = jar.getJarEntry(JarFile.MANIFEST_NAME);
        if (manifest == null) {
          throw new Refusal(file + ": expected a bundle; there is no manifest");
        }
        byte[] bytes = bytes(file, jar, manifest, MAX_MANIFEST_BYTES);
        return of(file, new Manifest(new ByteArrayInputStream(bytes)).getMainAttributes(), digest);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new Refusal(file + ": expected a whole, readable jar file: " + e.getMessage(), e);
    }
  }

  private static BundleJar of(Path file, Attributes manifest, String digest) throws Refusal {
    String header = manifest.getValue(Constants.BUNDLE_SYMBOLICNAME);
    if (header == null || !"2".equals(manifest.getValue(Constants.BUNDLE_MANIFESTVERSION))) {
      throw new Refusal(file + ": expected a bundle; its manifest has no symbolic name");
    }
    String name = header.split(";", 2)[0].strip();
    if (!NAME.matcher(name).matches() || name.length() > 128) {
      throw new Refusal(file + ": expected a symbolic name, not '" + name + "'");
    }
    if (manifest.getValue(Constants.FRAGMENT_HOST) != null) {
      throw new Refusal(file + ": " + name + " is a fragment; replace the bundle it belongs to");
    }
    Version version = Version.parseVersion(manifest.getValue(Constants.BUNDLE_VERSION));
    boolean beside = BESIDE.equals(manifest.getValue(REPLACE));
    return new BundleJar(file, name, version, digest, beside);
  }

  private static String digest(Path file, JarFile jar) throws IOException, Refusal {
    ContentDigest digest = new ContentDigest();
    Set<String> names = new HashSet<>();
    long left = MAX_UNPACKED_BYTES;
    int count = 0;
    for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
      JarEntry entry = all.nextElement();
      names.add(entry.getName());
      if (++count > MAX_ENTRIES) {
        throw new Refusal(file + ": expected at most " + MAX_ENTRIES + " entries");
      }
      if (!entry.isDirectory()) {
        byte[] bytes = bytes(file, jar, entry, left);
        left -= bytes.length;
        digest.add(entry.getName(), bytes);
      }
    }
    if (!names.equals(localNames(file))) {
      throw new Refusal(file + " is damaged: its directory does not name what is in it");
    }
    return digest.toString();
  }

  /** A jar names each entry twice; only the bytes of an entry have a checksum, not its name. */
  private static Set<String> localNames(Path file) throws IOException {
    Set<String> names = new HashSet<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        ZipInputStream zip = new ZipInputStream(in)) {
      ZipEntry entry = zip.getNextEntry();
      while (entry != null) {
        names.add(entry.getName());
        entry = zip.getNextEntry();
      }
    }
    return names;
  }

  private static byte[] bytes(Path file, JarFile jar, JarEntry entry, long most)
      throws IOException, Refusal {
    int limit = (int) Math.min(most, Integer.MAX_VALUE - 16);
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new Refusal(file + ": " + entry.getName() + " is too large unpacked");
      }
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (crc.getValue() != entry.getCrc()) {
        throw new Refusal(file + " is damaged: checksum of " + entry.getName());
      }
      return bytes;
    }
  }
}
