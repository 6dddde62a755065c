package org.strowger.bpf;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;

/**
 * Addresses of virtual services that another director has now: what connections there are at them
 * in the tables is that director's, though this one carried them once. Any thread.
 */
final class Elsewhere {
  private final Network network;
  private final KernelTable table;
  private volatile Set<InetAddress> addresses = Set.of();

  Elsewhere(Network network, KernelTable table) {
    this.network = network;
    this.table = table;
  }

  /** Looks which they are. */
  void look() throws KernelException {
    Set<InetAddress> away = new HashSet<>(table.floating());
    if (!away.isEmpty()) {
      for (NetworkAddress each : network.addresses()) {
        away.remove(each.address());
      }
    }
    addresses = Set.copyOf(away);
  }

  boolean is(InetAddress address) {
    return addresses.contains(address);
  }

  boolean any() {
    return !addresses.isEmpty();
  }
}
