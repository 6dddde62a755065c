package org.strowger.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipInputStream;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A bundle on disk.
 *
 * @param fragment whether it is a part of another bundle and never started itself
 */
record BundleFile(Path file, String symbolicName, Version version, boolean fragment) {

  /** Reads the manifest. */
  static BundleFile read(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      Manifest manifest = jar.getManifest();
      if (manifest == null) {
        throw new IOException(file + " has no manifest");
      }
      Attributes main = manifest.getMainAttributes();
      String name = main.getValue(Constants.BUNDLE_SYMBOLICNAME);
      if (name == null) {
        throw new IOException(file + " is no bundle: its manifest has no Bundle-SymbolicName");
      }
      String version = main.getValue(Constants.BUNDLE_VERSION);
      return new BundleFile(
          file,
          name.split(";", 2)[0].strip(),
          version == null ? Version.emptyVersion : Version.parseVersion(version),
          main.getValue(Constants.FRAGMENT_HOST) != null);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " has a bad version: " + e.getMessage(), e);
    }
  }

  /** Reads a jar that came from outside wholly: each entry's checksum is compared. */
  static BundleFile readWhole(Path file) throws IOException {
    BundleFile bundle = read(file);
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      while (zip.getNextEntry() != null) {
        zip.transferTo(OutputStream.nullOutputStream());
      }
    }
    return bundle;
  }
}
