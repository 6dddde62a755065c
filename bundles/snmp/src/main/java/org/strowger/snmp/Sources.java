package org.strowger.snmp;

import org.strowger.api.ConnectionSync;
import org.strowger.api.Performance;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;
import org.strowger.api.SyncState;

/** What the agent shows besides the director; each may be absent. */
record Sources(
    Kept<Platform, PlatformState> platform,
    Kept<PerformanceMonitor, Performance> performance,
    Kept<ConnectionSync, SyncState> sync,
    VrrpErrors vrrpErrors) {
  static Sources none() {
    return new Sources(
        new Kept<>(Platform::state),
        new Kept<>(PerformanceMonitor::performance),
        new Kept<>(ConnectionSync::state),
        new VrrpErrors());
  }
}
