package org.strowger.bpf;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;

/**
 * Addresses of virtual services that another director has now: what connections there are at them
 * in the tables is that director's, though this one carried them once; and stays so when the
 * address comes back, until a packet of the client's does. That is worked out, and not written into
 * the entry: the kernel and {@link Taking} write there at the same time, and what they wrote
 * between a look at it and such a mark would be undone. Any thread, but {@link #look} and {@link
 * #refresh} none that has the lock of the table.
 */
final class Elsewhere {
  private static final Logger LOG = LoggerFactory.getLogger(Elsewhere.class);

  /** What was seen counts so long: a switch must not wait for a look at all connections. */
  private static final long FRESH_NANOS = 200_000_000L;

  private final Network network;
  private final KernelTable table;
  private volatile Seen seen = new Seen(Set.of(), Map.of(), Long.MIN_VALUE);
  private volatile long lookedAt = System.nanoTime() - FRESH_NANOS;

  /**
   * What the looks have shown; times of {@code System.nanoTime}, which the entries have, too.
   *
   * @param now elsewhere
   * @param until by address, when it was elsewhere for the last time
   * @param newest of those
   */
  private record Seen(Set<InetAddress> now, Map<InetAddress, Long> until, long newest) {}

  Elsewhere(Network network, KernelTable table) {
    this.network = network;
    this.table = table;
  }

  /** Looks which they are. */
  synchronized void look() throws KernelException {
    long at = System.nanoTime(); // before it is asked: what comes later is no packet of before
    lookedAt = at;
    Set<InetAddress> floating = table.floating();
    Set<InetAddress> away = new HashSet<>(floating);
    if (!away.isEmpty()) {
      for (NetworkAddress each : network.addresses()) {
        away.remove(each.address());
      }
    }
    Map<InetAddress, Long> until = new HashMap<>(seen.until);
    until.keySet().retainAll(floating);
    away.forEach(each -> until.put(each, at));
    long newest = until.values().stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
    seen = new Seen(Set.copyOf(away), Map.copyOf(until), newest);
  }

  /**
   * Looks if the last look was a while ago. If that cannot be, what was seen then still counts: the
   * thread that looks at all connections says so.
   */
  void refresh() {
    if (System.nanoTime() - lookedAt >= FRESH_NANOS) {
      try {
        look();
      } catch (KernelException e) {
        LOG.atDebug().setCause(e).log("it is not known where addresses are now");
      }
    }
  }

  boolean is(InetAddress address) {
    return seen.now.contains(address);
  }

  /**
   * Whether this director carries a connection: no other one told of it, or a packet of its
   * client's came here since; and its address is not elsewhere, and was not after its last packet.
   *
   * @param value of its forward entry
   */
  boolean carried(ByteBuffer key, ByteBuffer value) {
    if (Flows.taken(value)) {
      return false;
    }
    Seen present = seen;
    if (present.now.isEmpty() && Flows.last(value) >= present.newest) {
      return true; // no address is to be made of its octets for most
    }
    InetAddress address = Octets.address(key, Octets.ADDRESS);
    Long then = present.until.get(address);
    return then == null || (!present.now.contains(address) && Flows.last(value) >= then);
  }
}
