package org.strowger.upgrade;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is wrong with the process as a whole: memory that stays in use, threads that wait for ever.
 */
final class ProcessFaults {
  /** Looks for threads that wait for each other stop the world for a moment: one in so many. */
  private static final int DEADLOCK_LOOKS = 10;

  private final Limits limits;
  private Optional<Fault> deadlock = Optional.empty();
  private int looks;

  ProcessFaults(Limits limits) {
    this.limits = limits;
  }

  /** Now; cheap, once a second. */
  List<Fault> look() {
    List<Fault> faults = new ArrayList<>();
    memory().ifPresent(faults::add);
    if (looks++ % DEADLOCK_LOOKS == 0) {
      deadlock = deadlock();
    }
    deadlock.ifPresent(faults::add);
    return faults;
  }

  /** Bytes of the heap that the last collections left in use. */
  static long live() {
    long live = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage left = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && left != null) {
        live += left.getUsed();
      }
    }
    return live;
  }

  private Optional<Fault> memory() {
    return full(live(), limits).map(why -> new Fault(Fault.PROCESS, Fault.Kind.MEMORY, why));
  }

  /** Why so many bytes in use are too many; empty if they are not. */
  static Optional<String> full(long live, Limits limits) {
    long max = Runtime.getRuntime().maxMemory();
    return live < max / 100 * limits.heapPercent()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d MiB of %d MiB of memory stay in use after collections",
                live >> 20,
                max >> 20));
  }

  private static Optional<Fault> deadlock() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] stuck = threads.findDeadlockedThreads();
    if (stuck == null) {
      return Optional.empty();
    }
    String names =
        Arrays.stream(threads.getThreadInfo(stuck))
            .filter(info -> info != null)
            .map(ThreadInfo::getThreadName)
            .limit(8)
            .collect(Collectors.joining(", "));
    return Optional.of(
        new Fault(
            Fault.PROCESS, Fault.Kind.DEADLOCK, "threads wait for each other for ever: " + names));
  }
}
