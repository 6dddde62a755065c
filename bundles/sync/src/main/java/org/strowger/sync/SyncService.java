package org.strowger.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.ConnectionExchange;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.SecretFile;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;

/**
 * Follows the configuration: a link while other directors are configured, alarms about it. The
 * thread {@code sync-follow} does all of that.
 */
final class SyncService implements ConnectionSync, DirectorListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SyncService.class);
  private static final String REPORTER = "sync";
  private static final long TICK_MILLIS = 500;

  /** The secret's file is looked at so often, and what failed is tried again. */
  private static final long RETRY_NANOS = 2_000_000_000L;

  private static final long PATIENCE_SECONDS = 10;

  private final Path state;
  private final String release;
  private final Planes planes = new Planes();
  private final Opening opening;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sync-follow").factory());
  private @Nullable Director director;
  private @Nullable Subscription subscription;
  private volatile Sync wanted = Sync.NONE;
  private volatile String name = "";
  private volatile @Nullable Link link;
  private volatile Optional<String> unavailable = Optional.empty();

  // Of the thread sync-follow.
  private Sync running = Sync.NONE;
  private String runningName = "";
  private byte[] secret = {};
  private long lookedAt = System.nanoTime() - RETRY_NANOS;
  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;

  /** Opens the way to others with a secret. */
  interface Opening {
    Channel open(Sync wanted, String name, byte[] secret, Channel.Ear ear) throws IOException;
  }

  /**
   * @param state the state folder
   * @param release of this software
   */
  SyncService(Path state, String release, Opening opening) {
    this.state = state;
    this.release = release;
    this.opening = opening;
  }

  void start() {
    // What it throws is handled within; it ends with the executor.
    var _ = executor.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  void came(ConnectionExchange plane) {
    planes.came(plane);
  }

  void went(ConnectionExchange plane) {
    planes.went(plane);
  }

  synchronized void attach(Director present) {
    Subscription before = subscription;
    director = present;
    subscription = present.subscribe(this);
    if (before != null) {
      before.close();
    }
    soon();
  }

  synchronized void detach(Director gone) {
    if (gone.equals(director) && subscription != null) {
      subscription.close();
      subscription = null;
      director = null;
    }
  }

  private synchronized @Nullable Director director() {
    return director;
  }

  @Override
  public void on(DirectorEvent event) {
    if (event instanceof DirectorEvent.RevisionCommitted) {
      soon();
      Link present = link;
      if (present != null) {
        present.refusedMayBeTaken();
      }
    }
  }

  private void soon() {
    try {
      executor.execute(
          () -> {
            ask();
            tick();
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("something came while sync stops", e);
    }
  }

  private void ask() {
    Director present = director();
    if (present != null) {
      Snapshot now = present.snapshot();
      if (now.revision() > 0) {
        name = now.configuration().directorName();
        wanted = now.configuration().sync();
      }
    }
  }

  private void tick() {
    try {
      if (name.isEmpty()) {
        ask();
      }
      follow();
      alarm();
    } catch (RuntimeException | LinkageError e) { // of what JGroups needs, something may be missing
      LOG.error("sync could not follow its configuration; it tries again", e);
    }
  }

  private void follow() {
    boolean same = wanted.equals(running) && name.equals(runningName);
    long now = System.nanoTime();
    if (same && now - lookedAt < RETRY_NANOS) {
      return;
    }
    lookedAt = now;
    if (!wanted.wanted()) {
      end();
      unavailable = Optional.empty();
      running = wanted;
      runningName = name;
      return;
    }
    try {
      Path file = wanted.secretFile().orElseThrow(() -> new IOException("there is no secret"));
      byte[] read = SecretFile.read(state, file, Sync.SHORTEST).getBytes(StandardCharsets.UTF_8);
      if (!same || link == null || !Arrays.equals(read, secret)) {
        end();
        begin(wanted, name, read);
      }
      unavailable = Optional.empty();
    } catch (IOException e) {
      if (!unavailable.equals(Optional.of(String.valueOf(e.getMessage())))) {
        LOG.atWarn().setCause(e).log("connections are not told to other directors");
      }
      // A secret that goes is no reason to end what runs with it.
      unavailable = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void begin(Sync next, String as, byte[] read) throws IOException {
    running = next;
    runningName = as;
    secret = read;
    Link made = new Link(next, as, release, planes, System::nanoTime);
    try {
      made.open(ear -> opening.open(next, as, read, ear));
    } catch (IOException e) {
      made.close();
      throw e;
    }
    link = made;
  }

  private void end() {
    Link present = link;
    if (present != null) {
      link = null;
      present.close();
    }
  }

  private void alarm() {
    Director present = director();
    if (present == null) {
      return;
    }
    Link open = link;
    List<AlarmCondition> now =
        Conditions.of(state(), unavailable, running, open == null ? Set.of() : open.strangers());
    if (!now.equals(reported) || !present.equals(reportedTo)) {
      present.report(REPORTER, now);
      reported = now;
      reportedTo = present;
    }
  }

  @Override
  public SyncState state() {
    Link present = link;
    if (present != null) {
      return present.state();
    }
    if (!wanted.wanted()) {
      return SyncState.NONE;
    }
    String why = unavailable.orElse("it is just starting");
    return new SyncState(true, Optional.of(why), planes.held().own(), 0, new TreeMap<>());
  }

  @Override
  public void close() {
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
    end();
  }
}
