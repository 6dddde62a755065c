package org.strowger.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.Management.Metrics;
import org.strowger.api.Platform;
import org.strowger.api.Snapshot;
import org.strowger.api.StartupReport;
import org.strowger.api.Subscription;
import org.strowger.api.SyncState;
import org.strowger.api.TlsFiles;

/**
 * Keeps the endpoint as the director has it configured. One virtual thread reconciles: when woken
 * by an event, and every {@value #PASS_MILLIS} ms, so that a port that becomes free is noticed.
 */
final class MetricsAgent {
  /** Longest time between two passes, in milliseconds. */
  static final int PASS_MILLIS = 2_000;

  /** How long stopping waits for its thread, in milliseconds. */
  private static final int STOP_MILLIS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(MetricsAgent.class);

  private final Path state;
  private final Semaphore woken = new Semaphore(0);
  private final LongAdder scrapes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final Thread reconciler;
  private volatile @Nullable Director director;
  private volatile @Nullable Platform platform;
  private volatile @Nullable ConnectionSync sync;
  private @Nullable Subscription subscription;
  private volatile String status = StartupReport.STARTING;

  /** Touched by the reconciler only, and by {@link #stop} after its end. */
  private @Nullable Endpoint endpoint;

  private @Nullable Metrics open;

  /**
   * @param state folder that relative files are in
   */
  MetricsAgent(Path state) {
    this.state = state;
    this.reconciler = Thread.ofVirtual().name("metrics-reconcile").unstarted(this::reconcile);
  }

  void start() {
    reconciler.start();
  }

  /** One sentence for the launcher. */
  String status() {
    return status;
  }

  synchronized void directorCame(Director present) {
    unsubscribe();
    director = present;
    subscription = present.subscribe(event -> wake());
    wake();
  }

  synchronized void directorWent(Director gone) {
    if (gone.equals(director)) {
      unsubscribe();
      director = null;
    }
  }

  void platformCame(Platform present) {
    platform = present;
  }

  synchronized void platformWent(Platform gone) {
    if (gone.equals(platform)) {
      platform = null;
    }
  }

  void syncCame(ConnectionSync present) {
    sync = present;
  }

  synchronized void syncWent(ConnectionSync gone) {
    if (gone.equals(sync)) {
      sync = null;
    }
  }

  private void unsubscribe() {
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  private void wake() {
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  /** Frees the port. */
  void stop() {
    synchronized (this) {
      unsubscribe();
    }
    reconciler.interrupt();
    try {
      if (!reconciler.join(Duration.ofMillis(STOP_MILLIS))) {
        LOG.error("the thread of the metrics does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
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
    Director present = director;
    if (present == null) {
      return; // what is open answers without numbers until a director is back
    }
    try {
      Snapshot snapshot = present.snapshot();
      if (snapshot.revision() > 0) {
        told(snapshot.configuration().management().metrics().map(this::opened));
      }
    } catch (RuntimeException e) {
      // The next pass starts from what is there; nothing is lost but time.
      LOG.error("reconciling failed; it is tried again", e);
    }
  }

  private void told(Optional<String> sentence) {
    if (sentence.isEmpty()) {
      close();
    }
    String now = sentence.orElse("metrics are not configured");
    if (!now.equals(status)) {
      status = now;
      boolean failed = now.startsWith(StartupReport.FAILED);
      LOG.atLevel(failed ? Level.ERROR : Level.INFO).addKeyValue("state", now).log("metrics");
    }
  }

  private String opened(Metrics wanted) {
    if (wanted.equals(open)) {
      return ready(wanted);
    }
    close();
    InetSocketAddress address = new InetSocketAddress(wanted.address(), wanted.port());
    try {
      Optional<SSLContext> tls = Optional.empty();
      if (wanted.tls().isPresent()) {
        tls = Optional.of(TlsFiles.context(state, wanted.tls().get(), Optional.empty()));
      }
      Optional<Passwords> passwords =
          wanted.users().isEmpty()
              ? Optional.empty()
              : Optional.of(new Passwords(state, wanted.users(), refused));
      endpoint = Endpoint.open(address, this::collect, passwords, tls);
      open = wanted;
      return ready(wanted);
    } catch (IOException e) {
      return StartupReport.FAILED
          + "metrics: cannot listen on "
          + text(wanted)
          + ": "
          + e.getMessage();
    }
  }

  private static String ready(Metrics wanted) {
    return "metrics listen on " + text(wanted);
  }

  private static String text(Metrics wanted) {
    String host = wanted.address().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + wanted.port();
  }

  private void close() {
    if (endpoint != null) {
      endpoint.close();
    }
    endpoint = null;
    open = null;
  }

  /** On a thread of the endpoint. */
  private MetricSnapshots collect() {
    scrapes.increment();
    Director present = director;
    List<MetricSnapshot> all = new ArrayList<>();
    if (present != null) {
      Catalogue.of(present.snapshot()).forEach(all::add);
    }
    Platform machine = platform;
    if (machine != null) {
      PlatformMetrics.collect(machine.state(), all::add);
    }
    ConnectionSync told = sync;
    if (present != null) {
      SyncMetrics.collect(told == null ? SyncState.NONE : told.state(), all::add);
    }
    all.add(own("strowger_metrics_scrapes", "Answers given, this one included", scrapes));
    all.add(own("strowger_metrics_refused", "Requests with a wrong user or password", refused));
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot own(String name, String help, LongAdder count) {
    return CounterSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(new CounterDataPointSnapshot(count.sum(), Labels.EMPTY, null, 0))
        .build();
  }
}
