package org.strowger.jmx;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Performance;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.SyncState;

/**
 * Keeps MBeans and connector as the director has them configured. One virtual thread reconciles:
 * when woken by an event, and every {@value #PASS_MILLIS} ms, so that a password file that appears
 * or a port that becomes free is noticed without a restart.
 */
final class JmxAgent {
  /** Longest time between two passes, in milliseconds. */
  static final int PASS_MILLIS = 2_000;

  /** How long stopping waits for its threads, in milliseconds. */
  private static final int STOP_MILLIS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(JmxAgent.class);

  private final DirectorDoor door = new DirectorDoor();
  private final Observed<Platform, PlatformState> platform = new Observed<>(Platform::state);
  private final Observed<PerformanceMonitor, Performance> performance =
      new Observed<>(PerformanceMonitor::performance);
  private final Observed<ConnectionSync, SyncState> sync = new Observed<>(ConnectionSync::state);
  private final Semaphore woken = new Semaphore(0);
  private final Access access;
  private final Notifier notifier;
  private final ObjectTree tree;
  private final Thread reconciler;
  private final Thread sender;
  private @Nullable Director subscribedTo;
  private @Nullable Subscription subscription;
  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;

  JmxAgent(MBeanServer beans, Access access) {
    this.access = access;
    Emitter director =
        new Emitter(
            new ManagedObject<>(DirectorObject.KIND, Optional::of, door, Notifier.COMMITS),
            Notifier.COMMITS);
    Emitter alarms =
        new Emitter(
            new ManagedObject<>(AlarmsObject.KIND, Optional::of, door, Notifier.ALARMS),
            Notifier.ALARMS);
    this.notifier = new Notifier(director, alarms);
    ManagedObject<?> connector =
        new ManagedObject<>(ConnectorObject.KIND, _ -> Optional.of(counted()), door);
    this.tree =
        new ObjectTree(
            beans,
            door,
            Map.of(
                ObjectTree.DIRECTOR,
                director,
                ObjectTree.ALARMS,
                alarms,
                ObjectTree.CONFIG,
                new ManagedObject<>(ConfigObject.KIND, Optional::of, door),
                ObjectTree.UPGRADE,
                new ManagedObject<>(
                    UpgradeObject.KIND, _ -> Optional.of(door.upgradeStatus()), door),
                ObjectTree.CONNECTOR,
                connector,
                ObjectTree.PLATFORM,
                new ManagedObject<>(
                    PlatformObject.KIND,
                    s -> platform.now().map(now -> new PlatformObject.View(now, s)),
                    door),
                ObjectTree.SYNC,
                new ManagedObject<>(
                    SyncObject.KIND,
                    s -> Optional.of(new SyncObject.View(s.configuration().sync(), synced())),
                    door),
                ObjectTree.PERFORMANCE,
                new ManagedObject<>(
                    PerformanceObject.KIND,
                    s -> performance.now().map(now -> new PerformanceObject.View(now, s)),
                    door)));
    this.reconciler = Thread.ofVirtual().name("jmx-reconcile").unstarted(this::reconcile);
    this.sender = Thread.ofVirtual().name("jmx-notify").unstarted(notifier::run);
  }

  void start() {
    reconciler.start();
    sender.start();
  }

  /** One sentence for the launcher. */
  String status() {
    return access.status();
  }

  Observed<ConnectionSync, SyncState> sync() {
    return sync;
  }

  /** Nothing while nobody tells: what is wanted can be read then too. */
  private SyncState synced() {
    return sync.now().orElse(SyncState.NONE);
  }

  Observed<Platform, PlatformState> platform() {
    return platform;
  }

  Observed<PerformanceMonitor, Performance> performance() {
    return performance;
  }

  void upgradeCame(InServiceUpgrade upgrade) {
    door.upgradeCame(upgrade);
  }

  void upgradeWent(InServiceUpgrade upgrade) {
    door.upgradeWent(upgrade);
  }

  synchronized void directorCame(Director director) {
    unsubscribe();
    door.open(director);
    subscribedTo = director;
    subscription = director.subscribe(this::on);
    woken.release();
  }

  @SuppressWarnings("ReferenceEquality") // which service object it is, not what it equals
  synchronized void directorWent(Director director) {
    if (subscribedTo == director) {
      unsubscribe();
    }
    door.close(director);
  }

  /** Frees the port and removes every MBean. */
  void stop() {
    end(reconciler);
    synchronized (this) {
      if (subscribedTo != null && !reported.isEmpty()) {
        subscribedTo.report("jmx", List.of()); // who is gone alarms nothing
      }
      unsubscribe();
    }
    end(sender);
    access.close();
    tree.removeAll();
  }

  private void unsubscribe() {
    if (subscription != null) {
      subscription.close();
    }
    subscription = null;
    subscribedTo = null;
  }

  /** Director's thread. */
  private void on(DirectorEvent event) {
    notifier.offer(event);
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  private void reconcile() {
    try {
      while (true) {
        pass();
        boolean early = woken.tryAcquire(PASS_MILLIS, TimeUnit.MILLISECONDS);
        LOG.trace("reconciling, woken by an event: {}", early);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass() {
    try {
      Optional<Snapshot> snapshot = door.latest();
      snapshot.ifPresent(tree::reconcile);
      // Before the first revision nothing is known yet: neither to open nor to close.
      snapshot
          .filter(now -> now.revision() > 0)
          .ifPresent(now -> access.reconcile(now.configuration().management().jmx()));
      report();
    } catch (RuntimeException e) {
      // The next pass starts from what is there; nothing is lost but time.
      LOG.error("reconciling failed; it is tried again", e);
    }
  }

  /** Tells the director, when it changed, which users do not exist. */
  private synchronized void report() {
    List<AlarmCondition> conditions = access.conditions();
    Director director = subscribedTo;
    if (director != null && !(conditions.equals(reported) && director.equals(reportedTo))) {
      director.report("jmx", conditions);
      reported = conditions;
      reportedTo = director;
    }
  }

  private ConnectorObject.Counted counted() {
    return new ConnectorObject.Counted(access.counters(), notifier.dropped());
  }

  private static void end(Thread thread) {
    thread.interrupt();
    try {
      if (!thread.join(Duration.ofMillis(STOP_MILLIS))) {
        LOG.atError().addKeyValue("thread", thread.getName()).log("does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
