package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.OriginKind;

/**
 * The folder for bundles of third parties: a jar moved in is installed, one taken out is
 * uninstalled. The folder is the memory: nothing else has to be written down. It is looked at once
 * a second; a jar counts when two looks saw it the same, so that half a copy is not taken.
 */
final class DropInFolder {
  private static final Logger LOG = LoggerFactory.getLogger(DropInFolder.class);

  /** A file at one moment; the key changes when another file takes the name. */
  private record Seen(long size, long modified, String key) {}

  private final Path folder;
  private final BundleContext context;
  private final Function<Map<String, String>, Map<String, String>> keeper;
  private final Map<Path, Seen> seen = new HashMap<>();
  private final Map<Path, Seen> handled = new HashMap<>();
  private boolean readable = true;

  DropInFolder(
      Path folder,
      BundleContext context,
      Function<Map<String, String>, Map<String, String>> keeper) {
    this.folder = folder;
    this.context = context;
    this.keeper = keeper;
  }

  /** Looks once; called once a second from one thread. */
  void look() {
    Map<Path, Seen> present = new HashMap<>();
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
        for (Path jar : jars) {
          see(jar, present);
        }
      }
    } catch (IOException e) {
      if (readable) {
        LOG.atError().addKeyValue("folder", folder).log("drop-in folder: {}", e.toString());
      }
      readable = false;
      return; // not to be mistaken for an empty folder
    }
    readable = true;
    present.forEach(this::appeared);
    vanished(present.keySet());
    seen.clear();
    seen.putAll(present);
  }

  private static void see(Path jar, Map<Path, Seen> present) throws IOException {
    BasicFileAttributes now = Files.readAttributes(jar, BasicFileAttributes.class);
    if (now.isRegularFile()) {
      long modified = now.lastModifiedTime().toMillis();
      present.put(jar, new Seen(now.size(), modified, String.valueOf(now.fileKey())));
    }
  }

  private void appeared(Path jar, Seen now) {
    if (!now.equals(seen.get(jar)) || now.equals(handled.get(jar))) {
      return;
    }
    Map<String, String> answer = ask(Keeper.DROP_IN, jar);
    if (answer.containsKey(Keeper.BUSY)) {
      return;
    }
    handled.put(jar, now);
    String refused = answer.get(Keeper.REFUSED);
    if (refused == null) {
      LOG.atInfo().addKeyValue("file", jar).log("dropped in: {}", answer.get(Keeper.HOW));
    } else {
      LOG.atWarn().addKeyValue("file", jar).log("not taken: {}", refused);
    }
  }

  private void vanished(Set<Path> present) {
    handled.keySet().retainAll(present);
    Set<String> locations = new HashSet<>();
    present.forEach(jar -> locations.add(Replacement.dropInLocation(jar)));
    for (Bundle bundle : context.getBundles()) {
      String location = bundle.getLocation();
      if (location.startsWith(Replacement.DROP_IN) && !locations.contains(location)) {
        Path jar = folder.resolve(location.substring(Replacement.DROP_IN.length()));
        String refused = ask(Keeper.REMOVE, jar).get(Keeper.REFUSED);
        if (refused == null) {
          LOG.atInfo().addKeyValue("file", jar).log("taken out: bundle uninstalled");
        } else {
          LOG.atWarn().addKeyValue("file", jar).log("not uninstalled: {}", refused);
        }
      }
    }
  }

  private Map<String, String> ask(String word, Path jar) {
    return keeper.apply(
        Map.of(
            Keeper.WORD,
            word,
            Keeper.FILE,
            jar.toString(),
            Keeper.ORIGIN,
            OriginKind.FILE.word(),
            Keeper.USER,
            owner(jar),
            Keeper.SOURCE,
            folder.toString()));
  }

  private static String owner(Path jar) {
    try {
      return Files.getOwner(jar).getName();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("file", jar).setCause(e).log("owner not known");
      return System.getProperty("user.name", "unknown");
    }
  }
}
