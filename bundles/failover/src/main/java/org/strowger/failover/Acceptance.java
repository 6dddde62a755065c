package org.strowger.failover;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpPackets;

/** Whether a well-formed advert is for an instance: RFC 9568, 7.1. */
final class Acceptance {
  private Acceptance() {}

  /** Why it is not; empty if it is. */
  static Optional<Refusal> refusal(VrrpInstance wanted, Advert advert, VrrpPackets.Packet packet) {
    if (advert.version() != wanted.version()) {
      return Optional.of(Refusal.VERSION);
    }
    boolean group = packet.to().isMulticastAddress();
    boolean unicast = !wanted.unicastPeers().isEmpty();
    if (unicast == group || (unicast && !wanted.unicastPeers().contains(packet.source()))) {
      return Optional.of(Refusal.PEER);
    }
    if (wanted.version() == 2 && advert.intervalNanos() != wanted.advertInterval().toNanos()) {
      return Optional.of(Refusal.INTERVAL);
    }
    return Optional.empty();
  }

  /**
   * Whether the addresses are the same, whatever their order. If only some are, one of the
   * directors is just being given others: to take it for a stranger would make both active.
   */
  static boolean sameAddresses(VrrpInstance wanted, Advert advert) {
    return Set.copyOf(advert.addresses()).equals(Set.copyOf(wanted.addresses()));
  }

  /** Another virtual router of the same number. */
  static boolean stranger(VrrpInstance wanted, Advert advert) {
    return Collections.disjoint(advert.addresses(), wanted.addresses());
  }
}
