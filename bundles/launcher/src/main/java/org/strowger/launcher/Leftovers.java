package org.strowger.launcher;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What directors leave in their state folder, by name: an operator may keep files of his own there
 * (passphrases, for one), and may name a wrong folder.
 */
final class Leftovers {
  private static final String LOCK = "lock";
  private static final String REVISIONS = "revisions";

  /** Folders that are the director's with all that is in them. */
  private static final List<String> FOLDERS =
      List.of(REVISIONS, "bundle-cache", "bundles", "dropin", "upgrade");

  /** Folders in which some files are the director's, and patterns of their names. */
  private static final List<Some> SOME =
      List.of(
          new Some("log", "*.log"),
          new Some("snmp", "{engine,engine.*,.engine*}"),
          new Some("", "shell.sock"));

  private static final String SOCKET_FOLDER = ".sh[0-9]*"; // of a start of the shell cut short

  /** What a lock file says: the process that holds it, or held it; nothing when cut short. */
  private static final Pattern PROCESS = Pattern.compile("[0-9]{0,10}\\s*");

  private static final int LONGEST_LOCK = 20;

  private final Path state;

  private record Some(String folder, String names) {}

  Leftovers(Path state) {
    this.state = state;
  }

  /** Whether a director has lived here, or nobody has. */
  boolean ofADirector() throws IOException {
    Path lock = state.resolve(LOCK);
    if (Files.isDirectory(state.resolve(REVISIONS), LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
      return Files.size(lock) <= LONGEST_LOCK && PROCESS.matcher(Files.readString(lock)).matches();
    }
    try (Stream<Path> files = Files.list(state)) {
      return files.findAny().isEmpty();
    }
  }

  /** Takes from others what they may do with these. */
  void tighten() throws IOException {
    for (String name : FOLDERS) {
      OwnerOnly.tightenAll(state.resolve(name));
    }
    for (Some some : SOME) {
      Path folder = state.resolve(some.folder());
      if (!some.folder().isEmpty() && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        OwnerOnly.tightenAll(folder);
      }
    }
    OwnerOnly.tightenAll(state.resolve("demo")); // the demo removes its secrets itself
    OwnerOnly.tightenAll(state.resolve(LOCK));
  }

  /** Deletes them, but for the lock, which is held. */
  void delete() throws IOException {
    for (String name : FOLDERS) {
      deleteAll(state.resolve(name));
    }
    for (Some some : SOME) {
      Path folder = state.resolve(some.folder());
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        deleteMatching(folder, some.names());
        if (!some.folder().isEmpty()) {
          deleteIfEmpty(folder);
        }
      }
    }
    deleteMatching(state, SOCKET_FOLDER);
  }

  private static void deleteMatching(Path folder, String names) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
      for (Path file : files) {
        deleteAll(file);
      }
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      // Somebody else's files are in it: they stay, and it with them.
      return;
    }
  }

  /** A link is deleted itself, not what it leads to. */
  private static void deleteAll(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
