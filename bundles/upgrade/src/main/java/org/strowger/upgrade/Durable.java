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
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files that are there whole or not at all, whenever the power goes. */
final class Durable {
  static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private Durable() {}

  /** A new file on the disk, for its owner only; one of this name is replaced, not atomically. */
  static void create(Path file, byte[] bytes) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNERS_FILE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Temporary file, fsync, rename, fsync of the folder. */
  static void replace(Path file, byte[] bytes) throws IOException {
    Path folder = folder(file);
    Path fresh = folder.resolve("." + file.getFileName() + ".tmp");
    create(fresh, bytes);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  /** What was renamed in this folder stays so. */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " has no folder");
    }
    Files.createDirectories(folder, OWNERS_FOLDER);
    return folder;
  }

  /** Keys and values without line feeds. */
  static void write(Path file, Map<String, String> map) throws IOException {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(map)
        .forEach((key, value) -> text.append(key).append('=').append(escaped(value)).append('\n'));
    replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String escaped(String value) {
    String line = value.replace("\\", "\\\\").replaceAll("\\p{Cntrl}", " ");
    return line.startsWith(" ") ? "\\" + line : line;
  }

  /** What {@link #write} wrote; empty where there is no file. */
  static SortedMap<String, String> read(Path file) throws IOException {
    SortedMap<String, String> map = new TreeMap<>();
    if (Files.exists(file)) {
      Properties lines = new Properties();
      try {
        lines.load(new StringReader(Files.readString(file)));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " cannot be read: " + e.getMessage(), e);
      }
      lines.stringPropertyNames().forEach(key -> map.put(key, lines.getProperty(key)));
    }
    return map;
  }

  /** An empty folder for its owner only. */
  static void emptyFolder(Path folder) throws IOException {
    Files.createDirectories(folder, OWNERS_FOLDER);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
