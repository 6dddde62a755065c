package org.strowger.failover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.RoleHolder;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstanceState;
import org.strowger.api.VrrpPackets;

/**
 * Follows the configuration: runs the thread {@code vrrp} while there are instances, and tells the
 * director roles and alarms. The thread {@code failover} does all of that; whoever it waits for,
 * adverts go on.
 */
final class FailoverService implements RoleHolder, DirectorListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FailoverService.class);

  private static final long TICK_MILLIS = 250;
  private static final long PATIENCE_SECONDS = 5;

  /** What is tracked of the director is looked at so often. */
  private static final long SNAPSHOT_NANOS = Advert.SECOND;

  /** An operator's word waits while the thread vrrp is exchanged, which takes this long at most. */
  private static final long WORD_SECONDS = 15;

  private final Standby standby;
  private final HandOver handOver;
  private final Surroundings surroundings;
  private final Ground ground = new Ground();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("failover").factory());
  private @Nullable Director director;

  /** The director said by itself what it wants. */
  private boolean told;

  private @Nullable Subscription subscription;

  /** What is wanted; null while nobody knows. */
  private volatile @Nullable Vrrp wanted;

  private volatile Optional<String> unavailable = Optional.empty();
  private volatile @Nullable VrrpThread thread;

  /** What an operator keeps there, whether or not the disk took it. */
  private volatile Set<String> onStandby;

  // Of the thread failover.
  private @Nullable Vrrp followed;
  private Set<String> resumed;
  private Optional<Snapshot> snapshot = Optional.empty();
  private long snapshotAt = System.nanoTime() - SNAPSHOT_NANOS;

  /** What the thread vrrp speaks through. */
  private Optional<Kernel> used = Optional.empty();

  private final Alarmer alarmer = new Alarmer();

  /**
   * @param state the state folder
   */
  FailoverService(Path state) {
    standby = new Standby(state);
    handOver = new HandOver(state);
    surroundings = new Surroundings(state);
    resumed = handOver.take();
    onStandby = standby.read();
  }

  void start() {
    // What it throws is handled within; it ends with the executor.
    var _ = executor.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  synchronized void attach(Director present) {
    Subscription before = subscription;
    director = present;
    subscription = present.subscribe(this);
    if (before != null) {
      before.close();
    }
    soon(this::ask);
  }

  synchronized void detach(Director gone) {
    if (gone.equals(director) && subscription != null) {
      subscription.close();
      subscription = null;
      director = null;
      told = false;
    }
  }

  private synchronized @Nullable Director director() {
    return director;
  }

  void came(@Nullable Network newNetwork, @Nullable VrrpPackets newPackets) {
    ground.came(newNetwork, newPackets);
    Vrrp known = wanted;
    if (known != null) {
      ground.listenElsewhere(known);
    }
    soon(() -> {});
  }

  /** What the instances depend on besides. */
  Ground ground() {
    return ground;
  }

  /** A thread of its own: what an event tells may be old, so the director is asked. */
  @Override
  public void on(DirectorEvent event) {
    if (event instanceof DirectorEvent.RevisionCommitted) {
      soon(this::ask);
    }
  }

  /** What the director wants, until it tells that by itself: that is newer than any snapshot. */
  private void ask() {
    Director present = director();
    if (present == null) {
      return;
    }
    Snapshot now = present.snapshot();
    synchronized (this) {
      if (!told && present.equals(director) && now.revision() > 0) {
        wanted = now.configuration().vrrp();
      }
    }
  }

  private void soon(Runnable first) {
    try {
      executor.execute(
          () -> {
            first.run();
            tick();
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("something came while failover stops", e);
    }
  }

  private void tick() {
    try {
      follow();
      look();
      alarm();
    } catch (RuntimeException e) {
      LOG.error("failover could not follow its configuration; it tries again", e);
    }
  }

  private void follow() {
    Vrrp now = wanted;
    VrrpThread running = thread;
    boolean renewed = running != null && !ground.kernel().equals(used);
    if (now == null || (now.equals(followed) && !renewed && running != null)) {
      return;
    }
    if (running != null && (renewed || now.instances().isEmpty())) {
      if (now.instances().isEmpty()) {
        running.close();
      } else {
        resumed = running.handOver();
      }
      surroundings.keep(running);
      thread = null;
    }
    if (!now.instances().isEmpty()) {
      if (thread == null) {
        begin();
      }
      VrrpThread begun = thread;
      if (begun != null) {
        surroundings.keys(begun, now);
        begun.want(now, onStandby, resumed);
        resumed = Set.of();
        followed = now;
      }
    } else {
      unavailable = Optional.empty();
      followed = null;
    }
  }

  private void look() {
    VrrpThread running = thread;
    Vrrp known = followed;
    if (running == null || known == null) {
      return;
    }
    if (System.nanoTime() - snapshotAt > SNAPSHOT_NANOS) { // it is costly
      snapshotAt = System.nanoTime();
      snapshot = Optional.ofNullable(director()).map(Director::snapshot);
    }
    Optional<Network> by = ground.kernel().map(Kernel::network);
    surroundings.look(
        running,
        known,
        new Surroundings.Sources(snapshot, by, ground.bindsElsewhere(), ground.sync()));
  }

  private void begin() {
    Optional<Kernel> present = ground.kernel();
    if (present.isEmpty()) {
      unavailable = Optional.of("the bundle org.strowger.linux is not there: start it");
      return;
    }
    Kernel kernel = present.get();
    unavailable = kernel.packets().unavailable().or(kernel.network()::unavailable);
    if (unavailable.isPresent()) {
      return;
    }
    try {
      thread =
          new VrrpThread(
              kernel.network(), kernel.packets(), surroundings.before(), this::roleChanged);
      used = present;
      surroundings.begun();
    } catch (KernelException e) {
      unavailable = Optional.of(e.sentence());
    }
  }

  /** At once: the planes are about to be told to listen. */
  @Override
  public synchronized void expect(Vrrp next) {
    told = true;
    if (!next.equals(wanted)) { // a restored revision is no commit, and told here only
      wanted = next;
      soon(() -> {});
    }
    ground.listenElsewhere(next);
  }

  private void roleChanged() {
    soon(() -> listeners.forEach(Runnable::run));
  }

  private void alarm() {
    Director present = director();
    if (present != null) {
      alarmer.tell(present, unavailable, thread);
    }
  }

  @Override
  public DirectorRole role() {
    Vrrp now = wanted;
    if (now == null || now.instances().isEmpty()) {
      return DirectorRole.ACTIVE;
    }
    List<DirectorRole> roles =
        report().instances().values().stream().map(VrrpInstanceState::role).toList();
    if (roles.contains(DirectorRole.ACTIVE)) {
      return DirectorRole.ACTIVE;
    }
    return roles.contains(DirectorRole.BACKUP) ? DirectorRole.BACKUP : DirectorRole.INITIALIZE;
  }

  @Override
  public Subscription onChange(Runnable changed) {
    listeners.add(changed);
    return () -> listeners.remove(changed);
  }

  @Override
  public FailoverState report() {
    VrrpThread running = thread;
    return running != null
        ? running.state()
        : new FailoverState(new TreeMap<>(), surroundings.switches(), unavailable);
  }

  /**
   * The thread failover asks the thread vrrp, as it exchanges that one: so a word is never given to
   * one that is just stopping.
   */
  @Override
  public Optional<String> command(FailoverCommand command, String instance) {
    try {
      return executor.submit(() -> carryOut(command, instance)).get(WORD_SECONDS, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) { // the successor is asked, if there is to be one
      return Optional.of("failover is just stopping: try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      LOG.error("no answer to {}", command.word(), e);
      return Optional.of("no answer within " + WORD_SECONDS + " s: see the log");
    }
  }

  private Optional<String> carryOut(FailoverCommand command, String instance)
      throws ExecutionException, InterruptedException, TimeoutException {
    tick(); // what was committed before the word was given holds
    VrrpThread running = thread;
    if (running == null) {
      return unavailable.or(
          () -> Optional.of("this director is alone: no VRRP instance is configured"));
    }
    return running.command(command, instance, this::keep).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The thread vrrp; rare, and an operator waits for it. */
  private void keep(Set<String> names) {
    onStandby = Set.copyOf(names);
    try {
      standby.write(names);
    } catch (IOException e) {
      LOG.error("what is on standby is not kept over a restart", e);
    }
  }

  /** The director ends: others take over. */
  @Override
  public void close() {
    end();
    VrrpThread running = thread;
    if (running != null) {
      running.close();
      surroundings.keep(running);
    }
    surroundings.close();
  }

  /** The bundle is exchanged. */
  void replaced() {
    end();
    VrrpThread running = thread;
    Set<String> active = running == null ? resumed : running.handOver();
    if (!active.isEmpty()) {
      handOver.write(active);
    }
    if (running != null) {
      surroundings.keep(running);
    }
    surroundings.close();
  }

  private void end() {
    synchronized (this) {
      if (subscription != null) {
        subscription.close();
        subscription = null;
      }
    }
    executor.shutdown();
    try {
      if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
