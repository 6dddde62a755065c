package org.strowger.failover;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.strowger.api.DirectorRole;
import org.strowger.api.Network;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;
import org.strowger.api.VrrpPackets;
import org.strowger.testkit.Street;

/** Failover of one director in a house of the street: its real thread, sockets and addresses. */
final class Station implements AutoCloseable {
  static final String NAME = "gate";

  /** Those of all stations. */
  private static final Keyring KEYS =
      new Keyring(Map.of("ours", new Keyring.Key(9, "what both directors know")), Map.of());

  private static final String ADDRESS_OF_IPV4 = "10.77.0.100";

  /** The first address of IPv6 is to be a link-local one: RFC 9568, 5.2.9. */
  static final String LINK_LOCAL = "fe80::77";

  private static final String ADDRESS_OF_IPV6 = "fd77::100";

  private final VrrpThread thread;

  private Station(VrrpThread thread) {
    this.thread = thread;
  }

  /** One that begins as others do. */
  static Station at(Street street, String house, VrrpInstance wanted) throws Exception {
    return at(street, house, wanted, Set.of());
  }

  static Station at(Street street, String house, VrrpInstance wanted, Set<String> resumed)
      throws Exception {
    return street.at(house, () -> here(wanted, resumed));
  }

  /** In the namespace of the calling thread. */
  static Station here(VrrpInstance wanted, Set<String> resumed) throws Exception {
    Network network = behindTheStar("KernelNetwork", Network.class);
    VrrpPackets packets = behindTheStar("KernelVrrp", VrrpPackets.class);
    VrrpThread thread = new VrrpThread(network, packets, VrrpThread.Before.NOTHING, () -> {});
    Station station = new Station(thread);
    station.want(wanted, resumed);
    return station;
  }

  /** The service that the bundle linux offers; test code may look behind the star. */
  private static <T> T behindTheStar(String name, Class<T> type) throws Exception {
    var constructor = Class.forName("org.strowger.linux." + name).getDeclaredConstructor();
    constructor.setAccessible(true);
    return type.cast(constructor.newInstance());
  }

  void want(VrrpInstance wanted, Set<String> resumed) {
    thread.keys(KEYS);
    thread.want(new Vrrp(Map.of(NAME, wanted), Map.of()), Set.of(), resumed);
  }

  VrrpThread thread() {
    return thread;
  }

  Optional<VrrpInstanceState> state() {
    return Optional.ofNullable(thread.state().instances().get(NAME));
  }

  boolean is(DirectorRole role) {
    return state().filter(state -> state.role() == role).isPresent();
  }

  @Override
  public void close() {
    thread.close();
  }

  /** How the tests' instance is wanted. */
  record Wish(
      int version,
      boolean ipv6,
      int priority,
      boolean preempt,
      Duration interval,
      VrrpInstance.Signing signing) {
    Wish(int version, boolean ipv6, int priority, boolean preempt, Duration interval) {
      this(version, ipv6, priority, preempt, interval, VrrpInstance.Signing.NONE);
    }

    static Wish of(int priority) {
      return new Wish(3, false, priority, true, Duration.ofMillis(100));
    }

    Wish version(int other) {
      return new Wish(
          other, ipv6, priority, preempt, Duration.ofMillis(other == 2 ? 1_000 : 100), signing);
    }

    /** So slow that a starved machine changes nothing. */
    Wish slow() {
      return new Wish(version, ipv6, priority, preempt, Duration.ofSeconds(1), signing);
    }

    /** Signed with these keys. */
    Wish signed(String... keys) {
      return new Wish(
          version,
          ipv6,
          priority,
          preempt,
          interval,
          new VrrpInstance.Signing(List.of(keys), false));
    }

    Wish six() {
      return new Wish(version, true, priority, preempt, interval, signing);
    }

    Wish bows() {
      return new Wish(version, ipv6, priority, false, interval, signing);
    }

    String address() {
      return ipv6 ? ADDRESS_OF_IPV6 : ADDRESS_OF_IPV4;
    }

    VrrpInstance instance() {
      return at("door");
    }

    VrrpInstance at(String device) {
      return new VrrpInstance(
          NAME,
          device,
          version,
          77,
          priority,
          interval,
          preempt,
          Duration.ZERO,
          Duration.ZERO,
          Stream.concat(ipv6 ? Stream.of(LINK_LOCAL) : Stream.of(), Stream.of(address()))
              .map(InetAddress::ofLiteral)
              .toList(),
          Optional.empty(),
          List.of(),
          true,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          signing,
          Map.of(),
          false);
    }
  }
}
