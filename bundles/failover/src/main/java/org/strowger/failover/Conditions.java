package org.strowger.failover;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.SwitchReason;

/** What of the instances is an alarm. */
final class Conditions {
  /** Adverts of a rival in a row after which it counts: one or two are a take-over under way. */
  static final int SPLIT_HEARD = 3;

  private static final long REMEMBERED = 10 * Advert.SECOND;

  private Conditions() {}

  static List<AlarmCondition> of(Engine engine, long now) {
    List<AlarmCondition> all = new ArrayList<>();
    boolean whole = engine.standby().contains(Standby.ALL);
    if (whole) {
      all.add(
          new AlarmCondition(
              AlarmType.FORCED_STANDBY, "director", "an operator keeps the director on standby"));
    }
    for (Instance instance : engine.instances().values()) {
      String name = instance.wanted.name();
      if (!whole && engine.forced(name)) {
        add(all, AlarmType.FORCED_STANDBY, name, "an operator keeps it on standby");
      }
      split(instance, now).ifPresent(text -> add(all, AlarmType.SPLIT_BRAIN, name, text));
      conflict(instance, now).ifPresent(text -> add(all, AlarmType.ADDRESS_CONFLICT, name, text));
      instance.forgeries.now(now).ifPresent(text -> add(all, AlarmType.ADVERT_FORGED, name, text));
      instance.guard.problem().ifPresent(text -> add(all, AlarmType.SECRET_MISSING, name, text));
      if (!instance.burden.failed().isEmpty()) {
        add(all, AlarmType.TRACK_FAILED, name, text(instance));
      }
      if (instance.active() && instance.peerLost) {
        String who =
            instance
                .standing
                .heard()
                .active()
                .map(o -> text(o.source()))
                .orElse("the other director");
        add(
            all,
            AlarmType.PEER_UNREACHABLE,
            name,
            who + " was active and fell silent; it was not heard since");
      }
      unusable(engine, instance)
          .ifPresent(text -> add(all, AlarmType.FAILOVER_UNAVAILABLE, name, text));
    }
    return all;
  }

  private static void add(List<AlarmCondition> all, AlarmType type, String name, String text) {
    all.add(new AlarmCondition(type, "vrrp=" + name, "VRRP instance " + name + ": " + text));
  }

  private static String text(Instance instance) {
    int wanted = instance.wanted.priority();
    String effect =
        instance.hindrance().isPresent()
            ? "it takes no part"
            : "its priority is %d instead of %d".formatted(instance.priority(), wanted);
    return effect + ", because of " + instance.burden.text();
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }

  static Optional<String> split(Instance instance, long now) {
    return instance
        .standing
        .rival()
        .filter(rival -> rival.heard() >= SPLIT_HEARD)
        .filter(rival -> now - rival.last() <= 4 * instance.wanted.advertInterval().toNanos())
        .map(
            rival ->
                "%s (priority %d) is active too, and does not hear this director"
                    .formatted(text(rival.source()), rival.priority()));
  }

  private static Optional<String> conflict(Instance instance, long now) {
    InetAddress foreign = instance.foreign;
    return foreign == null || now - instance.foreignAt > REMEMBERED
        ? Optional.empty()
        : Optional.of(
            "%s sends adverts of virtual router %d with other addresses than %s"
                .formatted(
                    text(foreign),
                    instance.wanted.routerId(),
                    instance.wanted.addresses().stream().map(Conditions::text).toList()));
  }

  private static Optional<String> unusable(Engine engine, Instance instance) {
    return instance
        .hindrance()
        .filter(each -> each.reason() != SwitchReason.TRACK)
        .map(Burden.Hindrance::text)
        .or(
            () ->
                instance.place.flatMap(
                    place ->
                        engine.holding().problem(place.device(), instance.wanted.addresses())));
  }
}
