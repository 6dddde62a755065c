package org.strowger.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code bench kernel} adds to the {@link Place}: a namespace for each kind of director, the
 * real servers' ways back to the clients, and what direct routing and tunnels want of them.
 *
 * <pre>
 * 10.46.1.N  clients of contender N        10.46.2.N  its virtual address
 * 10.46.3.i  real servers                  10.46.4.i  the same, reached through the plain director
 * 10.46.5.N  full NAT's sources            10.46.6.h  the directors themselves
 * </pre>
 */
final class KernelGround {
  private static final String UNWRAP = "unwrap.bpf.o";

  private final Place place;
  private final Set<KernelKind> kinds;
  private boolean checksumsWhole;

  KernelGround(Place place, List<KernelKind> kinds) {
    this.place = place;
    this.kinds = EnumSet.copyOf(kinds);
  }

  void build() throws IOException, InterruptedException {
    place.run("client", "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
    place.run(
        "client",
        "ip route add 10.46.4.0/24 via %s src %s"
            .formatted(address(KernelKind.House.PLAIN), client(KernelKind.ROUTED)));
    for (KernelKind.House house : KernelKind.House.values()) {
      if (kinds.stream().anyMatch(kind -> kind.house() == house)
          || house == KernelKind.House.PLAIN) {
        director(house);
      }
    }
    for (int i = 1; i <= Place.REAL_SERVERS; i++) {
      realServer(i);
    }
  }

  private void director(KernelKind.House house) throws IOException, InterruptedException {
    if (house == KernelKind.House.NONE) {
      return;
    }
    List<String> addresses = new ArrayList<>(List.of(address(house)));
    kinds.stream()
        .filter(kind -> kind.house() == house && !kind.strowger()) // Strowger sets its own
        .forEach(kind -> addresses.add(virtual(kind, Place.HTTP).address()));
    place.join(house.word(), addresses);
    if (house == KernelKind.House.XDP) { // who gets frames from XDP has to expect them
      place.run("switch", "ethtool -K " + house.word() + " gro on");
    }
    place.run(house.word(), "sysctl -qw net.ipv4.ip_forward=1");
    place.run(house.word(), "sysctl -qw net.ipv4.conf.all.send_redirects=0");
    place.run(house.word(), "sysctl -qw net.ipv4.conf.eth0.send_redirects=0");
  }

  private void realServer(int number) throws IOException, InterruptedException {
    String name = "real" + number;
    place.run(name, "ip address add 10.46.4.%d/32 dev eth0".formatted(number));
    place.run(name, "sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    place.run(name, "sysctl -qw net.ipv4.conf.all.arp_announce=2");
    place.run(name, "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
    for (KernelKind kind : kinds) {
      if (kind.answersThroughDirector()) {
        place.run(
            name,
            "ip route add %s/32 via %s src 10.46.%d.%d"
                .formatted(
                    client(kind),
                    address(kind.house()),
                    kind == KernelKind.ROUTED ? 4 : 3,
                    number));
      }
      if (kind.addressAtRealServers()) {
        place.run(name, "ip address add %s/32 dev lo".formatted(virtual(kind, 0).address()));
      }
    }
    if (kinds.stream().anyMatch(kind -> kind.forwarding().equals("tunnelIpip"))) {
      Path object = place.folder().resolve(UNWRAP);
      try (InputStream in = unwrap().orElseThrow()) {
        Files.write(object, in.readAllBytes());
      }
      place.run(name, "tc qdisc add dev eth0 clsact");
      place.run(name, "tc filter add dev eth0 ingress bpf direct-action obj " + object + " sec tc");
    }
  }

  /** What unwraps tunnelled packets, if it could be compiled. */
  static Optional<InputStream> unwrap() {
    return Optional.ofNullable(KernelGround.class.getResourceAsStream("/" + UNWRAP));
  }

  /** Of a director itself. */
  static String address(KernelKind.House house) {
    return "10.46.6." + (List.of(KernelKind.House.values()).indexOf(house) + 1);
  }

  static String client(KernelKind kind) {
    return "10.46.1." + kind.number();
  }

  static Target virtual(KernelKind kind, int port) {
    return new Target("10.46.2." + kind.number(), port);
  }

  /** Full NAT's source. */
  static String source(KernelKind kind) {
    return "10.46.5." + kind.number();
  }

  /** Where clients of a contender connect to. */
  List<Target> targets(KernelKind kind, int port) {
    return switch (kind) {
      case DIRECT -> at("10.46.3.", port);
      case ROUTED -> at("10.46.4.", port);
      default -> List.of(virtual(kind, port));
    };
  }

  private static List<Target> at(String start, int port) {
    List<Target> all = new ArrayList<>();
    for (int i = 1; i <= Place.REAL_SERVERS; i++) {
      all.add(new Target(start + i, port));
    }
    return all;
  }

  /** Clients speak from the address that is this contender's own from now on. */
  void turnTo(KernelKind kind) throws IOException, InterruptedException {
    place.source("client", client(kind));
    boolean whole = kind.house() == KernelKind.House.XDP;
    if (whole != checksumsWhole) {
      checksumsWhole = whole;
      checksums("client");
      for (int i = 1; i <= Place.REAL_SERVERS; i++) {
        checksums("real" + i);
      }
    }
  }

  /**
   * Veth leaves checksums to a card that is not there. XDP meets such packets as they are, and what
   * it sends on arrives broken; from a real card they come whole.
   */
  private void checksums(String name) throws IOException, InterruptedException {
    place.run(name, "ethtool -K eth0 tx " + (checksumsWhole ? "off" : "on"));
  }
}
