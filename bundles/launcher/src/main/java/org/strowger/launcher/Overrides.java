package org.strowger.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bundles that were updated while the director ran: {@code STATE/bundles/overrides.properties},
 * written by the upgrade bundle, names a jar in the same folder for a symbolic name. What is wrong
 * with one is logged and the shipped bundle started instead: an update gone bad must not keep the
 * director down.
 */
final class Overrides {
  private static final Logger log = LoggerFactory.getLogger(Overrides.class);
  private final Map<String, BundleFile> bySymbolicName;

  private Overrides(Map<String, BundleFile> bySymbolicName) {
    this.bySymbolicName = bySymbolicName;
  }

  static Overrides read(Path folder) {
    Map<String, BundleFile> found = new TreeMap<>();
    Properties lines = new Properties();
    Path file = folder.resolve("overrides.properties");
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        lines.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        log.atError().addKeyValue("file", file).setCause(e).log("Updated bundles are ignored");
      }
    }
    for (String name : lines.stringPropertyNames()) {
      try {
        found.put(name, check(folder, name, lines.getProperty(name)));
      } catch (IOException | IllegalArgumentException e) {
        log.atError()
            .addKeyValue("bundle", name)
            .addKeyValue("why", e.getMessage())
            .log("An updated bundle is ignored, the shipped one starts");
      }
    }
    return new Overrides(found);
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
