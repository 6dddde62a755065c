package org.strowger.director;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.strowger.api.Persistence;
import org.strowger.api.ServiceLimits;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;

/**
 * What the director keeps in a plane's memory, where it outlives the bundles of the director, the
 * plane and the wire: JDK types only, under keys of text. Cells and keys are added to, never given
 * another meaning, for another version reads them too.
 */
final class Memory {
  // Cells of a virtual service.
  static final int PERSIST_HITS = 0;
  static final int PERSIST_EVICTIONS = 1;

  /** Sources whose counts were given up early. */
  static final int SOURCE_EVICTIONS = 2;

  /** When the service's token bucket is full again. */
  static final int RATE = 3;

  private static final int CELLS = 8;
  private static final String OURS = "director.";

  private final ConcurrentMap<String, Object> memory;

  Memory(ConcurrentMap<String, Object> memory) {
    this.memory = memory;
  }

  /** The cells of a service. */
  AtomicLongArray cells(String service, long now) {
    Object cells =
        memory.computeIfAbsent(
            cellsKey(service),
            key -> {
              AtomicLongArray fresh = new AtomicLongArray(CELLS);
              fresh.set(RATE, now);
              return fresh;
            });
    return (AtomicLongArray) cells;
  }

  /** Persistence: the source's real server and its tally. */
  @SuppressWarnings("unchecked") // the key names the type
  SequencedMap<InetAddress, Map.Entry<String, AtomicLongArray>> persistence(
      VirtualService service) {
    return (SequencedMap<InetAddress, Map.Entry<String, AtomicLongArray>>)
        memory.computeIfAbsent(
            persistenceKey(service),
            key -> new LinkedHashMap<InetAddress, Map.Entry<String, AtomicLongArray>>());
  }

  /** Limits: the source's tally. */
  @SuppressWarnings("unchecked") // the key names the type
  SequencedMap<InetAddress, AtomicLongArray> sources(VirtualService service) {
    return (SequencedMap<InetAddress, AtomicLongArray>)
        memory.computeIfAbsent(
            sourcesKey(service), key -> new LinkedHashMap<InetAddress, AtomicLongArray>());
  }

  /** Thresholds: by real server, whether it is full until it falls below the lower one. */
  @SuppressWarnings("unchecked") // the key names the type
  Map<String, AtomicBoolean> latches(String service) {
    return (Map<String, AtomicBoolean>)
        memory.computeIfAbsent(
            latchesKey(service), key -> new ConcurrentHashMap<String, AtomicBoolean>());
  }

  /** Forgets what belongs to none of these services as they are configured now. */
  void retain(Stream<VirtualService> services) {
    Set<String> wanted =
        services
            .flatMap(
                s ->
                    Stream.of(
                        cellsKey(s.name()), latchesKey(s.name()), persistenceKey(s), sourcesKey(s)))
            .collect(Collectors.toSet());
    memory
        .keySet()
        .removeIf(
            key -> key.startsWith(OURS) && !wanted.contains(key) && !Health.KEYS.contains(key));
  }

  /** The counters of a service, as its plane counted, with what is counted here. */
  VirtualServiceCounters count(VirtualService service, VirtualServiceCounters counters) {
    return memory.get(cellsKey(service.name())) instanceof AtomicLongArray cells
        ? counters.withPersistence(
            counters.persistHits() + cells.get(PERSIST_HITS),
            counters.persistEntries() + entries(service),
            counters.persistEvictions() + cells.get(PERSIST_EVICTIONS))
        : counters;
  }

  private long entries(VirtualService service) {
    if (!(memory.get(persistenceKey(service)) instanceof Map<?, ?> table)) {
      return 0;
    }
    synchronized (table) { // the choosers' lock on it
      return table.size();
    }
  }

  private static String cellsKey(String service) {
    return OURS + "service|" + service;
  }

  private static String latchesKey(String service) {
    return OURS + "latches|" + service;
  }

  /** With the prefix lengths: sources of another length are other sources. */
  private static String persistenceKey(VirtualService service) {
    Persistence wanted = service.persistence();
    return !wanted.enabled()
        ? OURS
        : OURS
            + "persistence|"
            + service.name()
            + "|"
            + wanted.prefixIpv4()
            + "|"
            + wanted.prefixIpv6();
  }

  private static String sourcesKey(VirtualService service) {
    ServiceLimits wanted = service.limits();
    return !LimitCheck.bySource(wanted)
        ? OURS
        : OURS
            + "sources|"
            + service.name()
            + "|"
            + wanted.sourcePrefixIpv4()
            + "|"
            + wanted.sourcePrefixIpv6();
  }
}
