package org.strowger.director;

import java.util.concurrent.TimeUnit;

/**
 * Bounds how many notifications are sent: a token bucket. From the first one that finds it empty
 * until it is full again there is a storm. The director's thread only.
 */
final class Throttle {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private int rate;
  private int burst;
  private double tokens;
  private long filledAt;
  private boolean started;
  private boolean storm;

  /** The rate a second and the burst from now on. */
  void set(int wantedRate, int wantedBurst, long nanos) {
    fill(nanos);
    if (!started) {
      started = true;
      tokens = wantedBurst;
    }
    rate = wantedRate;
    burst = wantedBurst;
    tokens = Math.min(tokens, burst);
  }

  private void fill(long nanos) {
    tokens = Math.min(burst, tokens + (nanos - filledAt) / NANOS * rate);
    filledAt = nanos;
  }

  /** Takes a token if there is one. */
  boolean take(long nanos) {
    fill(nanos);
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** One was suppressed; true if that begins a storm. */
  boolean suppress() {
    boolean begins = !storm;
    storm = true;
    return begins;
  }

  /** True once, when a storm is over. */
  boolean ends(long nanos) {
    fill(nanos);
    if (storm && tokens >= burst) {
      storm = false;
      return true;
    }
    return false;
  }

  boolean storm() {
    return storm;
  }

  /** Time until there are so many tokens. */
  private long nanosUntil(double wanted, long nanos) {
    fill(nanos);
    return (long) Math.ceil(Math.max(0, wanted - tokens) / rate * NANOS);
  }

  long nanosUntilNext(long nanos) {
    return nanosUntil(1, nanos);
  }

  long nanosUntilEnd(long nanos) {
    return storm ? nanosUntil(burst, nanos) : Long.MAX_VALUE;
  }
}
