package org.strowger.bpf;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that does one thing again and again until it is closed. A failure is told and logged
 * when it begins, and its end is told; the thread goes on.
 */
final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration JOIN = Duration.ofSeconds(10);

  /** Answers how long to wait until the next time. */
  interface Task {
    Duration run() throws IOException;
  }

  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Thread thread;
  private final Task task;
  private final Consumer<String> failure;
  private boolean failed;

  /**
   * @param failure told why it fails, and an empty text when it does not any more
   */
  Worker(String name, Task task, Consumer<String> failure) {
    this.task = task;
    this.failure = failure;
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  Worker start() {
    thread.start();
    return this;
  }

  private void run() {
    while (running.get()) {
      Duration pause = once();
      try {
        Thread.sleep(pause);
      } catch (InterruptedException closed) {
        return; // only close() interrupts
      }
    }
  }

  private Duration once() {
    try {
      Duration pause = task.run();
      if (failed) {
        failed = false;
        LOG.atInfo().log("{} works again", thread.getName());
        failure.accept("");
      }
      return pause;
    } catch (IOException | RuntimeException e) {
      if (!failed && running.get()) {
        failed = true;
        LOG.atError().setCause(e).log("{} failed, and goes on trying", thread.getName());
        failure.accept(String.valueOf(e.getMessage()));
      }
      return AFTER_FAILURE;
    }
  }

  /** Waits until it has ended, so that nothing is used that is closed next. */
  @Override
  public void close() {
    running.set(false);
    thread.interrupt();
    try {
      if (!thread.join(JOIN)) {
        LOG.atWarn().log("{} did not end in {}", thread.getName(), JOIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
