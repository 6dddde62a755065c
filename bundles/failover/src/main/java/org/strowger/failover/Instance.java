package org.strowger.failover;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpInstance;

/** A VRRP instance at run time; of the engine's thread. */
final class Instance {
  private static final Burden.Hindrance NOT_KNOWN =
      new Burden.Hindrance(SwitchReason.TRACK, "what it tracks was not looked at yet");

  /** Where it speaks. */
  record Place(int device, InetAddress source) {}

  final Counts counts = new Counts();
  VrrpInstance wanted;
  Standing standing;
  Optional<Place> place = Optional.empty();
  final Guard guard = new Guard();
  final Forgeries forgeries = new Forgeries();
  Burden burden;

  /** Why it has no place, one sentence. */
  private String unusable = "it was not looked for yet";

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
    boolean free = wanted.tracks().isEmpty() && !wanted.duty();
    this.burden = free ? Burden.NONE : Burden.UNKNOWN;
  }

  VirtualRouter router() {
    return VirtualRouter.of(wanted);
  }

  boolean active() {
    return standing.role() == DirectorRole.ACTIVE;
  }

  /** As it is when an operator lets it take part again. */
  Standing released(long startedAt, long now) {
    Standing free = standing.yields(false);
    long interval = wanted.advertInterval().toNanos();
    return free.role() == DirectorRole.BACKUP
        ? free.due(now + terms(false, startedAt).downNanos(interval))
        : free;
  }

  /** Whether it is the same virtual router as that: what differs else changes while it runs. */
  boolean sameRouter(VrrpInstance other) {
    return wanted.device().equals(other.device())
        && wanted.version() == other.version()
        && wanted.routerId() == other.routerId()
        && wanted.ipv6() == other.ipv6();
  }

  void noPlace(String why) {
    place = Optional.empty();
    unusable = why;
  }

  /** Why it takes no part. */
  Optional<Burden.Hindrance> hindrance() {
    if (place.isEmpty()) {
      return Optional.of(new Burden.Hindrance(SwitchReason.LINK_DOWN, unusable));
    }
    boolean begins = standing.role() == DirectorRole.INITIALIZE;
    return guard
        .hindrance()
        .map(why -> new Burden.Hindrance(SwitchReason.KEY, why))
        .or(burden::hindrance)
        .or(() -> burden.known() || !begins ? Optional.empty() : Optional.of(NOT_KNOWN));
  }

  /** With what its tracks take off. */
  int priority() {
    return Math.max(1, wanted.priority() - burden.lowers());
  }

  Terms terms(boolean forced, long startedAt) {
    return new Terms(
        wanted.version(),
        priority(),
        wanted.advertInterval().toNanos(),
        wanted.preempt(),
        wanted.preemptDelay().toNanos(),
        wanted.announceInterval().toNanos(),
        place.map(Place::source).orElse(wanted.addresses().getFirst()),
        hindrance().map(Burden.Hindrance::reason),
        forced,
        startedAt + wanted.startDelay().toNanos(),
        burden.behind().isPresent());
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
