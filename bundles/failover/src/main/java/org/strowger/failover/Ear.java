package org.strowger.failover;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.strowger.api.VrrpPackets;

/** Judges what was heard for an instance, and counts what is not taken. Of the engine's thread. */
final class Ear {
  private Ear() {}

  /** The advert, if it is one that counts. */
  static Optional<Advert> taken(Instance instance, VrrpPackets.Packet packet, long now) {
    return switch (AdvertCodec.read(packet.bytes(), packet.source(), packet.to(), packet.hops())) {
      case AdvertCodec.Read.Refused(Refusal why) -> {
        instance.counts.refused(why);
        yield Optional.empty();
      }
      case AdvertCodec.Read.Taken(Advert advert, Optional<ByteBuffer> sealed) ->
          refused(instance, advert, sealed, packet, now)
              ? Optional.empty()
              : ofThisRouter(instance, advert, packet, now);
    };
  }

  private static boolean refused(
      Instance instance,
      Advert advert,
      Optional<ByteBuffer> sealed,
      VrrpPackets.Packet packet,
      long now) {
    Optional<Refusal> why = Acceptance.refusal(instance.wanted, advert, packet);
    if (why.isEmpty()) { // the proof is looked at last: it costs most
      why = instance.guard.judge(sealed, packet.source(), packet.to());
      why.ifPresent(refusal -> instance.forgeries.heard(packet.source(), refusal, now));
    }
    why.ifPresent(instance.counts::refused);
    return why.isPresent();
  }

  private static Optional<Advert> ofThisRouter(
      Instance instance, Advert advert, VrrpPackets.Packet packet, long now) {
    if (!Acceptance.sameAddresses(instance.wanted, advert)) {
      instance.counts.refused(Refusal.ADDRESS_LIST);
      instance.foreignAt = now;
      instance.foreign = packet.source();
    }
    if (Acceptance.stranger(instance.wanted, advert)) {
      return Optional.empty();
    }
    instance.counts.received(advert.priority());
    instance.peerLost = false;
    return Optional.of(advert);
  }
}
