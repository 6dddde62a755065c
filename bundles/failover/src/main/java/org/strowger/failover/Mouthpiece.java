package org.strowger.failover;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.VrrpPackets;

/** Sends adverts, and joins the groups of those that are to be heard. Of the engine's thread. */
final class Mouthpiece {
  private static final Logger LOG = LoggerFactory.getLogger(Mouthpiece.class);
  private static final InetAddress GROUP_OF_IPV4 = InetAddress.ofLiteral("224.0.0.18");
  private static final InetAddress GROUP_OF_IPV6 = InetAddress.ofLiteral("ff02::12");

  private final VrrpPackets.Link link;
  private final Map<String, Instance> instances;
  private final long session;
  private long number;

  /**
   * @param instances all of them, as they are at any time: they share groups
   * @param session number of signed adverts, with that of the advert
   */
  Mouthpiece(VrrpPackets.Link link, Map<String, Instance> instances, long session) {
    this.link = link;
    this.instances = instances;
    this.session = session;
  }

  void join(Instance instance, Instance.Place place) {
    if (instance.joined) {
      return;
    }
    try {
      boolean other = sharing(instance, place);
      if (!other) {
        link.join(place.device(), instance.wanted.ipv6());
      }
      instance.joined = true;
    } catch (KernelException e) {
      instance.noPlace(e.sentence());
      LOG.error("VRRP instance {}: {}", instance.wanted.name(), e.sentence());
    }
  }

  /** Another instance hears the same group. */
  private boolean sharing(Instance instance, Instance.Place place) {
    return instances.values().stream()
        .anyMatch(
            each ->
                each.joined
                    && !each.wanted.name().equals(instance.wanted.name())
                    && each.wanted.ipv6() == instance.wanted.ipv6()
                    && each.place.filter(p -> p.device() == place.device()).isPresent());
  }

  void leave(Instance instance, Instance.Place place) {
    if (instance.joined && !sharing(instance, place)) {
      link.leave(place.device(), instance.wanted.ipv6());
    }
    instance.joined = false;
  }

  /** Sends it, if the instance has a place to send from. */
  void send(Instance instance, Advert advert) {
    instance.place.ifPresent(place -> send(instance, place, advert));
  }

  private void send(Instance instance, Instance.Place place, Advert advert) {
    List<InetAddress> peers = instance.wanted.unicastPeers();
    List<InetAddress> to =
        peers.isEmpty() ? List.of(instance.wanted.ipv6() ? GROUP_OF_IPV6 : GROUP_OF_IPV4) : peers;
    number++;
    Optional<AdvertCodec.Sealer> sealer = instance.guard.sealer(new Guard.Mark(session, number));
    for (InetAddress each : to) {
      try {
        link.send(
            place.device(),
            place.source(),
            each,
            AdvertCodec.write(
                advert, place.source(), each, instance.wanted.pseudoHeader(), sealer));
        instance.counts.sent(advert.priority());
      } catch (KernelException e) { // the link may be going down: its event tells the same
        instance.counts.failed();
        LOG.debug("VRRP instance {}: {}", instance.wanted.name(), e.sentence());
      }
    }
  }
}
