package org.strowger.api;

import java.util.Map;

/**
 * Looks at real servers; an OSGi service. It is handed the whole wanted set, reports, and never
 * asks back or decides about traffic.
 */
public interface HealthChecker {
  /** Most files of a maintenance folder that are read. */
  int MAX_MAINTENANCE = 10_000;

  /**
   * Probes exactly these from now on; what did not change goes on undisturbed. Called on the
   * director's thread; returns within milliseconds. A new listener is told of every probe that was
   * looked at before it returns.
   */
  void apply(HealthTable table, HealthListener listener);

  /** States and counts now; any thread. */
  HealthReport report();

  /**
   * States and counts of the health checker.
   *
   * @param checker counts of the whole
   * @param probes every wanted probe
   */
  record HealthReport(HealthState checker, Map<ProbeId, ProbeState> probes) {
    public HealthReport {
      probes = Map.copyOf(probes);
    }
  }
}
