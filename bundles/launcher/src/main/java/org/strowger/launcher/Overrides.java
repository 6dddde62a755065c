package org.strowger.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.release.Digests;
import org.strowger.release.KeyRing;
import org.strowger.release.Migrations;
import org.strowger.release.PackagedFile;
import org.strowger.release.SignedManifest;
import org.strowger.release.Untrusted;

/**
 * Bundles that were updated while the director ran: {@code STATE/bundles/overrides.properties},
 * written by the upgrade bundle, names a jar in the same folder for a symbolic name. What is wrong
 * with one that came by itself is logged and the shipped bundle started instead: an update gone bad
 * must not keep the director down. Those that came together in a signed package are started
 * together or not at all, never a part of them. Where keys are trusted ({@code STATE/keys}) nothing
 * is started that none of them signed: each jar must be what a manifest beside it says.
 */
final class Overrides {
  private static final Logger log = LoggerFactory.getLogger(Overrides.class);

  /** Of jars that came in a package: the name ends with the beginning of their digest. */
  private static final Pattern PACKAGED = Pattern.compile(".*-[0-9a-f]{12}[.]jar");

  /** Line of the list that names no bundle: what the releases in it make of the configuration. */
  static final String MIGRATIONS = "strowger.migrations";

  private final Map<String, BundleFile> bySymbolicName;
  private final String integrity;
  private final List<String> migrations;

  private Overrides(
      Map<String, BundleFile> bySymbolicName, String integrity, List<String> migrations) {
    this.bySymbolicName = bySymbolicName;
    this.integrity = integrity;
    this.migrations = migrations;
  }

  /**
   * @param folder of the jars and their list
   * @param keys of the publishers' public keys
   */
  static Overrides read(Path folder, Path keys) {
    Properties lines = lines(folder.resolve("overrides.properties"));
    Object line = lines.remove(MIGRATIONS);
    List<String> migrations = Migrations.read(line == null ? "" : line.toString());
    Map<String, BundleFile> found = new TreeMap<>();
    try {
      KeyRing ring = KeyRing.read(keys);
      Set<String> signed = ring.isEmpty() ? Set.of() : signed(folder, ring);
      for (String name : lines.stringPropertyNames()) {
        String fileName = lines.getProperty(name).strip();
        try {
          BundleFile file = check(folder, name, fileName);
          if (!ring.isEmpty() && !signed.contains(Digests.of(file.file()))) {
            throw new Untrusted(
                file.file() + " is not what a trusted key signed: it was altered, or never signed");
          }
          found.put(name, file);
        } catch (IOException | IllegalArgumentException e) {
          if (PACKAGED.matcher(fileName).matches()) {
            throw new Untrusted(name + " of an upgraded release is damaged: " + e.getMessage(), e);
          }
          log.atError()
              .addKeyValue("bundle", name)
              .addKeyValue("why", e.getMessage())
              .log("An updated bundle is ignored, the shipped one starts");
        }
      }
    } catch (Untrusted e) {
      log.atError()
          .addKeyValue("why", e.why())
          .log("No updated bundle is taken, all that was shipped starts");
      return new Overrides(new TreeMap<>(), e.why(), Migrations.reversed(migrations));
    }
    return new Overrides(found, "", migrations);
  }

  private static Properties lines(Path file) {
    Properties lines = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        lines.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        log.atError().addKeyValue("file", file).setCause(e).log("Updated bundles are ignored");
      }
    }
    return lines;
  }

  /** Digests of all files that the signed manifests in the folder name. */
  private static Set<String> signed(Path folder, KeyRing ring) throws Untrusted {
    Set<String> digests = new HashSet<>();
    if (!Files.isDirectory(folder)) {
      return digests;
    }
    try (DirectoryStream<Path> manifests = Files.newDirectoryStream(folder, "*.manifest")) {
      for (Path manifest : manifests) {
        for (PackagedFile file : SignedManifest.read(manifest).verify(ring).manifest().files()) {
          digests.add(file.sha256());
        }
      }
    } catch (IOException e) {
      throw new Untrusted("the signed manifests in " + folder + " cannot be read: " + e, e);
    }
    return digests;
  }

  /** What was found altered or unsigned, for an alarm; empty: nothing. */
  String integrity() {
    return integrity;
  }

  /** Rules that bring the configuration on the disk into the shape of what starts, in one line. */
  String migrations() {
    return Migrations.line(migrations);
  }

  private static BundleFile check(Path folder, String name, String fileName) throws IOException {
    Path file = folder.resolve(fileName.strip()).normalize();
    if (!file.startsWith(folder)) {
      throw new IOException(file + " is outside of " + folder);
    }
    BundleFile bundle = BundleFile.readWhole(file);
    if (!bundle.symbolicName().equals(name)) {
      throw new IOException(file + " is the bundle " + bundle.symbolicName());
    }
    return bundle;
  }

  /** The bundle to start in place of a shipped one: its update, unless that one is older. */
  BundleFile insteadOf(BundleFile shipped) {
    BundleFile update = bySymbolicName.remove(shipped.symbolicName());
    if (update == null) {
      return shipped;
    }
    boolean wanted = update.version().compareTo(shipped.version()) >= 0;
    log.atInfo()
        .addKeyValue("bundle", shipped.symbolicName())
        .addKeyValue("shipped", shipped.version())
        .addKeyValue("updated", update.version())
        .log(wanted ? "The updated bundle starts" : "The update is older than the shipped bundle");
    return wanted ? update : shipped;
  }

  /** Bundles that none of the shipped ones was replaced by: they were added. */
  Iterable<BundleFile> added() {
    return bySymbolicName.values();
  }
}
