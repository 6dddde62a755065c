package org.strowger.configfile;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * Tells when something happened to one file. Watches its folder, as an editor that renames a new
 * file over the old one leaves a watch of the file itself behind.
 */
final class FolderWatch implements AutoCloseable {
  /** What else happens in the folder, a log that grows say, costs ten looks a second at most. */
  private static final long PAUSE_MILLIS = 100;

  private final Path file;
  private final Runnable changed;
  private final WatchService service;
  private final Thread thread;

  /**
   * Watches from now on; {@code changed} is called on a thread of its own.
   *
   * @throws IOException if the folder is not there or the system gives no more watches
   */
  FolderWatch(Path file, Runnable changed) throws IOException {
    this.file = file;
    this.changed = changed;
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is in no folder");
    }
    this.service = folder.getFileSystem().newWatchService();
    try {
      folder.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      service.close();
      throw e;
    }
    this.thread = Thread.ofVirtual().name("configfile-watch").start(this::watch);
  }

  private void watch() {
    try {
      for (boolean valid = true; valid; ) {
        WatchKey key = service.take();
        Thread.sleep(PAUSE_MILLIS);
        if (key.pollEvents().stream().anyMatch(this::concerns)) {
          changed.run();
        }
        valid = key.reset();
      }
    } catch (ClosedWatchServiceException | InterruptedException e) {
      // Closed: this is how the thread ends.
      Thread.currentThread().interrupt();
    }
  }

  private boolean concerns(WatchEvent<?> event) {
    // After an overflow there is no name: anything may have happened.
    return !(event.context() instanceof Path name) || name.equals(file.getFileName());
  }

  @Override
  public void close() throws IOException {
    service.close();
    thread.interrupt();
  }
}
