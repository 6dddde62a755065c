package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.strowger.api.BpfMap;
import org.strowger.api.KernelException;

/**
 * One look at all connections of the kernel: ends those that were idle for too long, counts the
 * half-open ones anew, and finds the real servers that nobody uses any more. Only its own thread
 * calls {@link #look}.
 */
final class Sweep {
  /** Connections that one look ends; the next one ends the others. */
  static final int MOST_ENDED = 65_536;

  private static final List<String> TABLES = List.of("connections", "halfopen");

  private final KernelMaps maps;
  private final KernelTable table;
  private final LoadBook realLoads;
  private final LoadBook serviceLoads;
  private final Elsewhere elsewhere;

  /** By index of the service: connections that an idle time has ended. */
  private final Map<Integer, Long> timedOut = new ConcurrentHashMap<>();

  private volatile Map<Integer, Long> persistent = Map.of();
  private volatile long entries;

  Sweep(
      KernelMaps maps,
      KernelTable table,
      LoadBook realLoads,
      LoadBook serviceLoads,
      Elsewhere elsewhere) {
    this.maps = maps;
    this.elsewhere = elsewhere;
    this.table = table;
    this.realLoads = realLoads;
    this.serviceLoads = serviceLoads;
  }

  /** Idle times of a service that nobody knows. */
  private static final long[] UNKNOWN = new long[0];

  /** Counts by index. */
  private static final class Tally {
    private long[] counts = new long[64];

    void add(int index) {
      if (index >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(index + 1, counts.length * 2));
      }
      counts[index]++;
    }

