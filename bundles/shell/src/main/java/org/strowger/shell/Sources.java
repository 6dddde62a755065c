package org.strowger.shell;

import org.strowger.api.ConnectionSync;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Knocker;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;

/** What is shown and asked besides the director. */
record Sources(
    Awaited<Platform> platform,
    Awaited<PerformanceMonitor> performance,
    Awaited<Knocker> knocker,
    Awaited<InServiceUpgrade> upgrade,
    Awaited<ConnectionSync> sync) {}
