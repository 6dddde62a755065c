package org.strowger.director;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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
 * #QUARANTINE_AFTER} faults in a row not asked again until its bundle is replaced. One that does
 * not come back within {@link #PATIENCE_MILLIS} is not asked again at once, and interrupted.
 *
 * <p>Calls are serialised by its own lock, for the chooser before a change of the table may still
 * be asked while the one after it already is. Who finds the lock held for longer than a call may
 * take chooses by the rotation instead of waiting.
 */
final class GuardedScheduler {
  /** Faults in a row after which a scheduler is not asked any more. */
  static final int QUARANTINE_AFTER = 10;

  /** Time one call may take, in nanoseconds. */
  static final long BUDGET_NANOS = 10_000_000;

  /** Time after which a call that has not come back is interrupted. */
  static final int PATIENCE_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(GuardedScheduler.class);

  private final String service;
  private final String name;
  private final @Nullable Scheduler scheduler;
  private final RandomGenerator random;
  private final Runnable wake;
  private final ReentrantLock lock = new ReentrantLock();

  /** Picks and all else; and those of the one made by {@link #ahead}, on another thread. */
  private final WatchedCall call;

  private final WatchedCall callAhead;
  private @Nullable RealServerView seen;
  private final AtomicInteger turn = new AtomicInteger(-1);
  private int faultsInARow;
  private volatile long evictions;
  private final AtomicLong invocations = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean quarantined;

  /**
   * @param scheduler null if none is offered under that name: the rotation decides
   * @param wake told when the scheduler is quarantined
   * @param watch looks after calls that do not come back
   */
  GuardedScheduler(
      String service,
      String name,
      @Nullable Scheduler scheduler,
      RandomGenerator random,
      Runnable wake,
      CallWatch watch) {
    this.wake = wake;
    this.service = service;
    this.name = name;
    this.scheduler = scheduler;
    this.random = random;
    String what = "scheduler " + name + " of " + service;
    this.call = watch.watch(new WatchedCall(what, PATIENCE_MILLIS, this::overdue));
    this.callAhead = watch.watch(new WatchedCall(what, PATIENCE_MILLIS, this::overdue));
  }

  /** One that is picked from instead of another. */
  private GuardedScheduler(GuardedScheduler of, @Nullable Scheduler copy) {
    this.wake = () -> {};
    this.service = of.service;
    this.name = of.name;
    this.scheduler = copy;
    this.random = of.random;
    this.call = of.callAhead;
    this.callAhead = of.callAhead;
    this.seen = of.seen;
    this.turn.set(of.turn.get());
  }

  private void overdue() {
    failures.incrementAndGet();
    quarantined = true;
    wake.run();
  }

  /** Whether the lock was had; not if a call under it takes longer than one may. */
  private boolean enter() {
    if (lock.tryLock()) {
      return true;
    }
    if (call.taken(System.nanoTime()) > BUDGET_NANOS) {
      return false;
    }
    try {
      return lock.tryLock(BUDGET_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The scheduler's choice, or the rotation's; an eligible index or {@link Scheduler#NONE}. */
  int pick(Flow flow, RealServerView reals) {
    Scheduler asked = scheduler;
    if (asked == null || quarantined) {
      return rotate(reals);
    }
    if (!enter()) {
      failures.incrementAndGet();
      return rotate(reals);
    }
    invocations.lazySet(invocations.get() + 1); // one writer: the lock's holder
    long start = System.nanoTime();
    call.begin(start);
    try {
      if (!reals.equals(seen)) {
        asked.changed(reals); // may fill a large table: not part of the budget of a pick
        seen = reals;
        start = System.nanoTime();
      }
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
    } finally {
      leave();
    }
  }

  private void leave() {
    call.end();
    lock.unlock();
  }

  /** What {@link #pick} would answer, without effect. */
  int preview(Flow flow, RealServerView reals) {
    Scheduler asked = scheduler;
    if (asked == null || quarantined || !enter()) {
      return next(reals, turn.get());
    }
    call.begin(System.nanoTime());
    try {
      show(asked, reals);
      Scheduler copy = asked.copy();
      int index = copy.pick(flow, reals, random);
      return acceptable(index, reals) ? index : Scheduler.NONE;
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError thrown) {
      LOG.atWarn().addKeyValue("scheduler", name).setCause(thrown).log("cannot be previewed");
      return Scheduler.NONE;
    } finally {
      leave();
    }
  }

  private void show(Scheduler asked, RealServerView reals) {
    if (!reals.equals(seen)) {
      asked.changed(reals);
      seen = reals;
    }
  }

  /**
   * One that remembers the same and is picked from instead of this one, to see what it would
   * choose; the faults of its picks are this one's, by {@link #blame}. One at a time is at work.
   */
  GuardedScheduler ahead() {
    if (scheduler == null || quarantined || !enter()) {
      return new GuardedScheduler(this, null);
    }
    call.begin(System.nanoTime());
    try {
      return new GuardedScheduler(this, scheduler.copy());
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError thrown) {
      forget("cannot be copied", thrown);
      return new GuardedScheduler(this, null);
    } finally {
      leave();
    }
  }

  /** Takes over the faults of one made by {@link #ahead}. */
  void blame(GuardedScheduler copy) {
    long faults = copy.failures();
    if (faults > 0 && enter()) {
      try {
        failures.addAndGet(faults);
        faultsInARow = Math.max(faultsInARow, copy.faultsInARow);
        if (copy.quarantined && !quarantined) {
          quarantined = true;
          wake.run();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** The scheduler's table for this view; empty if it has none, or cannot be trusted with one. */
  Optional<LookupTable> table(RealServerView reals) {
    Scheduler asked = scheduler;
    if (asked == null || quarantined || !enter()) {
      return Optional.empty();
    }
    call.begin(System.nanoTime());
    try {
      show(asked, reals);
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
    } finally {
      leave();
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
    int index = next(reals, turn.get());
    if (index != Scheduler.NONE) {
      turn.set(index); // of two at once one is forgotten: a rotation may be a little uneven
    }
    return index;
  }

  private static int next(RealServerView reals, int after) {
    int size = reals.size();
    for (int step = 1; step <= size; step++) {
      int index = Math.floorMod(after + step, size);
      if (reals.weight(index) > 0 && reals.available(index)) {
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
  long evictions() {
    Scheduler asked = scheduler;
    if (asked == null || quarantined || !enter()) {
      return evictions;
    }
    call.begin(System.nanoTime());
    try {
      evictions = Math.max(evictions, asked.evictions());
    } catch (RuntimeException
        | LinkageError
        | AssertionError
        | StackOverflowError thrown) { // a third party's code
      LOG.atWarn().addKeyValue("scheduler", name).setCause(thrown).log("evictions not told");
    } finally {
      leave();
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
