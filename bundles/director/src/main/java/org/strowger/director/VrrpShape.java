package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpKey;
import org.strowger.api.VrrpTrack;

/** The part of the {@link Shape} that is about failover, and how it is read. */
final class VrrpShape {
  /** Largest advert interval of version 3: 12 bits of hundredths of a second. */
  static final Duration LONGEST_INTERVAL = Duration.ofMillis(40_950);

  private VrrpShape() {}

  static Key.Branch vrrp() {
    return branch(
        "Directors that stand for each other (VRRP, RFC 9568).",
        "instances",
        named("Virtual routers that this director is one of.", VrrpInstance.MAX_INSTANCES, one()),
        "syncGroups",
        named(
            "Instances that move together.",
            VrrpInstance.MAX_INSTANCES,
            branch(
                "A sync group.",
                "instances",
                required(
                    Type.names("VRRP instances", VrrpInstance.MAX_INSTANCES), "Its instances."))),
        "keys",
        named("Keys that adverts are signed with.", VrrpKey.MAX_KEYS, key()),
        "tracks",
        named("What an active director needs.", VrrpTrack.MAX_TRACKS, TrackShape.track()));
  }

  private static Key.Branch key() {
    return branch(
        "A key; its secret is in a file.",
        "id",
        required(Type.integer(1, 255, "key id"), "The same on all directors."),
        "secretFile",
        required(
            Type.file(),
            "File, readable by its owner only, with a secret of at least %d characters."
                .formatted(VrrpKey.SHORTEST)));
  }

  private static Key.Branch one() {
    return branch(
        "A VRRP instance.",
        "interface",
        required(Type.text(15), "Network device it speaks on and puts its addresses on."),
        "version",
        withDefault(Type.integer(2, 3, "of VRRP"), 3L, "Of the protocol."),
        "routerId",
        required(
            Type.integer(1, 255, "VRID"),
            "The same on all its directors, of no other on the link."),
        "priority",
        withDefault(
            Type.integer(1, 255, "priority"), 100L, "The highest is active; 255: address owner."),
        "advertInterval",
        withDefault(
            Type.duration(Duration.ofMillis(10), Duration.ofSeconds(255)),
            "100ms",
            "Between adverts; version 2: whole seconds."),
        "preempt",
        withDefault(Type.yesOrNo(), true, "Take over from an active one of lower priority."),
        "preemptDelay",
        withDefault(delay(), "0s", "How long such a one is tolerated before that."),
        "startDelay",
        withDefault(delay(), "0s", "After a start, without taking part."),
        "addresses",
        required(
            Type.addresses(VrrpInstance.MAX_ADDRESSES), "On the active director only; one family."),
        "source",
        optional(Type.address(), "Sender of adverts; left out: the device's first address."),
        "unicastPeers",
        withDefault(
            Type.addresses(VrrpInstance.MAX_PEERS),
            List.of(),
            "Spoken to one by one, instead of by multicast."),
        "pseudoHeader",
        withDefault(
            Type.yesOrNo(), true, "Version 3, IPv4: checksum as in RFC 5798; false: RFC 9568."),
        "announceInterval",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofHours(24)),
            "60s",
            "The addresses are announced again; 0s: at take-over only."),
        "deadMan",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofMinutes(10)),
            "1s",
            "The kernel takes the addresses from a director that died or hangs so long; 0s: never."),
        "keys",
        withDefault(
            Type.names("keys", VrrpKey.MAX_KEYS),
            List.of(),
            "The first signs its adverts, each is accepted; none: not signed."),
        "acceptUnsigned",
        withDefault(Type.yesOrNo(), false, "With keys: adverts without a signature are taken too."),
        "tracks",
        tracks(),
        "duty",
        withDefault(
            Type.yesOrNo(), true, "Give up while nothing at its addresses can be forwarded here."));
  }

  private static Key tracks() {
    return named(
        "What it tracks.",
        VrrpTrack.MAX_TRACKS,
        branch(
            "One of the tracks.",
            "weight",
            withDefault(
                Type.integer(0, 254, "off the priority"),
                0L,
                "Taken off the priority while it fails; 0: the instance gives up.")));
  }

  private static Type delay() {
    return Type.duration(Duration.ZERO, Duration.ofHours(1));
  }

  static Vrrp read(Section section) {
    return new Vrrp(
        section.entries("instances", VrrpShape::instance),
        section.entries("syncGroups", VrrpShape::members),
        section.entries(
            "keys",
            (name, key) -> new VrrpKey(name, key.integer("id"), key.get("secretFile", Path.class))),
        section.entries("tracks", TrackShape::read));
  }

  private static List<String> members(String name, Section group) {
    return names(group.get("instances", List.class));
  }

  private static List<String> names(List<?> list) {
    return list.stream().map(String::valueOf).toList();
  }

  private static VrrpInstance instance(String name, Section section) {
    return new VrrpInstance(
        name,
        section.get("interface", String.class),
        section.integer("version"),
        section.integer("routerId"),
        section.integer("priority"),
        section.get("advertInterval", Duration.class),
        section.get("preempt", Boolean.class),
        section.get("preemptDelay", Duration.class),
        section.get("startDelay", Duration.class),
        addresses(section, "addresses"),
        section.find("source", InetAddress.class),
        addresses(section, "unicastPeers"),
        section.get("pseudoHeader", Boolean.class),
        section.get("announceInterval", Duration.class),
        section.get("deadMan", Duration.class),
        new VrrpInstance.Signing(
            names(section.get("keys", List.class)), section.get("acceptUnsigned", Boolean.class)),
        section.entries("tracks", (track, of) -> of.integer("weight")),
        section.get("duty", Boolean.class));
  }

  private static List<InetAddress> addresses(Section section, String name) {
    List<?> list = section.get(name, List.class);
    return list.stream().map(InetAddress.class::cast).toList();
  }
}
