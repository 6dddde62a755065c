package org.strowger.api;

/**
 * The health checker as a whole.
 *
 * @param probes wanted now
 * @param running looks under way now
 * @param runningLimit most looks at once
 * @param looks started since the checker started
 * @param stalls looks that could not start in time, because as many as may were under way or the
 *     processor was short
 * @param stalled seconds for which looks have been starting late without a pause; 0 if they start
 *     in time
 * @param latenessMicros the 99th percentile of how late looks started, of the last 1,000
 */
public record HealthState(
    int probes,
    int running,
    int runningLimit,
    long looks,
    long stalls,
    long stalled,
    long latenessMicros) {
  /** No health checker is there. */
  public static final HealthState NONE = new HealthState(0, 0, 0, 0, 0, 0, 0);
}
