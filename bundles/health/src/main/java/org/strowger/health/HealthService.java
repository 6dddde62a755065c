package org.strowger.health;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.HealthChecker;
import org.strowger.api.HealthListener;
import org.strowger.api.HealthState;
import org.strowger.api.HealthTable;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;

/**
 * The health checker: one timer thread that starts each look when it is due, a virtual thread for
 * each look under way. {@link #apply} runs on the director's thread; results come on the looks' own
 * threads, and on the timer's if their time has passed.
 */
final class HealthService implements HealthChecker, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);

  private static final HealthListener NOBODY =
      new HealthListener() {
        @Override
        public void on(ProbeId probe, ProbeState state) {}

        @Override
        public void maintenance(Set<String> names) {}
      };

  private final InstantSource clock;
  private final CheckShelf shelf = new CheckShelf();
  private final Lateness lateness = new Lateness();
  private final Slots slots;
  private final MaintenanceFolder folder;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("health-timer").daemon().factory());

  private final Map<ProbeId, Probing> probes = new ConcurrentHashMap<>();
  private volatile HealthListener listener = NOBODY;
  private volatile boolean closed;

  /**
   * @param state folder that relative paths are relative to
   * @param running most looks under way at once
   */
  HealthService(InstantSource clock, Path state, int running) {
    this.clock = clock;
    this.slots = new Slots(running);
    this.folder = new MaintenanceFolder(state, names -> listener.maintenance(names));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  void add(CheckProvider provider) {
    shelf.add(provider);
  }

  void remove(CheckProvider provider) {
    shelf.remove(provider);
  }

  @Override
  public synchronized void apply(HealthTable table, HealthListener told) {
    boolean news = !told.equals(listener);
    listener = told;
    folder.watch(table.maintenanceFolder(), news);
    Set<ProbeId> wanted = new HashSet<>();
    Map<String, HealthTable.Probe> checks = new HashMap<>();
    int fresh = 0;
    for (HealthTable.Probe probe : table.probes()) {
      wanted.add(probe.id());
      checks.put(probe.id().check(), probe);
      Optional<ProbeState> known = Optional.ofNullable(table.known().get(probe.id()));
      Probing present = probes.get(probe.id());
      if (present == null) {
        Probing added =
            new Probing(probe, known.orElseGet(() -> ProbeState.pending(clock.instant())));
        probes.put(probe.id(), added);
        schedule(added, System.nanoTime() + firstDelay(probe, fresh++));
      } else {
        known.ifPresent(present::learn);
        edit(present, probe);
      }
    }
    shelf.retain(checks);
    probes.forEach(
        (id, probing) -> {
          if (!wanted.contains(id)) {
            probing.remove();
            probes.remove(id);
          } else if (news) {
            tellWhatIsKnown(probing);
          }
        });
  }

  private void tellWhatIsKnown(Probing probing) {
    synchronized (probing) { // a result that comes meanwhile is told after this
      if (probing.state().looks() > 0) {
        listener.on(probing.wanted().id(), probing.state());
      }
    }
  }

  /** First looks come soon, but not all at once. */
  private static long firstDelay(HealthTable.Probe probe, int earlier) {
    long spread = TimeUnit.SECONDS.toNanos(1) * (earlier + 1L) / Limits.FIRST_LOOKS_A_SECOND;
    long most = Math.min(spread, probe.check().interval().toNanos());
    return ThreadLocalRandom.current().nextLong(Math.max(1, most));
  }

  /** A shorter cadence begins now, a longer one after the look that is due. */
  private void edit(Probing probing, HealthTable.Probe probe) {
    if (probing.wanted().equals(probe)) {
      return;
    }
    probing.wanted(probe);
    long soonest = System.nanoTime() + Judge.delay(probe.check(), probing.state()).toNanos();
    if (soonest - probing.due() < 0) {
      schedule(probing, soonest);
    }
  }

  private void schedule(Probing probing, long nanos) {
    synchronized (probing) { // or the look may be over before its own timer is noted
      if (closed) {
        return;
      }
      try {
        long delay = nanos - System.nanoTime();
        probing.due(nanos, timer.schedule(() -> due(probing), delay, TimeUnit.NANOSECONDS));
      } catch (RejectedExecutionException closing) { // nobody asks any more
        if (!closed) {
          throw closing;
        }
      }
    }
  }

  private void scheduleNext(Probing probing) {
    Duration delay = Judge.delay(probing.wanted().check(), probing.state());
    long nanos = delay.toNanos();
    if (probing.state().looks() > 1 && probing.shift()) {
      // Those that were first looked at together do not march in step for ever.
      nanos = nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1);
    }
    schedule(probing, Math.max(probing.due() + nanos, System.nanoTime()));
  }

  /** On the timer's thread. */
  private void due(Probing probing) {
    try {
      if (!probing.claim()) {
        stillRunning(probing);
        return;
      }
      Optional<CheckShelf.Made> check = shelf.of(probing.wanted().check());
      if (check.isEmpty()) { // no bundle offers its type now: what is known stands
        probing.release();
        schedule(
            probing,
            System.nanoTime() + Judge.delay(probing.wanted().check(), probing.state()).toNanos());
        return;
      }
      slots.take(new Slots.Waiting(probing.due(), () -> start(probing, check.get())));
    } catch (RuntimeException | LinkageError | AssertionError thrown) { // a third party's code
      probing.release();
      fault(probing, "the check cannot be made: " + thrown);
      scheduleNext(probing);
    }
  }

  private void stillRunning(Probing probing) {
    Look before = probing.look();
    if (before == null || !before.begun()) {
      return; // it waits for a slot; when it has ended the next one is due
    }
    long now = System.nanoTime();
    Duration over = before.since(now).minus(before.target().timeout());
    if (over.compareTo(Limits.ENDING) < 0) {
      schedule(probing, now + Limits.ENDING.toNanos() / 200); // it is about to end
      return;
    }
    fault(probing, "the look has been running for " + before.since(now).toSeconds() + " s");
    scheduleNext(probing);
  }

  /** With a slot taken; false if there is nothing to start. */
  private boolean start(Probing probing, CheckShelf.Made check) {
    if (probing.removed() || closed) {
      probing.release();
      return false;
    }
    HealthTable.Probe probe = probing.wanted();
    Optional<InetAddress> source = probe.check().source();
    CheckTarget target =
        new CheckTarget(
            probe.real(),
            probe.id().address(),
            probe.id().port(),
            source,
            probe.weight(),
            probe.paths(),
            probe.check().timeout());
    Look look = new Look(check, target, probing.due());
    probing.look(look);
    Thread.ofVirtual()
        .name("check-" + probe.id().check() + "-" + probe.real())
        .start(() -> run(probing, look));
    return true;
  }

  /** On the look's own thread. */
  private void run(Probing probing, Look look) {
    long began = System.nanoTime();
    lateness.started(look.begin(began), began);
    try {
      var expiry =
          timer.schedule(
              () -> expire(probing, look), look.target().timeout().toNanos(), TimeUnit.NANOSECONDS);
      CheckResult result = Objects.requireNonNull(look.check().check().run(look.target()), "null");
      expiry.cancel(false);
      answer(probing, look, result);
    } catch (InterruptedException interrupted) {
      answerFault(probing, look, "the check was interrupted");
    } catch (VirtualMachineError fatal) {
      answerFault(probing, look, "the check threw " + fatal);
      throw fatal;
    } catch (RejectedExecutionException closing) { // this bundle goes: nobody asks any more
      answerFault(probing, look, "the health checker is stopping");
    } catch (Throwable thrown) { // a third party's code: no evidence about the real server
      answerFault(probing, look, "the check threw " + thrown);
    } finally {
      look.end();
      probing.release();
      slots.give();
    }
  }

  /** On the timer's thread. */
  private void expire(Probing probing, Look look) {
    String text = "no result within " + look.target().timeout().toMillis() + " ms";
    answer(probing, look, CheckResult.failed(CheckOutcome.TIMEOUT, text));
    look.interrupt();
  }

  private void answer(Probing probing, Look look, CheckResult result) {
    if (!look.answer()) {
      return;
    }
    try {
      take(probing, look, result);
    } finally {
      scheduleNext(probing);
    }
  }

  private void take(Probing probing, Look look, CheckResult result) {
    synchronized (probing) {
      boolean evidence = result.passed() || shelf.offers(look.check());
      if (!probing.removed() && evidence) { // a check whose bundle goes may fail because of that
        ProbeState before = probing.state();
        Duration latency = look.since(System.nanoTime());
        ProbeState after =
            Judge.judged(probing.wanted().check(), before, result, clock.instant(), latency);
        probing.state(after);
        tell(probing, before, after);
      }
    }
  }

  private void answerFault(Probing probing, Look look, String text) {
    if (look.answer()) {
      if (shelf.offers(look.check())) {
        fault(probing, text);
      }
      scheduleNext(probing);
    }
  }

  private void fault(Probing probing, String text) {
    synchronized (probing) {
      ProbeState before = probing.state();
      probing.faulted(text.substring(0, Math.min(text.length(), CheckResult.MAX_TEXT)));
      tell(probing, before, probing.state());
    }
  }

  /** With the probing's lock, so that the director hears of its states in order. */
  private void tell(Probing probing, ProbeState before, ProbeState after) {
    if (closed || !Judge.decides(before, after)) {
      return;
    }
    try {
      listener.on(probing.wanted().id(), after);
    } catch (RuntimeException | LinkageError thrown) { // a director being replaced: it is told anew
      LOG.atWarn().setCause(thrown).log("a verdict was not taken");
    }
  }

  @Override
  public HealthReport report() {
    Map<ProbeId, ProbeState> states = new HashMap<>();
    probes.forEach((id, probing) -> states.put(id, probing.state()));
    long now = System.nanoTime();
    return new HealthReport(
        new HealthState(
            states.size(),
            slots.running(),
            slots.limit(),
            lateness.looks(),
            lateness.stalls(),
            Math.max(lateness.stalledSeconds(now), slots.waitingSeconds(now)),
            lateness.percentile99Micros()),
        states);
  }

  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
    folder.close();
    probes.values().forEach(Probing::remove);
  }
}