    long at(int index) {
      return index < counts.length ? counts[index] : 0;
    }
  }

  /** What one look gathers. */
  private static final class Seen {
    final BitSet used = new BitSet();
    final Tally halfopenOfReals = new Tally();
    final Tally halfopenOfServices = new Tally();

    /** By index of the service, as {@link Flows#idleNanos} has them; {@link #UNKNOWN} of none. */
    long[][] idle = new long[64][];

    final List<ByteBuffer> ended = new ArrayList<>();
    @Nullable KernelException failure;
    long entries;
  }

  /**
   * Is told of connections that an idle time has ended; of the octets to the client as {@link
   * ConnectionEvents#UNSEEN} has it.
   */
  interface TimedOut {
    void connection(ByteBuffer key, ByteBuffer value, long octetsBack, long now);
  }

  /**
   * Looks once.
   *
   * @param now in nanoseconds of CLOCK_MONOTONIC, which {@code System.nanoTime} reads
   * @return connections ended
   */
  int look(long now, IntConsumer freed, TimedOut told) throws KernelException {
    BitSet retired = table.retired();
    int largestReal = table.largestReal();
    int largestService = table.largestService();
    long[] halfopenBefore = halfopen(realLoads, largestReal);
    long[] servicesBefore = halfopen(serviceLoads, largestService);
    Seen seen = new Seen();
    int ended = 0;
    for (String name : TABLES) {
      maps.map(name).forEach((key, value) -> visit(key, value, now, seen));
      if (seen.failure != null) {
        throw seen.failure;
      }
      for (ByteBuffer key : seen.ended) {
        ended += end(name, key, now, seen, told) ? 1 : 0;
      }
      seen.ended.clear();
    }
    recount(realLoads, halfopenBefore, halfopen(realLoads, largestReal), seen.halfopenOfReals);
    recount(
        serviceLoads,
        servicesBefore,
        halfopen(serviceLoads, largestService),
        seen.halfopenOfServices);
    entries = seen.entries;
    retired.andNot(seen.used);
    countSources(retired);
    table.free(retired, freed);
    return ended;
  }

  private boolean visit(ByteBuffer key, ByteBuffer value, long now, Seen seen) {
    Octets.order(value);
    seen.entries++;
    int real = Flows.real(value);
    seen.used.set(real);
    boolean reverse = Flows.reverse(value);
    if (!reverse && Flows.counted(value) == Flows.COUNTED_HALFOPEN) {
      seen.halfopenOfReals.add(real);
      seen.halfopenOfServices.add(Flows.service(value));
    }
    if (idleFor(value, now, seen) && seen.ended.size() < MOST_ENDED) {
      ByteBuffer copy = Octets.zeros(Flows.KEY);
      copy.put(0, key, key.position(), Flows.KEY);
      seen.ended.add(copy);
    }
    return seen.failure == null;
  }

  /** Whether nothing came this way for too long; of the reverse way its forward entry decides. */
  private boolean idleFor(ByteBuffer value, long now, Seen seen) {
    long[] idle = idle(Flows.service(value), seen);
    return idle.length == 0 || now - Flows.last(value) > Flows.idleNanos(value, idle);
  }

  private long[] idle(int service, Seen seen) {
    if (service >= seen.idle.length) {
      seen.idle = Arrays.copyOf(seen.idle, Math.max(service + 1, seen.idle.length * 2));
    }
    long[] known = seen.idle[service];
    if (known == null) {
      try {
        known = table.idle(service).map(Flows::idleNanos).orElse(UNKNOWN);
      } catch (KernelException e) {
        seen.failure = e;
        return UNKNOWN;
      }
      seen.idle[service] = known;
    }
    return known;
  }

  /** Ends the connection whose entry this is, if the other way was idle as long; whether it did. */
  private boolean end(String name, ByteBuffer key, long now, Seen seen, TimedOut told)
      throws KernelException {
    ByteBuffer value = maps.get(name, key);
    if (value == null || !idleFor(value, now, seen)) {
      return false;
    }
    long octetsBack = ConnectionEvents.UNSEEN;
    if (Flows.hasOther(value)) {
      ByteBuffer other = Flows.other(value);
      ByteBuffer back = find(other);
      boolean reverse = Flows.reverse(value);
      if (back != null && (reverse || !idleAs(value, back, now, seen))) {
        return false; // it lives, or its own entry ends it
      }
      octetsBack = back == null ? 0 : Flows.octets(back);
      if (back != null) {
        for (String each : TABLES) {
          maps.map(each).delete(other);
        }
      }
    }
    ByteBuffer gone = Octets.zeros(Flows.VALUE);
    if (!take(maps.map(name), key, gone) || Flows.reverse(gone)) {
      return false;
    }
    realLoads.tookAway(Flows.real(gone), Flows.counted(gone));
    serviceLoads.tookAway(Flows.service(gone), Flows.counted(gone));
    if (Flows.alive(gone)
        && elsewhere.carried(key, gone)) { // of another one that one tells and logs
      timedOut.merge(Flows.service(gone), 1L, Long::sum);
      told.connection(key, gone, octetsBack, now);
    }
    return true;
  }

  private static boolean take(BpfMap map, ByteBuffer key, ByteBuffer value) throws KernelException {
    return map.lookupAndDelete(key, value);
  }

  /** Whether the reverse way was idle for as long as its connection's state allows. */
  private boolean idleAs(ByteBuffer value, ByteBuffer back, long now, Seen seen) {
    long[] idle = idle(Flows.service(value), seen);
    return idle.length == 0 || now - Flows.last(back) > Flows.stateIdleNanos(value, idle);
  }

  private @Nullable ByteBuffer find(ByteBuffer key) throws KernelException {
    for (String each : TABLES) {
      ByteBuffer value = maps.get(each, key);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static long[] halfopen(LoadBook book, int largest) throws KernelException {
    book.read(largest);
    long[] counts = new long[largest + 1];
    for (int i = 0; i <= largest; i++) {
      counts[i] = book.halfopen(i);
    }
    return counts;
  }

  /**
   * The kernel does not see when one is evicted. What began or ended during the look is between the
   * counts before and after it, and no reason to correct anything.
   */
  private static void recount(LoadBook book, long[] before, long[] after, Tally counted)
      throws KernelException {
    for (int i = 1; i < before.length; i++) {
      long found = counted.at(i);
      if (Math.min(before[i], after[i]) > found || Math.max(before[i], after[i]) < found) {
        book.recounted(i, found);
      }
    }
  }

  /** Counts the remembered sources, and forgets those of real servers that will be free. */
  private void countSources(BitSet unused) throws KernelException {
    Map<Integer, Long> counts = new HashMap<>();
    List<ByteBuffer> gone = new ArrayList<>();
    maps.map("persistence")
        .forEach(
            (key, value) -> {
              if (unused.get(Octets.order(value).getInt(0))) {
                ByteBuffer copy = Octets.zeros(key.remaining());
                copy.put(0, key, key.position(), key.remaining());
                gone.add(copy);
              } else {
                counts.merge(Octets.order(key).getInt(Octets.ADDRESS), 1L, Long::sum);
              }
              return true;
            });
    for (ByteBuffer key : gone) {
      maps.map("persistence").delete(key);
    }
    persistent = counts;
  }

  long timedOut(int service) {
    return timedOut.getOrDefault(service, 0L);
  }

  /** Sources that a service remembers, as of the last look. */
  long persistent(int service) {
    return persistent.getOrDefault(service, 0L);
  }

  /** Entries of both tables, as of the last look. */
  long entries() {
    return entries;
  }
}
