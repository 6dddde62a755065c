package org.strowger.health;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.HealthChecker;

/**
 * Looks into the maintenance folder about once a second, on a thread of its own: a disk that hangs
 * holds up nothing else. A folder that cannot be read tells nothing: what it told last stands.
 */
final class MaintenanceFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceFolder.class);

  private final Path state;
  private final Consumer<Set<String>> told;
  private final ScheduledExecutorService looker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("health-maintenance").daemon().factory());

  private volatile Optional<Path> watched = Optional.empty();
  private volatile Optional<Set<String>> last = Optional.empty();
  private boolean looking;
  private boolean unreadable;

  MaintenanceFolder(Path state, Consumer<Set<String>> told) {
    this.state = state;
    this.told = told;
  }

  /**
   * @param again the listener is a new one and is told in any case
   */
  void watch(Optional<Path> folder, boolean again) {
    Optional<Path> wanted = folder.map(state::resolve);
    if (again || !wanted.equals(watched)) {
      watched = wanted;
      last = Optional.empty();
      if (wanted.isEmpty()) {
        told.accept(Set.of());
      }
    }
    if (wanted.isPresent() && !looking) {
      looking = true;
      var _ =
          looker.scheduleWithFixedDelay(
              this::look, 0, Limits.FOLDER_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    Optional<Path> folder = watched;
    if (folder.isEmpty()) {
      return;
    }
    try {
      Set<String> names = names(folder.get());
      unreadable = false;
      if (!Optional.of(names).equals(last) && folder.equals(watched)) {
        last = Optional.of(names);
        told.accept(names);
      }
    } catch (IOException | DirectoryIteratorException | SecurityException thrown) {
      if (!unreadable) {
        LOG.atError().addKeyValue("folder", folder.get()).setCause(thrown).log("not readable");
      }
      unreadable = true;
    } catch (RuntimeException thrown) { // a director being replaced: the next look
      LOG.atWarn().setCause(thrown).log("maintenance not told");
      last = Optional.empty();
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (names.size() >= HealthChecker.MAX_MAINTENANCE) {
          LOG.atError().addKeyValue("folder", folder).log("more files than are read");
          break;
        }
        names.add(String.valueOf(file.getFileName()));
      }
    } catch (NoSuchFileException none) { // nobody is in maintenance
      return Set.of();
    }
    return Set.copyOf(names);
  }

  @Override
  public void close() {
    looker.shutdownNow();
  }
}
