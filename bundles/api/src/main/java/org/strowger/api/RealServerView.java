package org.strowger.api;

/**
 * What a scheduler sees of the real servers at one moment, by index in list order. Valid during the
 * call it is passed to.
 */
public interface RealServerView {
  int size();

  /** Identity that survives edits: equal for the same real server in every view. */
  RealServerId id(int index);

  /** The real server's address and port, for hashing. */
  java.net.InetSocketAddress address(int index);

  /** Weight now, 0 to 65535; 0 takes no new connections. */
  int weight(int index);

  /**
   * Its weight as configured: above 0 also while it is drained or in slow start. For a scheduler
   * whose table should stay as it is while one is quiesced.
   */
  default int configuredWeight(int index) {
    return weight(index);
  }

  /** Not down, not overloaded, not excluded for this flow. Weight 0 is told by {@link #weight}. */
  boolean available(int index);

  /** Active connections: {@code a(d)}. */
  long active(int index);

  /** Inactive connections (closing, or half-open): {@code i(d)}. */
  long inactive(int index);

  /**
   * The typical time until an answer in nanoseconds, smoothed, from health checks and live
   * connections; 0 while unknown.
   */
  default long latencyNanos(int index) {
    return 0;
  }

  /** Now, in nanoseconds of a clock that never goes back; only differences mean something. */
  default long nanoTime() {
    return System.nanoTime();
  }
}
