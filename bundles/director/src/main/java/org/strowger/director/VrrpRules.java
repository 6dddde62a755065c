package org.strowger.director;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpKey;
import org.strowger.api.VrrpTrack;

/** What must hold between the keys of VRRP. */
final class VrrpRules {
  private static final String WHOLE_SECONDS = "whole seconds, because version is 2";

  private final Configuration configuration;
  private final Vrrp wanted;
  private final List<Violation> violations;
  private final Function<Map<String, ?>, String> list;

  /**
   * @param violations are added to
   * @param list names for people
   */
  VrrpRules(
      Configuration wanted, List<Violation> violations, Function<Map<String, ?>, String> list) {
    this.configuration = wanted;
    this.wanted = wanted.vrrp();
    this.violations = violations;
    this.list = list;
  }

  void check() {
    Map<String, String> routers = new HashMap<>();
    Map<String, String> addresses = new HashMap<>();
    for (VrrpInstance each : wanted.instances().values()) {
      one(each);
      interval(each);
      references(each);
      String router = each.device() + " " + each.routerId() + (each.ipv6() ? " IPv6" : " IPv4");
      String other = routers.putIfAbsent(router, each.name());
      if (other != null) {
        wrong(each, "routerId", each.routerId(), "another one than instance " + other + " has");
      }
      for (InetAddress address : each.addresses()) {
        String first = addresses.putIfAbsent(address.getHostAddress(), each.name());
        if (first != null) {
          wrong(
              each,
              "addresses",
              address.getHostAddress(),
              "addresses that are not those of instance " + first);
        }
      }
    }
    groups();
    keys();
    tracks();
  }

  private void references(VrrpInstance each) {
    for (String key : each.signing().keys()) {
      if (!wanted.keys().containsKey(key)) {
        wrong(each, "keys", key, "names of keys; there " + list.apply(wanted.keys()));
      }
    }
    if (each.signing().acceptUnsigned() && each.signing().keys().isEmpty()) {
      wrong(each, "acceptUnsigned", true, "keys with it");
    }
    for (String track : each.tracks().keySet()) {
      if (!wanted.tracks().containsKey(track)) {
        wrong(each, "tracks", track, "names of tracks; there " + list.apply(wanted.tracks()));
      }
    }
  }

  private void keys() {
    Map<Integer, String> names = new HashMap<>();
    for (VrrpKey key : wanted.keys().values()) {
      String other = names.putIfAbsent(key.id(), key.name());
      if (other != null) {
        violations.add(
            Violation.of(
                KeyPath.of("vrrp", "keys", key.name(), "id"),
                key.id(),
                "another one than key " + other + " has"));
      }
    }
  }

  private void tracks() {
    for (VrrpTrack track : wanted.tracks().values()) {
      KeyPath path = KeyPath.of("vrrp", "tracks", track.name());
      TrackShape.relativeProgram(track)
          .ifPresent(
              program ->
                  violations.add(
                      Violation.of(
                          path.child("command"),
                          program,
                          "a list that starts with the absolute path of a program")));
      if (track.subject() instanceof VrrpTrack.Subject.Services(List<String> names)) {
        names.stream()
            .filter(name -> !configuration.virtualServices().containsKey(name))
            .forEach(
                name ->
                    violations.add(
                        Violation.of(
                            path.child("virtualServices"),
                            name,
                            "names of virtual services; there "
                                + list.apply(configuration.virtualServices()))));
      }
    }
  }

  private void one(VrrpInstance each) {
    if (each.addresses().isEmpty()) {
      wrong(each, "addresses", "[]", "at least one address");
    }
    boolean mixed = each.addresses().stream().anyMatch(address -> ipv6(address) != each.ipv6());
    if (mixed) {
      wrong(
          each,
          "addresses",
          text(each.addresses()),
          "addresses of one family; the other needs" + " an instance of its own");
    }
    if (each.version() == 2 && each.ipv6()) {
      wrong(each, "version", 2, "3, because version 2 has no IPv6");
    }
    each.source()
        .filter(source -> ipv6(source) != each.ipv6())
        .ifPresent(
            source ->
                wrong(each, "source", source.getHostAddress(), "one of the family of addresses"));
    if (each.unicastPeers().stream().anyMatch(peer -> ipv6(peer) != each.ipv6())) {
      wrong(each, "unicastPeers", text(each.unicastPeers()), "ones of the family of addresses");
    }
    if (each.deadMan().toMillis() % 1_000 != 0) {
      wrong(each, "deadMan", each.deadMan().toMillis() + "ms", "whole seconds");
    }
  }

  private void interval(VrrpInstance each) {
    Duration interval = each.advertInterval();
    String written = interval.toMillis() + "ms";
    if (each.version() == 2 && interval.toMillis() % 1_000 != 0) {
      wrong(each, "advertInterval", written, WHOLE_SECONDS);
    } else if (each.version() == 3 && interval.toMillis() % 10 != 0) {
      wrong(each, "advertInterval", written, "a multiple of 10ms, because version is 3");
    } else if (each.version() == 3 && interval.compareTo(VrrpShape.LONGEST_INTERVAL) > 0) {
      wrong(each, "advertInterval", written, "at most 40950ms, because version is 3");
    }
  }

  private void groups() {
    Map<String, String> groupOf = new HashMap<>();
    wanted
        .syncGroups()
        .forEach(
            (group, names) -> {
              KeyPath path = KeyPath.of("vrrp", "syncGroups", group, "instances");
              for (String name : names) {
                if (!wanted.instances().containsKey(name)) {
                  violations.add(
                      Violation.of(
                          path,
                          name,
                          "names of VRRP instances; there " + list.apply(wanted.instances())));
                }
                String other = groupOf.putIfAbsent(name, group);
                if (other != null) {
                  violations.add(
                      Violation.of(path, name, "instances that are not in group " + other));
                }
              }
            });
  }

  private void wrong(VrrpInstance instance, String key, Object value, String expected) {
    violations.add(
        Violation.of(KeyPath.of("vrrp", "instances", instance.name(), key), value, expected));
  }

  private static boolean ipv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  private static String text(List<InetAddress> addresses) {
    return String.join(", ", addresses.stream().map(InetAddress::getHostAddress).toList());
  }
}
