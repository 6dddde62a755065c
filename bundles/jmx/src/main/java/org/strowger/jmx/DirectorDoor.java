package org.strowger.jmx;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Director;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Snapshot;
import org.strowger.api.UpgradeStatus;

/**
 * The way to the director, which may be away for a moment while its bundle is being updated: reads
 * answer from the last snapshot seen then, writes wait a little for the new one. Any thread.
 */
final class DirectorDoor {
  /** How long a write waits for a director that is being updated, in milliseconds. */
  static final int ABSENCE_MILLIS = 3_000;

  /** How long a write waits for its answer, in milliseconds. */
  static final int ANSWER_MILLIS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(DirectorDoor.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition();
  private volatile @Nullable Director director;
  private volatile @Nullable Snapshot last;
  private volatile @Nullable InServiceUpgrade upgrade;
  private volatile UpgradeStatus lastStatus = UpgradeStatus.NONE;

  void open(Director present) {
    lock.lock();
    try {
      director = present;
      came.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets this director, unless another one has come already. */
  @SuppressWarnings("ReferenceEquality") // which service object it is, not what it equals
  void close(Director gone) {
    lock.lock();
    try {
      Director present = director;
      if (present == gone) {
        last = present.snapshot();
        director = null;
      }
    } finally {
      lock.unlock();
    }
  }

  void upgradeCame(InServiceUpgrade present) {
    upgrade = present;
  }

  void upgradeWent(InServiceUpgrade gone) {
    if (gone.equals(upgrade)) { // a replacement comes before the old one goes
      upgrade = null;
    }
  }

  /** Where the in-service upgrade stands, or stood when it was seen last. */
  UpgradeStatus upgradeStatus() {
    InServiceUpgrade present = upgrade;
    if (present != null) {
      lastStatus = present.status();
    }
    return lastStatus;
  }

  /** The in-service upgrade, if its bundle is there. */
  InServiceUpgrade upgrade() {
    InServiceUpgrade present = upgrade;
    if (present == null) {
      throw new IllegalStateException("busy: the bundle upgrade is being updated; try again");
    }
    return present;
  }

  /** The latest moment, or the last one seen while there is no director. */
  Snapshot snapshot() {
    return latest().orElseThrow(() -> new IllegalStateException("the director is not there yet"));
  }

  /** The latest moment; empty before there ever was a director. */
  Optional<Snapshot> latest() {
    Director present = director;
    if (present != null) {
      last = present.snapshot();
    }
    return Optional.ofNullable(last);
  }

  /** The director, waited for if it is being updated. */
  Director director() {
    Director present = director;
    return present != null ? present : await();
  }

  /**
   * Applies all or none, for the user who calls.
   *
   * @return one sentence of what was done
   * @throws IllegalArgumentException if the changes were rejected
   * @throws IllegalStateException if they could not be applied now
   */
  String change(List<Change> changes) {
    return change(changes, "", Optional.empty());
  }

  /**
   * The same with a comment for the history.
   *
   * @param confirm time in which it is to be confirmed, or it is taken back
   */
  String change(List<Change> changes, String comment, Optional<Duration> confirm) {
    ChangeSet set = new ChangeSet(Caller.origin(), OptionalLong.empty(), changes, comment, confirm);
    ChangeResult result = answer(director().apply(set));
    return switch (result) {
      case ChangeResult.Committed done -> done.text();
      case ChangeResult.Rejected rejected -> throw new IllegalArgumentException(rejected.text());
      case ChangeResult.Conflict conflict -> throw new IllegalStateException(conflict.text());
      case ChangeResult.Busy busy -> throw new IllegalStateException(busy.text());
    };
  }

  private static ChangeResult answer(CompletionStage<ChangeResult> pending) {
    try {
      return pending.toCompletableFuture().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "busy: no answer within " + ANSWER_MILLIS + " ms; it may still be applied", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; it may still be applied", e);
    } catch (ExecutionException e) {
      // Logged here and not handed on: the client does not know the classes of its cause.
      LOG.error("the director failed to answer a change", e.getCause());
      throw new IllegalStateException("the director failed; its log says why");
    }
  }

  private Director await() {
    long left = TimeUnit.MILLISECONDS.toNanos(ABSENCE_MILLIS);
    lock.lock();
    try {
      while (director == null && left > 0) {
        left = came.awaitNanos(left);
      }
      Director present = director;
      if (present == null) {
        throw new IllegalStateException("busy: the director is being updated; try again");
      }
      return present;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }
}
