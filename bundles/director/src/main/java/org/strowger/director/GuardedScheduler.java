package org.strowger.director;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Flow;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * A scheduler that cannot hurt: one that throws, answers with a stranger or is too slow is replaced
 * for that call by a rotation over the eligible real servers, counted, and after {@link
 * #QUARANTINE_AFTER} faults in a row not asked again until its bundle is replaced.
 *
 * <p>Calls are serialised by its own lock, for the chooser before a change of the table may still
 * be asked while the one after it already is.
 */
final class GuardedScheduler {
  /** Faults in a row after which a scheduler is not asked any more. */
  static final int QUARANTINE_AFTER = 10;

  /** Time one call may take, in nanoseconds. */
  static final long BUDGET_NANOS = 10_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(GuardedScheduler.class);

  private final String service;
  private final String name;
  private final @Nullable Scheduler scheduler;
  private final RandomGenerator random;
  private final Runnable wake;
  private @Nullable RealServerView seen;
  private int turn = -1;
  private int faultsInARow;
  private long evictions;
  private final AtomicLong invocations = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean quarantined;

  /**
   * @param scheduler null if none is offered under that name: the rotation decides
   * @param wake told when the scheduler is quarantined
   */
  GuardedScheduler(
      String service,
      String name,
      @Nullable Scheduler scheduler,
      RandomGenerator random,
      Runnable wake) {
    this.wake = wake;
    this.service = service;
    this.name = name;
    this.scheduler = scheduler;
    this.random = random;
  }

  /** The scheduler's choice, or the rotation's; an eligible index or {@link Scheduler#NONE}. */
  synchronized int pick(Flow flow, RealServerView reals) {
    Scheduler asked = scheduler;
    if (asked == null || quarantined) {
      return rotate(reals);
    }
    invocations.lazySet(invocations.get() + 1); // one writer: the lock's holder
    try {
      if (!reals.equals(seen)) {
        asked.changed(reals); // may fill a large table: not part of the budget of a pick
        seen = reals;
      }
      long start = System.nanoTime();
      int index = asked.pick(flow, reals, random);
      if (!acceptable(index, reals)) {
        forget("answered " + index + ", which is not eligible", null);
        return rotate(reals);
      }
      if (System.nanoTime() - start > BUDGET_NANOS) {
        // Its answer is as good as any, and what it remembers too.
        fault("took longer than " + BUDGET_NANOS / 1_000_000 + " ms", null);
      } else {
        faultsInARow = 0;
      }
      return index;
    } catch (VirtualMachineError fatal) {
      if (fatal instanceof StackOverflowError) {
        forget("overflowed the stack", fatal);
        return rotate(reals);
      }
      throw fatal;
    } catch (Throwable thrown) { // whatever a third party's code throws, traffic goes on
      forget("threw", thrown);
      return rotate(reals);
    }
  }

  /** What {@link #pick} would answer, without effect. */
  synchronized int preview(Flow flow, RealServerView reals) {
    Scheduler asked = scheduler;
    if (asked == null || quarantined) {
      int before = turn;
      int index = rotate(reals);
      turn = before;
      return index;
    }
    try {
      if (!reals.equals(seen)) {
        asked.changed(reals);
        seen = reals;
      }
      Scheduler copy = asked.copy();
      int index = copy.pick(flow, reals, random);
      return acceptable(index, reals) ? index : Scheduler.NONE;
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError thrown) {
      LOG.atWarn().addKeyValue("scheduler", name).setCause(thrown).log("cannot be previewed");
      return Scheduler.NONE;
    }
  }

  /**
   * One that remembers the same and is picked from instead of this one, to see what it would
   * choose; the faults of its picks are this one's, by {@link #blame}.
   */
  synchronized GuardedScheduler ahead() {
    GuardedScheduler copy =
        new GuardedScheduler(service, name, quarantined ? null : copied(), random, () -> {});
    copy.seen = seen;
    copy.turn = turn;
    return copy;
  }

  private @Nullable Scheduler copied() {
    try {
      return scheduler == null ? null : scheduler.copy();
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError thrown) {
      forget("cannot be copied", thrown);
      return null;
    }
  }

  /** Takes over the faults of one made by {@link #ahead}. */
  synchronized void blame(GuardedScheduler copy) {
    long faults = copy.failures();
    if (faults > 0) {
      failures.addAndGet(faults);
      faultsInARow = Math.max(faultsInARow, copy.faultsInARow);
      if (copy.quarantined && !quarantined) {
        quarantined = true;
        wake.run();
      }
    }
  }

  /** The scheduler's table for this view; empty if it has none, or cannot be trusted with one. */
  synchronized Optional<LookupTable> table(RealServerView reals) {
    Scheduler asked = scheduler;
    if (asked == null || quarantined) {
      return Optional.empty();
    }
    try {
      if (!reals.equals(seen)) {
        asked.changed(reals);
        seen = reals;
      }
      Optional<LookupTable> table = asked.table();
      if (table.isPresent()
          && table.get().owners().stream().anyMatch(i -> i < 0 || i >= reals.size())) {
        forget("has a table with strangers", null);
        return Optional.empty();
      }
      return table;
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError thrown) {
      forget("cannot make its table", thrown);
      return Optional.empty();
    }
  }

  private static boolean acceptable(int index, RealServerView reals) {
    return index == Scheduler.NONE
        || (index >= 0
            && index < reals.size()
            && reals.weight(index) > 0
            && reals.available(index));
  }

  /** Where the rotation chooses instead, the scheduler is told the list anew the next time. */
  private void forget(String what, @Nullable Throwable cause) {
    seen = null;
    fault(what + "; a rotation chose instead", cause);
  }

  private void fault(String what, @Nullable Throwable cause) {
    failures.incrementAndGet();
    faultsInARow++;
    if (faultsInARow == 1 || faultsInARow == QUARANTINE_AFTER) {
      LOG.atWarn()
          .addKeyValue("service", service)
          .addKeyValue("scheduler", name)
          .setCause(cause)
          .log("the scheduler {}", what);
    }
    if (faultsInARow >= QUARANTINE_AFTER) {
      quarantined = true;
      wake.run();
    }
  }

  /** Not to be asked at all: it could not even be made. */
  GuardedScheduler quarantine() {
    failures.incrementAndGet();
    quarantined = true;
    return this;
  }

  private int rotate(RealServerView reals) {
    int size = reals.size();
    for (int step = 1; step <= size; step++) {
      int index = Math.floorMod(turn + step, size);
      if (reals.weight(index) > 0 && reals.available(index)) {
        turn = index;
        return index;
      }
    }
    return Scheduler.NONE;
  }

  long invocations() {
    return invocations.get();
  }

  long failures() {
    return failures.get();
  }

  /** Entries of its table that it gave up; as counted last if it cannot tell. */
  synchronized long evictions() {
    if (scheduler != null && !quarantined) {
      try {
        evictions = Math.max(evictions, scheduler.evictions());
      } catch (RuntimeException | LinkageError thrown) { // a third party's code
        LOG.atWarn().addKeyValue("scheduler", name).setCause(thrown).log("evictions not told");
      }
    }
    return evictions;
  }

  boolean quarantined() {
    return quarantined;
  }

  String name() {
    return name;
  }
}
