package org.strowger.director;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Choice;
import org.strowger.api.Persistence;
import org.strowger.api.Prefix;
import org.strowger.api.RealServer;
import org.strowger.api.VirtualService;

/**
 * Which real server the connections of a source keep to, as the templates of IPVS
 * (net/netfilter/ipvs/ip_vs_core.c, ip_vs_sched_persist). An entry holds while the source has
 * connections, and for the timeout after the last one came or went. It names the real server with
 * its address: one that was moved is another one.
 *
 * <p>Where the kernel restarts a template's timer while connections are left, here they are counted
 * by the plane through the entry's tally. Used by the holder of the service's lock.
 */
final class PersistenceTable {
  /** Cell of an entry's tally, after the plane's own: when the last connection came. */
  private static final int LAST_NEW = Choice.TALLY_CELLS;

  private static final int CELLS = Choice.TALLY_CELLS + 1;

  private final SourceTable<Map.Entry<String, AtomicLongArray>> table;
  private final AtomicLongArray counts;
  private final long timeout;
  private final LongSupplier clock;

  PersistenceTable(VirtualService service, Memory memory, LongSupplier clock) {
    Persistence wanted = service.persistence();
    this.clock = clock;
    this.timeout = wanted.timeout().toNanos();
    this.counts = memory.cells(service.name(), clock.getAsLong());
    this.table =
        new SourceTable<>(
            memory.persistence(service),
            wanted.entries(),
            wanted.prefixIpv4(),
            wanted.prefixIpv6(),
            entry -> worth(entry.getValue()),
            () -> counts.incrementAndGet(Memory.PERSIST_EVICTIONS));
    table.shrink();
  }

  /** How an entry names a real server. */
  static String name(RealServer real) {
    return real.id() + "@" + real.address().getHostAddress() + ":" + real.port();
  }

  InetAddress source(InetAddress client) {
    return table.source(client);
  }

  Prefix prefix(InetAddress client) {
    return table.prefix(client);
  }

  /** The source's entry if it still holds, without any effect. */
  Map.@Nullable Entry<String, AtomicLongArray> find(InetAddress source) {
    Map.Entry<String, AtomicLongArray> entry = table.find(source);
    return entry == null || worth(entry.getValue()) == SourceTable.WORTHLESS ? null : entry;
  }

  /**
   * Notes that a new connection of the source goes to this real server.
   *
   * @param entry of the source, if it has one
   * @return the tally that is to count the connection
   */
  AtomicLongArray keep(
      InetAddress source, Map.@Nullable Entry<String, AtomicLongArray> entry, String real) {
    long now = clock.getAsLong();
    Map.Entry<String, AtomicLongArray> kept = entry;
    if (kept == null || !kept.getKey().equals(real)) {
      AtomicLongArray tally = new AtomicLongArray(CELLS);
      tally.set(Choice.LAST_END, now);
      kept = Map.entry(real, tally);
    } else {
      counts.incrementAndGet(Memory.PERSIST_HITS);
    }
    kept.getValue().set(LAST_NEW, now);
    table.put(source, kept);
    return kept.getValue();
  }

  private int worth(AtomicLongArray tally) {
    if (tally.get(Choice.HELD) > 0) {
      return SourceTable.IN_USE;
    }
    long now = clock.getAsLong();
    long idle = Math.min(now - tally.get(LAST_NEW), now - tally.get(Choice.LAST_END));
    return idle > timeout ? SourceTable.WORTHLESS : SourceTable.WORTH_KEEPING;
  }
}
