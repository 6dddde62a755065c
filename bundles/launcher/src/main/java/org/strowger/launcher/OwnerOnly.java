package org.strowger.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files and folders that nobody but their owner may read, write or enter. */
final class OwnerOnly {
  static final FileAttribute<Set<PosixFilePermission>> FOLDER = attribute("rwx------");
  static final FileAttribute<Set<PosixFilePermission>> FILE = attribute("rw-------");

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private OwnerOnly() {}

  private static FileAttribute<Set<PosixFilePermission>> attribute(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  /** Takes from all others what they may do; leaves what the owner may, and links, as they are. */
  static void tighten(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return;
    }
    Set<PosixFilePermission> permissions =
        EnumSet.copyOf(OWNERS); // what is kept; the set read from the file may not be changed
    Set<PosixFilePermission> now = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    permissions.retainAll(now);
    if (!permissions.equals(now)) {
      Files.setPosixFilePermissions(path, permissions);
    }
  }

  /** The same for all below; what is another user's, or goes away meanwhile, is left alone. */
  static void tightenAll(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            return tightened(path);
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            return tightened(path);
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }

  private static FileVisitResult tightened(Path path) throws IOException {
    try {
      if (ownedByUs(path)) {
        tighten(path);
      }
    } catch (NoSuchFileException e) {
      // A temporary file that was renamed or removed since the folder was listed.
      return FileVisitResult.CONTINUE;
    }
    return FileVisitResult.CONTINUE;
  }

  /** Whether this process's user owns it; root may change what is others', but must not. */
  static boolean ownedByUs(Path path) throws IOException {
    return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS)
        .equals(Files.getOwner(Path.of("/proc/self")));
  }
}
