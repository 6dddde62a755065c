package org.strowger.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The writable folder of one director, held by a lock for as long as the process lives: the kernel
 * releases it however the process ends.
 */
final class StateFolder implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final Set<OpenOption> LOCK_OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path path;
  private final FileChannel channel;

  private StateFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes the folder where there is none, closes it to all but its owner, and locks it.
   *
   * @param fresh whether to forget what an earlier director left in it
   */
  static StateFolder open(Path path, boolean fresh) throws StartFailure {
    try {
      Files.createDirectories(path, OwnerOnly.FOLDER);
      Leftovers leftovers = new Leftovers(path);
      checkWhose(path, leftovers.ofADirector(), fresh);
      if (OwnerOnly.ownedByUs(path)) {
        OwnerOnly.tighten(path);
      }
      StateFolder state = new StateFolder(path, lock(path));
      if (fresh) {
        leftovers.delete();
      }
      leftovers.tighten();
      for (String name : List.of("log", "bundle-cache", "snmp")) {
        Files.createDirectories(path.resolve(name), OwnerOnly.FOLDER);
      }
      return state;
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure("The state folder " + path + " cannot be written: " + reason(e) + ".");
    }
  }

  /** A wrong word must not cost files, nor shut others out of a folder all use. */
  private static void checkWhose(Path path, boolean ofADirector, boolean fresh)
      throws StartFailure, IOException {
    if (ofADirector) {
      return;
    }
    if (fresh) {
      throw new StartFailure(
          "The folder "
              + path
              + " is not a director's state folder: it has other files and neither a lock nor"
              + " revisions; --fresh deletes nothing there.");
    }
    boolean forAll = Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE);
    if (forAll || path.getNameCount() <= 1) {
      throw new StartFailure(
          "The folder "
              + path
              + " is used by others: give the director a state folder of its own.");
    }
  }

  private static FileChannel lock(Path path) throws IOException, StartFailure {
    Path lockFile = path.resolve(LOCK);
    FileChannel channel = FileChannel.open(lockFile, LOCK_OPTIONS, OwnerOnly.FILE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      String pid = Files.readString(lockFile).strip();
      channel.close();
      throw new StartFailure(
          "Another director (process " + pid + ") runs in the state folder " + path + ".");
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    return channel.tryLock();
  }

  /** In words: the messages of these exceptions are only the path. */
  private static String reason(Exception e) {
    return switch (e) {
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          reason(wrapped.getCause());
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case FileAlreadyExistsException file -> file.getFile() + " is not a folder";
      case NoSuchFileException missing -> missing.getFile() + " cannot be made";
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> e.toString();
    };
  }

  /** Closes the files that others made in the folder, the log's for one, to all but the owner. */
  void tighten() throws StartFailure {
    try {
      new Leftovers(path).tighten();
    } catch (IOException e) {
      throw new StartFailure(
          "The state folder " + path + " cannot be closed to other users: " + reason(e) + ".");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
