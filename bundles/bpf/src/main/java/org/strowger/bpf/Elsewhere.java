package org.strowger.bpf;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;

/**
 * Addresses of virtual services that another director has now: what connections there are at them
 * in the tables is that director's, though this one carried them once. Any thread, but none that
 * has the lock of the table.
 */
final class Elsewhere {
  private static final Logger LOG = LoggerFactory.getLogger(Elsewhere.class);

  /** What was seen counts so long: a switch must not wait for a look at all connections. */
  private static final long FRESH_NANOS = 200_000_000L;

  private final Network network;
  private final KernelTable table;
  private volatile Set<InetAddress> addresses = Set.of();
  private volatile long lookedAt = System.nanoTime() - FRESH_NANOS;

  Elsewhere(Network network, KernelTable table) {
    this.network = network;
    this.table = table;
  }

  /** Looks which they are. */
  synchronized void look() throws KernelException {
    lookedAt = System.nanoTime();
    Set<InetAddress> away = new HashSet<>(table.floating());
    if (!away.isEmpty()) {
      for (NetworkAddress each : network.addresses()) {
        away.remove(each.address());
      }
    }
    addresses = Set.copyOf(away);
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
    return addresses.contains(address);
  }

  boolean any() {
    return !addresses.isEmpty();
  }
}
