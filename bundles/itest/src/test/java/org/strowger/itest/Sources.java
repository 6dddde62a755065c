package org.strowger.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The repository's own files, as the rules of the house look at them. */
final class Sources {
  /** A file with its path below the repository. */
  record Source(String path, List<String> lines) {
    boolean main() {
      return path.contains("/src/main/java/");
    }

    /** The bundle it belongs to, or the empty text. */
    String bundle() {
      String[] parts = path.split("/");
      return parts.length > 1 && parts[0].equals("bundles") ? parts[1] : "";
    }

    String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private Sources() {}

  /** The repository's folder: the nearest one above that holds the mibs and the bundles. */
  static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("felix-config"))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException("not inside the repository: " + Path.of("").toAbsolutePath());
    }
    return at;
  }

  /** All Java sources, tests included, that are not generated. */
  static List<Source> java() {
    Path root = root();
    try (Stream<Path> files = Files.walk(root.resolve("bundles"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .map(file -> new Source(root.relativize(file).toString(), read(file)))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
