package org.strowger.api;

/** Measures what the director does over time; an OSGi service. Any thread. */
public interface PerformanceMonitor {
  /** All that is kept; the running bins are at most {@link Performance#STEP} old. */
  Performance performance();
}
