package org.strowger.upgrade;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What is wrong with the process as a whole: memory that stays in use, threads that wait for ever.
 */
final class ProcessFaults {
  /** Looks for threads that wait for each other stop the world for a moment: one in so many. */
  private static final int DEADLOCK_LOOKS = 10;

  private final Limits limits;
  private final LongSupplier live;
  private final Runnable collection;
  private final Function<ThreadInfo, Optional<String>> plugIn;

  private List<Fault> deadlock = List.of();

  /** Threads that wait for each other for ever, by id. */
  private Set<Long> stuck = Set.of();

  /** Those of them whose plug-in was made anew: they stay, and do no harm any more. */
  private final Set<Long> leftBehind = new HashSet<>();

  private int looks;

  /**
   * @param live bytes of the heap that the last collections left in use
   * @param collection collects the whole heap, and returns when it is done
   * @param plugIn name of the bundle a thread is of, if the director can do without that bundle
   */
  ProcessFaults(
      Limits limits,
      LongSupplier live,
      Runnable collection,
      Function<ThreadInfo, Optional<String>> plugIn) {
    this.limits = limits;
    this.live = live;
    this.collection = collection;
    this.plugIn = plugIn;
  }

  /** Now; cheap, once a second. */
  List<Fault> look() {
    List<Fault> faults = new ArrayList<>();
    memory().ifPresent(faults::add);
    if (looks++ % DEADLOCK_LOOKS == 0) {
      deadlock = deadlock();
    }
    faults.addAll(deadlock);
    return faults;
  }

  /**
   * What is left of a lack of memory when everything that can be collected was: a collection of a
   * part of the heap may leave much in use that nobody needs.
   */
  Optional<Fault> memoryAfterCollection() {
    collection.run();
    return memory();
  }

  /** Bytes of the heap that the last collections left in use, as this one is told. */
  long inUse() {
    return live.getAsLong();
  }

  /** The plug-ins whose threads are stuck now were made anew. */
  void leaveBehind() {
    leftBehind.addAll(stuck);
    deadlock = List.of();
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
    return full(live.getAsLong(), limits)
        .map(why -> new Fault(Fault.PROCESS, Fault.Kind.MEMORY, why));
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

  /** One, of the process; or one for each plug-in, where all these threads are of plug-ins. */
  private List<Fault> deadlock() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] found = threads.findDeadlockedThreads();
    stuck = found == null ? Set.of() : Arrays.stream(found).boxed().collect(Collectors.toSet());
    leftBehind.retainAll(stuck);
    if (found == null) {
      return List.of();
    }
    List<ThreadInfo> waiting =
        Arrays.stream(threads.getThreadInfo(found, Integer.MAX_VALUE))
            .filter(info -> info != null && !leftBehind.contains(info.getThreadId()))
            .toList();
    if (waiting.isEmpty()) {
      return List.of();
    }
    String names =
        waiting.stream().map(ThreadInfo::getThreadName).limit(8).collect(Collectors.joining(", "));
    String why = "threads wait for each other for ever: " + names;
    List<Optional<String>> whose = waiting.stream().map(plugIn).toList();
    Set<String> blamed = new TreeSet<>(Set.of(Fault.PROCESS));
    if (whose.stream().allMatch(Optional::isPresent)) {
      blamed =
          whose.stream().flatMap(Optional::stream).collect(Collectors.toCollection(TreeSet::new));
    }
    return blamed.stream().map(name -> new Fault(name, Fault.Kind.DEADLOCK, why)).toList();
  }
}
