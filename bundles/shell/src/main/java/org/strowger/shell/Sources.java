package org.strowger.shell;

import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;

/** What is shown besides the director. */
record Sources(Awaited<Platform> platform, Awaited<PerformanceMonitor> performance) {}
