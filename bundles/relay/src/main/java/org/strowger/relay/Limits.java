package org.strowger.relay;

/** Every bound of the relay, named. */
final class Limits {
  /** Connect failures in a row, over all virtual services, that call a real server unreachable. */
  static final int FAILURES_IN_A_ROW = 3;

  /** Time between two tries to reach an unreachable real server, give or take a fifth. */
  static final long PROBE_INTERVAL_MILLIS = 1_000;

  /** Time an unreachable real server has to accept a probe. */
  static final int PROBE_TIMEOUT_MILLIS = 1_000;

  /** Probes under way at once; the next ones wait for their turn. */
  static final int PROBES_AT_ONCE = 64;

  /** Time between two looks at what drains. */
  static final long DRAIN_CHECK_MILLIS = 500;

  /** Ports of one real server with the client's port that are kept as unreachable, and probed. */
  static final int PORTS_UNREACHABLE = 8;

  private Limits() {}
}
