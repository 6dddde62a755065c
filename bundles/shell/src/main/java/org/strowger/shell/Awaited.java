package org.strowger.shell;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A service that may be away for a moment while its bundle is being updated. Any thread. */
final class Awaited<T> {
  /** How long a command waits for it, in milliseconds. */
  static final int ABSENCE_MILLIS = 3_000;

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition();
  private @Nullable T present;

  /**
   * @param name for messages: {@code the director}
   */
  Awaited(String name) {
    this.name = name;
  }

  void came(T service) {
    lock.lock();
    try {
      present = service;
      came.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets this one, unless another one has come already. */
  @SuppressWarnings("ReferenceEquality") // which service object it is, not what it equals
  void went(T service) {
    lock.lock();
    try {
      if (present == service) {
        present = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The service, if it is there now. */
  Optional<T> now() {
    lock.lock();
    try {
      return Optional.ofNullable(present);
    } finally {
      lock.unlock();
    }
  }

  /** The service, waited for. */
  T get() {
    long left = TimeUnit.MILLISECONDS.toNanos(ABSENCE_MILLIS);
    lock.lock();
    try {
      while (present == null && left > 0) {
        left = came.awaitNanos(left);
      }
      T found = present;
      if (found == null) {
        throw CommandFailure.busy(
            "busy: " + name + " is not there now; if its bundle is being updated, try again");
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.busy("busy: interrupted while waiting for " + name);
    } finally {
      lock.unlock();
    }
  }
}
