package org.strowger.health;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** How late looks started; any thread. */
final class Lateness {
  private final long[] samples = new long[Limits.LATENESS_SAMPLES];
  private long looks;
  private long stalls;
  private long lateSince;
  private boolean late;

  /**
   * A look started.
   *
   * @param lateNanos after it was due
   * @param nanos monotonic clock
   */
  synchronized void started(long lateNanos, long nanos) {
    samples[(int) (looks % samples.length)] = lateNanos;
    looks++;
    if (lateNanos <= Limits.LATE.toNanos()) {
      late = false;
      return;
    }
    stalls++;
    if (!late) {
      late = true;
      lateSince = nanos;
    }
  }

  /** Looks started. */
  synchronized long looks() {
    return looks;
  }

  /** Of these, those that started late. */
  synchronized long stalls() {
    return stalls;
  }

  /** Seconds, rounded up, since when every look has started late; 0 if the last one did not. */
  synchronized long stalledSeconds(long nanos) {
    return late ? TimeUnit.NANOSECONDS.toSeconds(nanos - lateSince) + 1 : 0;
  }

  /** The 99th percentile of the last {@link Limits#LATENESS_SAMPLES}, in microseconds. */
  synchronized long percentile99Micros() {
    int size = (int) Math.min(looks, samples.length);
    if (size == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(samples, size);
    Arrays.sort(sorted);
    return TimeUnit.NANOSECONDS.toMicros(sorted[(size * 99 - 1) / 100]);
  }
}
