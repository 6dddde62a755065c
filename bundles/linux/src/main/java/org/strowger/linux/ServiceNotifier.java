package org.strowger.linux;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Director;
import org.strowger.api.KernelException;
import org.strowger.api.Snapshot;

/**
 * Tells the supervisor of this process (systemd, or another that speaks sd_notify(3)) when the
 * director is ready, what it is doing, and that it is alive: its watchdog is fed only while the
 * director's thread comes back from its work. A supervisor that hears nothing starts the process
 * anew; the kernel plane goes on forwarding meanwhile. Its thread is {@code watchdog}.
 */
final class ServiceNotifier implements AutoCloseable {
  /** A piece of work of the director that takes longer is a hang. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** So long there may be no director: its bundle is updated or starts. */
  static final Duration ABSENCE = Duration.ofMinutes(2);

  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotifier.class);
  private static final long STARTS_MILLIS = 200;
  private static final long TELLS_MILLIS = 5_000;

  /**
   * While this bundle is exchanged nobody feeds the watchdog. One that is stopped for good is a
   * director without its kernel plane: the supervisor starts it anew.
   */
  private static final long AWAY_MICROS = TimeUnit.MINUTES.toMicros(10);

  /** Where the words go. */
  interface Supervisor {
    void send(String lines) throws KernelException;
  }

  private final Supervisor supervisor;
  private final long watchdogMicros;
  private final LongSupplier nanos;
  private final AtomicReference<@Nullable Director> director = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean stopping;
  private long absentSince;
  private boolean ready;
  private boolean hungry;
  private boolean deaf;
  private String status = "";

  /**
   * @param watchdogMicros what the supervisor waits for a sign of life, 0 if it does not
   */
  ServiceNotifier(Supervisor supervisor, long watchdogMicros, LongSupplier nanos) {
    this.supervisor = supervisor;
    this.watchdogMicros = watchdogMicros;
    this.nanos = nanos;
    this.absentSince = nanos.getAsLong();
    this.thread = Thread.ofPlatform().daemon().name("watchdog").unstarted(this::run);
  }

  /**
   * In microseconds: what the environment says the supervisor waits; 0 if it does not, or waits for
   * another process.
   */
  static long watchdogMicros(Map<String, String> environment, long pid) {
    String whose = environment.getOrDefault("WATCHDOG_PID", "");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean ours = whose.isEmpty() || whose.equals(String.valueOf(pid));
    return ours && micros.matches("\\d{1,18}") ? Long.parseLong(micros) : 0;
  }

  void start() {
    thread.start();
  }

  /** A director is there. Any thread. */
  void directorCame(Director present) {
    director.set(present);
  }

  /** It left; another one may have come before. Any thread. */
  void directorLeft(Director gone) {
    director.compareAndSet(gone, null);
  }

  private void run() {
    while (!stopping) {
      look();
      try {
        Thread.sleep(ready ? pauseMillis() : STARTS_MILLIS);
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  private long pauseMillis() {
    long third = TimeUnit.MICROSECONDS.toMillis(watchdogMicros) / 3;
    return watchdogMicros == 0 ? TELLS_MILLIS : Math.clamp(third, 10, TELLS_MILLIS);
  }

  /** Looks once, and tells what is to be told. */
  void look() {
    Director present = director.get();
    long now = nanos.getAsLong();
    if (present != null) {
      absentSince = now;
    }
    Optional<String> dead = dead(present, now);
    StringBuilder lines = new StringBuilder();
    if (dead.isEmpty() && watchdogMicros > 0) {
      lines.append("WATCHDOG=1\n");
    }
    if (dead.isPresent() != hungry) {
      hungry = dead.isPresent();
      dead.ifPresentOrElse(
          why -> LOG.error("the supervisor is not told any more that the director lives: {}", why),
          () -> LOG.info("the director lives again: the supervisor is told so"));
    }
    dead.or(() -> seen(present, lines))
        .filter(said -> !said.equals(status))
        .ifPresent(
            said -> {
              status = said;
              lines.append("STATUS=").append(said).append('\n');
            });
    if (!lines.isEmpty()) {
      tell(lines.toString());
    }
  }

  /** Why nobody may say that it lives. */
  private Optional<String> dead(@Nullable Director present, long now) {
    if (present == null) {
      return now - absentSince > ABSENCE.toNanos()
          ? Optional.of("there has been no director for " + ABSENCE.toSeconds() + " s")
          : Optional.empty();
    }
    Duration busy = present.busyFor();
    return busy.compareTo(PATIENCE) > 0
        ? Optional.of("its thread has been at one piece of work for " + busy.toSeconds() + " s")
        : Optional.empty();
  }

  /** What it does, in a line; the first time it is ready. */
  private Optional<String> seen(@Nullable Director present, StringBuilder lines) {
    if (present == null) {
      return Optional.of(ready ? "the director is being exchanged" : "starting");
    }
    Snapshot snapshot;
    try {
      snapshot = present.snapshot();
    } catch (RuntimeException leaving) { // it is just being exchanged
      LOG.debug("no snapshot", leaving);
      return Optional.empty();
    }
    if (!ready) {
      ready = true;
      lines.append("READY=1\n");
      if (watchdogMicros > 0) { // what was asked for while this bundle was away is over
        lines.append("WATCHDOG_USEC=").append(watchdogMicros).append('\n');
      }
    }
    return Optional.of("revision " + snapshot.revision() + ", " + snapshot.conditionText());
  }

  private void tell(String lines) {
    try {
      supervisor.send(lines);
      deaf = false;
    } catch (KernelException refused) {
      if (!deaf) {
        LOG.warn("the supervisor does not hear: {}", refused.getMessage());
      }
      deaf = true;
      status = "";
    }
  }

  /** The process ends, in order. */
  void ending() {
    close();
    tell("STOPPING=1\n");
  }

  /** This bundle is exchanged: nobody will feed the watchdog for a while. */
  void leaving() {
    close();
    if (watchdogMicros > 0) {
      tell("WATCHDOG_USEC=" + Math.max(watchdogMicros, AWAY_MICROS) + "\n");
    }
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
    try {
      thread.join(TELLS_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
