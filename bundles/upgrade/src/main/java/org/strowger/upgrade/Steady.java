package org.strowger.upgrade;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time for windows and budgets: right when the keeper starts, and from then on it only goes
 * forward, evenly. A clock that is set meanwhile neither gives back what was spent nor holds up
 * what is due. Any thread.
 */
final class Steady {
  private final Instant base;
  private final Duration ranBefore;
  private final LongSupplier nanos;
  private final long began;

  /**
   * @param ranBefore how long the process had run then
   * @param nanos as {@link System#nanoTime}
   */
  Steady(Instant base, Duration ranBefore, LongSupplier nanos) {
    this.base = base;
    this.ranBefore = ranBefore;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  /** From now on. */
  static Steady started() {
    Duration ran = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    return new Steady(Instant.now(), ran, System::nanoTime);
  }

  Instant now() {
    return base.plus(passed());
  }

  /** How long the process has run. */
  Duration uptime() {
    return ranBefore.plus(passed());
  }

  private Duration passed() {
    return Duration.ofNanos(nanos.getAsLong() - began);
  }
}
