package org.strowger.director;

import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Director;
import org.strowger.api.Snapshot;

/**
 * The snapshot that was taken last, given out until it is {@value Director#SNAPSHOT_AGE_MILLIS} ms
 * old or the director published something newer. Who asks for it in the second half of that time
 * has the next one taken beside him: so who asks often, as a NOC that polls, does not wait the
 * milliseconds that ten thousand real servers take; and while nobody asks nothing is taken. Any
 * thread.
 */
final class RecentSnapshot {
  private static final int AHEAD_MILLIS = Director.SNAPSHOT_AGE_MILLIS / 2;

  private final Function<Instant, Snapshot> taker;
  private final LongSupplier version;
  private final Executor beside;
  private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();
  private final AtomicBoolean taking = new AtomicBoolean();

  /**
   * @param taker takes a snapshot, at the moment it is told
   * @param version the version that is published now
   * @param beside runs what nobody waits for
   */
  RecentSnapshot(Function<Instant, Snapshot> taker, LongSupplier version, Executor beside) {
    this.taker = taker;
    this.version = version;
    this.beside = beside;
  }

  /** Something happened that the next one who asks has to see. */
  void forget() {
    latest.set(null);
  }

  Snapshot at(Instant now) {
    Snapshot present = latest.get();
    if (present != null && present.version() == version.getAsLong()) {
      // A clock that was set back makes it no younger.
      long age = Math.abs(now.toEpochMilli() - present.taken().toEpochMilli());
      if (age < Director.SNAPSHOT_AGE_MILLIS) {
        if (age >= AHEAD_MILLIS) {
          takeBeside(present, now);
        }
        return present;
      }
    }
    Snapshot taken = Objects.requireNonNull(taker.apply(now), "a snapshot");
    latest.set(taken);
    return taken;
  }

  private void takeBeside(Snapshot present, Instant now) {
    if (!taking.compareAndSet(false, true)) {
      return;
    }
    try {
      beside.execute(
          () -> {
            try {
              // What was forgotten or taken meanwhile is newer than what is taken here.
              latest.compareAndSet(present, taker.apply(now));
            } finally {
              taking.set(false);
            }
          });
    } catch (RuntimeException | Error e) {
      taking.set(false);
      throw e;
    }
  }
}
