package org.strowger.configfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files that are whole or not there, for their owner only. */
final class DurableFiles {
  private static final Set<PosixFilePermission> OWNERS_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private DurableFiles() {}

  /** Creates the folder where it is missing, and closes it to others. */
  static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNERS_FOLDER));
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        force(parent);
      }
    }
    if (!Files.getPosixFilePermissions(folder).equals(OWNERS_FOLDER)) {
      Files.setPosixFilePermissions(folder, OWNERS_FOLDER);
    }
  }

  /** When this returns, the file is on the disk under its name. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path folder = folderOf(file);
    Path temporary = folder.resolve("." + file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      Set<StandardOpenOption> options =
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (FileChannel channel =
          FileChannel.open(temporary, options, PosixFilePermissions.asFileAttribute(OWNERS_FILE))) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      deleteAfter(e, temporary);
      throw e;
    }
    force(folder);
  }

  private static void deleteAfter(IOException cause, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " is no file");
    }
    return folder;
  }

  /** The exception in words: some of Java's carry nothing but the name of the file. */
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied: " + denied.getFile();
      case FileAlreadyExistsException exists -> "in the way: " + exists.getFile();
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
