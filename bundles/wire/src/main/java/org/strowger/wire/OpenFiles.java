package org.strowger.wire;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/** How many file descriptors the process has open, and how many it may have at most. */
record OpenFiles(LongSupplier opened, LongSupplier limit) {
  /** As the operating system counts; without a limit where it does not tell. */
  static OpenFiles ofProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new OpenFiles(unix::getOpenFileDescriptorCount, unix::getMaxFileDescriptorCount)
        : new OpenFiles(() -> 0, () -> Long.MAX_VALUE);
  }

  long open() {
    return opened.getAsLong();
  }

  long most() {
    return limit.getAsLong();
  }
}
