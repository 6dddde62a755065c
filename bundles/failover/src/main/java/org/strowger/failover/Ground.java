package org.strowger.failover;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Network;
import org.strowger.api.SyncState;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpPackets;

/** What failover stands on: services of the kernel, and who knows the connections of others. */
final class Ground {
  private @Nullable Network network;
  private @Nullable VrrpPackets packets;
  private @Nullable ConnectionSync sync;

  /** Services may listen at addresses that are not here. */
  private volatile boolean bindsElsewhere;

  /** The kernel's services came, first or anew; that they go is no reason to stop using them. */
  synchronized void came(@Nullable Network newNetwork, @Nullable VrrpPackets newPackets) {
    network = newNetwork == null ? network : newNetwork;
    packets = newPackets == null ? packets : newPackets;
  }

  synchronized void came(ConnectionSync present) {
    sync = present;
  }

  synchronized void went(ConnectionSync gone) {
    if (gone.equals(sync)) {
      sync = null;
    }
  }

  synchronized Optional<Kernel> kernel() {
    Network byNetwork = network;
    VrrpPackets byPackets = packets;
    return byNetwork == null || byPackets == null
        ? Optional.empty()
        : Optional.of(new Kernel(byNetwork, byPackets));
  }

  /** How much is known of the connections of others; empty while nobody knows. */
  Optional<SyncState> sync() {
    ConnectionSync present;
    synchronized (this) {
      present = sync;
    }
    return Optional.ofNullable(present).map(ConnectionSync::state);
  }

  synchronized void listenElsewhere(Vrrp wanted) {
    Network present = network;
    if (!wanted.instances().isEmpty() && present != null && present.unavailable().isEmpty()) {
      bindsElsewhere = Kernel.listenElsewhere(present);
    }
  }

  boolean bindsElsewhere() {
    return bindsElsewhere;
  }
}
