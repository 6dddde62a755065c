package org.strowger.upgrade;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.osgi.framework.Bundle;

/** The content of an installed bundle, as the framework holds it: the file may be long gone. */
final class RunningBundle {
  private RunningBundle() {}

  /** Equal to {@link BundleJar#digest} of the jar it was installed from. */
  static String digest(Bundle bundle) throws IOException {
    ContentDigest digest = new ContentDigest();
    for (String name : entries(bundle)) {
      digest.add(name, bytes(bundle, name));
    }
    return digest.toString();
  }

  /** A jar of the same content: what one goes back to. */
  static byte[] toJar(Bundle bundle) throws IOException {
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(jar)) {
      for (String name : entries(bundle)) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes(bundle, name));
        zip.closeEntry();
      }
    }
    return jar.toByteArray();
  }

  /** Names of all entries but folders, the manifest first. */
  private static List<String> entries(Bundle bundle) {
    List<String> names = new ArrayList<>();
    collect(bundle, "/", names);
    if (names.remove(JarFile.MANIFEST_NAME)) {
      names.addFirst(JarFile.MANIFEST_NAME);
    }
    return names;
  }

  private static void collect(Bundle bundle, String folder, List<String> names) {
    Enumeration<String> paths = bundle.getEntryPaths(folder);
    for (String path : paths == null ? List.<String>of() : Collections.list(paths)) {
      if (path.endsWith("/")) {
        collect(bundle, path, names);
      } else {
        names.add(path);
      }
    }
  }

  private static byte[] bytes(Bundle bundle, String name) throws IOException {
    URL url = bundle.getEntry(name);
    if (url == null) {
      throw new IOException(bundle.getSymbolicName() + ": " + name + " cannot be read");
    }
    try (InputStream in = url.openStream()) {
      return in.readAllBytes();
    }
  }
}
