package org.strowger.snmp;

import org.strowger.api.Performance;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;

/** What the agent shows besides the director; each may be absent. */
record Sources(
    Kept<Platform, PlatformState> platform, Kept<PerformanceMonitor, Performance> performance) {
  static Sources none() {
    return new Sources(new Kept<>(Platform::state), new Kept<>(PerformanceMonitor::performance));
  }
}
