package org.strowger.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The assembled distribution: the very folder that {@code ./strowger run} starts. */
public final class Distribution {
  private final Path repository;
  private final Path home;

  private Distribution(Path repository, Path home) {
    this.repository = repository;
    this.home = home;
  }

  /**
   * The distribution of the repository that the current folder is in.
   *
   * @throws IllegalStateException if it has not been built
   */
  public static Distribution ofThisRepository() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("felix-config"))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException("not inside the repository");
    }
    Path target = at.resolve("appliance-image/target");
    try (Stream<Path> folders = Files.list(target)) {
      Path home =
          folders
              .filter(f -> f.getFileName().toString().startsWith("strowger-"))
              .filter(Files::isDirectory)
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no distribution in " + target));
      return new Distribution(at, home);
    } catch (IOException notBuilt) {
      throw new IllegalStateException("no distribution in " + target, notBuilt);
    }
  }

  public Path repository() {
    return repository;
  }

  public Path home() {
    return home;
  }

  /** The jar of a bundle of the list. */
  public Path bundle(String name) {
    return home.resolve("bundles").resolve(name + ".jar");
  }

  /** The sources of one of our bundles. */
  public Path sources(String directory) {
    return repository.resolve("bundles").resolve(directory).resolve("src/main/java");
  }

  /** The {@code java} that runs this test. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
