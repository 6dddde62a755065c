package org.strowger.platform;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelClock;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Identity;
import org.strowger.api.PlatformState.Usage;
import org.strowger.api.Syslog;
import org.strowger.api.TimeSync;

/**
 * Looks at the machine when it is asked and the last look is too old, never more often: what a poll
 * costs does not depend on how many there are. Any thread; one looks, the others wait for it. File
 * systems and addresses are looked at beside that, by {@link #measure}.
 */
final class LocalPlatform implements Platform {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPlatform.class);

  private final Tree tree;
  private final InstantSource clock;
  private final Identity identity;
  private final long startCount;
  private final Devices devices;
  private final Loads loads;
  private volatile Slow slow =
      new Slow(List.of(), List.of(), TimeSync.UNKNOWN, Certificates.Shown.NOTHING);
  private final Certificates certificates;
  private volatile @Nullable Network network;
  private volatile @Nullable KernelClock kernelClock;
  private volatile @Nullable Syslog syslog;
  private volatile @Nullable PlatformState latest;
  private boolean addressesFailed;
  private boolean clockFailed;

  /** What is asked for less often, as that is not cheap. */
  private record Slow(
      List<PlatformState.Storage> storage,
      List<NetworkAddress> addresses,
      TimeSync timeSync,
      Certificates.Shown certificates) {}

  LocalPlatform(
      Tree tree, InstantSource clock, String release, long startCount, Certificates certificates) {
    this.tree = tree;
    this.certificates = certificates;
    this.clock = clock;
    this.startCount = startCount;
    identity = Identities.read(tree, release);
    devices = new Devices(tree);
    loads = new Loads(tree);
  }

  synchronized void networkCame(Network present) {
    network = present;
  }

  synchronized void networkWent(Network gone) {
    if (gone.equals(network)) { // a replacement is bound before the old one is unbound
      network = null;
    }
  }

  synchronized void kernelClockCame(KernelClock present) {
    kernelClock = present;
  }

  synchronized void kernelClockWent(KernelClock gone) {
    if (gone.equals(kernelClock)) {
      kernelClock = null;
    }
  }

  synchronized void syslogCame(Syslog present) {
    syslog = present;
  }

  synchronized void syslogWent(Syslog gone) {
    if (gone.equals(syslog)) {
      syslog = null;
    }
  }

  /**
   * Called each {@value Usage#LOAD_SECONDS} s on a thread of its own: a disk that hangs holds up
   * nobody who asks.
   */
  void measure() {
    try {
      synchronized (this) {
        loads.look(processNanos(), System.nanoTime());
      }
      slow =
          new Slow(
              Disks.read(tree, memory()),
              addresses(slow),
              timeSync(slow),
              certificates.read(clock.instant()));
    } catch (RuntimeException e) {
      LOG.error("the machine cannot be measured; it is tried again", e);
    }
  }

  @Override
  public PlatformState state() {
    PlatformState present = latest;
    return present != null && fresh(present.taken(), Duration.ofMillis(STATE_AGE_MILLIS))
        ? present
        : look();
  }

  private boolean fresh(Instant taken, Duration age) {
    return Duration.between(taken, clock.instant()).abs().compareTo(age) < 0;
  }

  private synchronized PlatformState look() {
    PlatformState present = latest;
    if (present != null && fresh(present.taken(), Duration.ofMillis(STATE_AGE_MILLIS))) {
      return present; // another thread has looked meanwhile
    }
    Instant now = clock.instant();
    Slow known = slow;
    PlatformState state =
        new PlatformState(
            now,
            identity,
            usage(memory()),
            Capabilities.read(tree),
            devices.read(now),
            known.addresses,
            known.storage,
            loads.cores(),
            known.timeSync,
            known.certificates.certificates(),
            known.certificates.omitted(),
            servers(),
            Protocols.read(tree));
    latest = state;
    return state;
  }

  private List<Syslog.Server> servers() {
    Syslog present = syslog;
    return present == null ? List.of() : present.servers();
  }

  private TimeSync timeSync(Slow before) {
    KernelClock present = kernelClock;
    if (present == null) { // away while its bundle is replaced
      return before.timeSync;
    }
    try {
      TimeSync now = present.timeSync();
      clockFailed = false;
      return now;
    } catch (KernelException e) {
      if (!clockFailed) {
        LOG.warn("the kernel does not say how its clock stands", e);
      }
      clockFailed = true;
      return TimeSync.UNKNOWN;
    }
  }

  private List<NetworkAddress> addresses(Slow before) {
    Network present = network;
    if (present == null) {
      return before.addresses;
    }
    try {
      List<NetworkAddress> all =
          present.addresses().stream().limit(PlatformState.MAX_ADDRESSES).toList();
      addressesFailed = false;
      return all;
    } catch (KernelException e) {
      if (!addressesFailed) {
        LOG.warn("the addresses of network devices cannot be read", e);
      }
      addressesFailed = true;
      return before.addresses;
    }
  }

  /** /proc/meminfo in bytes. */
  private Map<String, Long> memory() {
    Map<String, Long> bytes = new HashMap<>();
    for (String line : tree.lines("proc/meminfo")) {
      List<String> words = Tree.words(line.replace(":", " "));
      if (words.size() > 1) {
        long unit = words.size() > 2 ? 1_024 : 1;
        bytes.put(words.get(0), Tree.parse(words.get(1), 0) * unit);
      }
    }
    return bytes;
  }

  private Usage usage(Map<String, Long> memory) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long gcCount = 0;
    long gcMillis = 0;
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      gcCount += Math.max(0, each.getCollectionCount());
      gcMillis += Math.max(0, each.getCollectionTime());
    }
    List<Long> averages = loadAverages();
    return new Usage(
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
        Instant.ofEpochSecond(field("proc/stat", "btime")),
        startCount,
        heap.getUsed(),
        heap.getCommitted(),
        heap.getMax(),
        ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed(),
        gcCount,
        gcMillis,
        threads.getThreadCount(),
        threads.getPeakThreadCount(),
        tree.count("proc/self/fd"),
        openFilesLimit(),
        processNanos() / 1_000_000,
        loads.process(),
        loads.machine(),
        field("proc/self/status", "VmRSS:") * 1_024,
        memory.getOrDefault("MemTotal", 0L),
        memory.getOrDefault("MemAvailable", 0L),
        averages.get(0),
        averages.get(1),
        averages.get(2));
  }

  private List<Long> loadAverages() {
    List<Long> hundredths = new ArrayList<>();
    for (String word : Tree.words(tree.text("proc/loadavg"))) {
      hundredths.add(Tree.parse(word.replace(".", "").replaceFirst("^0+(?=.)", ""), 0));
    }
    return hundredths.size() < 3 ? List.of(0L, 0L, 0L) : hundredths;
  }

  private long openFilesLimit() {
    for (String line : tree.lines("proc/self/limits")) {
      if (line.startsWith("Max open files")) {
        return Tree.parse(Tree.words(line).get(3), 0);
      }
    }
    return 0;
  }

  /** The number behind a word at the begin of a line. */
  private long field(String file, String word) {
    for (String line : tree.lines(file)) {
      if (line.startsWith(word)) {
        return Tree.parse(Tree.words(line).get(1), 0);
      }
    }
    return 0;
  }

  private static long processNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
