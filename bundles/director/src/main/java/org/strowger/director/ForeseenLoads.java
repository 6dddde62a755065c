package org.strowger.director;

import org.strowger.api.Loads;

/** The loads of one moment, and on top of them connections that are foreseen. */
final class ForeseenLoads implements Loads {
  private final long[] active;
  private final long[] inactive;
  private final long[] latency;
  private final long service;
  private final long director;
  private final int[] added;
  private long all;
  private boolean asked;

  ForeseenLoads(Loads now, int size) {
    active = new long[size];
    inactive = new long[size];
    latency = new long[size];
    added = new int[size];
    for (int i = 0; i < size; i++) {
      active[i] = now.active(i);
      inactive[i] = now.inactive(i);
      latency[i] = now.latencyNanos(i);
    }
    service = now.service();
    director = now.director();
  }

  void add(int index) {
    added[index]++;
    all++;
  }

  /** Whether anybody has looked at any of them. */
  boolean asked() {
    return asked;
  }

  @Override
  public long active(int index) {
    asked = true;
    return active[index] + added[index];
  }

  @Override
  public long inactive(int index) {
    asked = true;
    return inactive[index];
  }

  @Override
  public long latencyNanos(int index) {
    asked = true;
    return latency[index];
  }

  @Override
  public long service() {
    asked = true;
    return service + all;
  }

  @Override
  public long director() {
    asked = true;
    return director + all;
  }
}
