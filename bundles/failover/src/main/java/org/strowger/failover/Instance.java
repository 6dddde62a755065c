package org.strowger.failover;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpInstance;

/** A VRRP instance at run time; of the engine's thread. */
final class Instance {
  /** Where it speaks. */
  record Place(int device, InetAddress source) {}

  final Counts counts = new Counts();
  VrrpInstance wanted;
  Standing standing;
  Optional<Place> place = Optional.empty();

  /** Why it has no place, one sentence. */
  String unusable = "it was not looked for yet";

  boolean joined;
  long transitions;
  long splits;

  /** Last advert of the same router with other addresses, and by whom. */
  long foreignAt = Long.MIN_VALUE / 2;

  @Nullable InetAddress foreign;

  /** The other director was lost, and none was heard since. */
  boolean peerLost;

  Instance(VrrpInstance wanted, Standing standing) {
    this.wanted = wanted;
    this.standing = standing;
  }

  boolean active() {
    return standing.role() == DirectorRole.ACTIVE;
  }

  /** Whether it is the same virtual router as that: what differs else changes while it runs. */
  boolean sameRouter(VrrpInstance other) {
    return wanted.device().equals(other.device())
        && wanted.version() == other.version()
        && wanted.routerId() == other.routerId()
        && wanted.ipv6() == other.ipv6();
  }

  Terms terms(boolean forced, long startedAt) {
    return new Terms(
        wanted.version(),
        wanted.priority(),
        wanted.advertInterval().toNanos(),
        wanted.preempt(),
        wanted.preemptDelay().toNanos(),
        wanted.announceInterval().toNanos(),
        place.map(Place::source).orElse(wanted.addresses().getFirst()),
        place.isPresent() ? Optional.empty() : Optional.of(SwitchReason.LINK_DOWN),
        forced,
        startedAt + wanted.startDelay().toNanos());
  }

  Advert advert(int priority) {
    return new Advert(
        wanted.version(),
        wanted.routerId(),
        priority,
        wanted.advertInterval().toNanos(),
        wanted.addresses());
  }
}
