package org.strowger.upgrade;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.release.Migrations;

/**
 * The bundles that were replaced since the distribution was installed, for the launcher's next
 * start: {@code overrides.properties} names a jar in the same folder for each symbolic name.
 *
 * <p>All writes are whole or not at all: temporary file, fsync, rename, fsync of the folder.
 */
final class Overrides {
  static final String LIST = "overrides.properties";

  /** Line of the list that names no bundle: what these releases make of the configuration. */
  static final String MIGRATIONS = "strowger.migrations";

  /** Rules of releases that are remembered, the latest. */
  private static final int MAX_MIGRATIONS = 200;

  /** Ends the name of the signed head of a package, which covers jars beside it. */
  static final String MANIFEST = ".manifest";

  private static final Logger LOG = LoggerFactory.getLogger(Overrides.class);
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path folder;

  Overrides(Path folder) {
    this.folder = folder;
  }

  /**
   * A copy of the jar on the disk, that nobody else changes. It has no effect until {@link
   * #commit}; whoever staged it deletes it.
   */
  Path stage(BundleJar jar) throws IOException {
    return stage(jar.name() + ".new", Files.readAllBytes(jar.file()));
  }

  /** The same for what one goes back to. */
  Path stage(String name, byte[] bytes) throws IOException {
    Files.createDirectories(folder, OWNERS_FOLDER);
    Path staged = folder.resolve("." + name + ".tmp");
    Files.deleteIfExists(staged);
    try (FileChannel channel =
        FileChannel.open(
            staged, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNERS_FILE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(staged);
      throw e;
    }
    return staged;
  }

  /** From the next start on, the staged jar is started under this name. */
  void commit(BundleJar jar, Path staged) throws IOException {
    String fileName = jar.name() + "-" + jar.version() + ".jar";
    SortedMap<String, String> list = list();
    Files.move(staged, folder.resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
    list.put(jar.name(), fileName);
    write(list);
    deleteOthers(list);
  }

  /**
   * From the next start on, all these jars are started, in the place of what was under their names:
   * the rename of the list is the moment, before it none of them is and after it all.
   *
   * @param jars by symbolic name; the name of the file says its content
   * @param manifest the signed head of the package they came with
   * @param migrations what it makes of the configuration
   */
  void commit(Map<String, Path> jars, String manifestName, byte[] manifest, List<String> migrations)
      throws IOException {
    Files.createDirectories(folder, OWNERS_FOLDER);
    SortedMap<String, String> list = list();
    for (Map.Entry<String, Path> each : jars.entrySet()) {
      String fileName = String.valueOf(each.getValue().getFileName());
      Path staged = stage(each.getKey() + ".new", Files.readAllBytes(each.getValue()));
      Files.move(staged, folder.resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
      list.put(each.getKey(), fileName);
    }
    Durable.replace(folder.resolve(manifestName + MANIFEST), manifest);
    if (!migrations.isEmpty()) {
      List<String> all = new ArrayList<>(Migrations.read(list.getOrDefault(MIGRATIONS, "")));
      all.addAll(migrations);
      List<String> latest = all.subList(Math.max(0, all.size() - MAX_MIGRATIONS), all.size());
      list.put(MIGRATIONS, Migrations.line(latest));
    }
    write(list);
    deleteOthers(list);
  }

  /** Whether the next start would start just these files under these names. */
  boolean lists(Map<String, String> fileNames) throws IOException {
    return !fileNames.isEmpty() && list().entrySet().containsAll(fileNames.entrySet());
  }

  /** From the next start on, the shipped bundle is started again, or none. */
  void remove(String name) throws IOException {
    SortedMap<String, String> list = list();
    if (list.remove(name) != null) {
      write(list);
      deleteOthers(list);
    }
  }

  /** What the committed releases make of the configuration. */
  List<String> migrations() throws IOException {
    return Migrations.read(list().getOrDefault(MIGRATIONS, ""));
  }

  Optional<String> fileName(String name) throws IOException {
    return Optional.ofNullable(list().get(name));
  }

  private SortedMap<String, String> list() throws IOException {
    SortedMap<String, String> list = new TreeMap<>();
    Path file = folder.resolve(LIST);
    if (Files.exists(file)) {
      Properties properties = new Properties();
      try {
        properties.load(new StringReader(Files.readString(file)));
      } catch (IOException | IllegalArgumentException e) {
        throw new IOException(file + " cannot be read: " + e.getMessage(), e);
      }
      properties.stringPropertyNames().forEach(n -> list.put(n, properties.getProperty(n)));
    }
    return list;
  }

  private void write(SortedMap<String, String> list) throws IOException {
    // Names and versions have no character that would need an escape.
    StringBuilder text = new StringBuilder("# Written by the upgrade bundle: name = jar\n");
    list.forEach((name, file) -> text.append(name).append('=').append(file).append('\n'));
    Path staged = stage("overrides", text.toString().getBytes(StandardCharsets.UTF_8));
    Files.move(staged, folder.resolve(LIST), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The list is safe already: what cannot be deleted is only logged. */
  private void deleteOthers(SortedMap<String, String> list) {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path jar : jars) {
        if (!list.containsValue(jar.getFileName().toString())) {
          Files.delete(jar);
        }
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("replaced jar not deleted");
    }
    try (DirectoryStream<Path> heads = Files.newDirectoryStream(folder, "*" + MANIFEST)) {
      for (Path head : heads) {
        String text = Files.readString(head);
        if (list.values().stream().noneMatch(jar -> text.contains(contentOf(jar)))) {
          Files.delete(head);
        }
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("replaced manifest not deleted");
    }
  }

  /** The beginning of the digest, which ends the name of a jar that came with a package. */
  private static String contentOf(String jar) {
    String content = jar.substring(jar.lastIndexOf('-') + 1).replace(".jar", "");
    return content.matches("[0-9a-f]{12}") ? "sha256: " + content : "none";
  }
}
