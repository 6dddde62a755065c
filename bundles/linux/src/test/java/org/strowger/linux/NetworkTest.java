package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.linux.OwnNamespace.ip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;
import org.strowger.api.Neighbour;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDevice;
import org.strowger.api.NetworkEvent;
import org.strowger.api.Route;
import org.strowger.api.Subscription;

/** The network of namespaces of the tests' own. */
@Timeout(120)
class NetworkTest {
  private final KernelNetwork network = new KernelNetwork();

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private NetworkDevice device(String name) throws KernelException {
    return network.devices().stream().filter(d -> d.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void devicesAreListed() throws Exception {
    OwnNamespace.run(
        () -> {
          ip("link set near address 02:00:00:00:00:17 mtu 1400");
          NetworkDevice near = device("near");
          assertEquals(MacAddress.parse("02:00:00:00:00:17"), near.mac());
          assertEquals(1400, near.mtuBytes());
          assertEquals("veth", near.kind());
          assertTrue(near.up() && !near.loopback());
          awaitRunning("near", true);
          assertTrue(device("lo").loopback());
          ip("link set far down");
          assertFalse(device("far").up());
          awaitRunning("near", false);
        });
  }

  /** Whether the other end is there the kernel notices a little later. */
  private void awaitRunning(String name, boolean wanted) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (device(name).running() != wanted) {
      assertTrue(System.nanoTime() < deadline, () -> name + " running is not " + wanted);
      Thread.sleep(10);
    }
  }

  @ParameterizedTest
  @CsvSource({"10.91.1.1, 32", "10.91.2.1, 24", "fd91::1, 128", "fd91:2::1, 64"})
  void anAddressIsAddedOnceAndRemovedOnce(String literal, int length) throws Exception {
    OwnNamespace.run(
        () -> {
          int near = device("near").index();
          InetAddress ours = address(literal);
          assertTrue(network.addAddress(near, ours, length));
          assertFalse(network.addAddress(near, ours, length));
          NetworkAddress expected = new NetworkAddress(near, ours, length, true);
          assertTrue(network.addresses().contains(expected), network.addresses().toString());
          awaitLocal(ours);
          assertTrue(network.removeAddress(near, ours, length));
          assertFalse(network.removeAddress(near, ours, length));
          assertTrue(network.addresses().stream().noneMatch(a -> a.address().equals(ours)));
        });
  }

  /** The kernel makes the route to an IPv6 address of its own a little later, on another thread. */
  private void awaitLocal(InetAddress ours) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!network.route(ours).local()) {
      assertTrue(System.nanoTime() < deadline, () -> ours + " is not reached locally");
      Thread.sleep(10);
    }
  }

  @Test
  void whatAnOperatorAddedIsNotOurs() throws Exception {
    OwnNamespace.run(
        () -> {
          ip("addr add 10.91.3.1/24 dev near");
          int near = device("near").index();
          assertFalse(network.addAddress(near, address("10.91.3.1"), 24));
          NetworkAddress theirs = new NetworkAddress(near, address("10.91.3.1"), 24, false);
          assertTrue(network.addresses().contains(theirs), network.addresses().toString());
        });
  }

  @Test
  void hundredsOfAddressesAreListed() throws Exception {
    OwnNamespace.run(
        () -> {
          int near = device("near").index();
          for (int i = 0; i < 1000; i++) {
            network.addAddress(near, address("10.92." + i / 250 + "." + (1 + i % 250)), 32);
          }
          long before = Tried.descriptors();
          assertEquals(1000, network.addresses().stream().filter(NetworkAddress::ours).count());
          Tried.awaitNoMoreThan(before);
        });
  }

  @Test
  void aRefusalSaysWhatWasRefused() throws Exception {
    OwnNamespace.run(
        () -> {
          var none =
              assertThrows(
                  KernelException.class, () -> network.addAddress(9999, address("10.91.4.1"), 32));
          assertTrue(
              none.getMessage().startsWith("cannot add address 10.91.4.1/32 on device 9999: "),
              none.getMessage());
          assertEquals(19, none.errno());
          var gone =
              assertThrows(
                  KernelException.class, () -> network.announce(9999, address("10.91.4.1")));
          assertEquals(19, gone.errno());
          var unreachable =
              assertThrows(KernelException.class, () -> network.route(address("192.0.2.1")));
          assertEquals(
              "cannot find a route to 192.0.2.1: no route leads there (ENETUNREACH)",
              unreachable.getMessage());
          int near = device("near").index();
          assertThrows(
              IllegalArgumentException.class,
              () -> network.addAddress(near, address("10.91.4.1"), 33));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "10.91.5, ., 24, 10.93.0.7",
    "fd91:5:, :, 64, fd93::7",
  })
  void routesNameDeviceSourceAndGateway(String net, String dot, int length, String beyond)
      throws Exception {
    OwnNamespace.run(
        () -> {
          ip("addr add " + net + dot + "1/" + length + " dev near nodad");
          ip("route add default via " + net + dot + "254 dev near");
          int near = device("near").index();
          Optional<InetAddress> source = Optional.of(address(net + dot + "1"));
          Optional<InetAddress> gateway = Optional.of(address(net + dot + "254"));
          Route onLink = network.route(address(net + dot + "9"));
          assertEquals(new Route(near, source, Optional.empty(), false), onLink);
          Route routed = network.route(address(beyond));
          assertEquals(new Route(near, source, gateway, false), routed);
        });
  }

  @Test
  void neighboursAreSoughtAndTold() throws Exception {
    OwnNamespace.run(
        () -> {
          ip("addr add 10.91.6.1/24 dev near");
          ip("neigh add 10.91.6.2 lladdr 02:00:00:00:00:02 dev near nud permanent");
          int near = device("near").index();
          Optional<MacAddress> mac = MacAddress.parse("02:00:00:00:00:02");
          Neighbour known = new Neighbour(near, address("10.91.6.2"), mac, true);
          assertTrue(network.neighbours().contains(known), network.neighbours().toString());
          Told told = new Told();
          try (Subscription _ = network.watch(told)) {
            network.seek(near, address("10.91.6.3"));
            told.awaits(
                e ->
                    e instanceof NetworkEvent.NeighbourChanged changed
                        && changed.neighbour().address().equals(address("10.91.6.3"))
                        && !changed.neighbour().valid());
          }
        });
  }

  /** Remembers what it is told. */
  private static final class Told implements java.util.function.Consumer<NetworkEvent> {
    private final BlockingQueue<NetworkEvent> events = new LinkedBlockingQueue<>();

    @Override
    public void accept(NetworkEvent event) {
      events.add(event);
    }

    void awaits(Predicate<NetworkEvent> wanted) throws InterruptedException {
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      NetworkEvent last = events.poll(30, TimeUnit.SECONDS);
      while (last != null && !wanted.test(last)) {
        assertTrue(System.nanoTime() < deadline, "not told");
        last = events.poll(30, TimeUnit.SECONDS);
      }
      assertTrue(last != null, "not told");
    }
  }

  @Test
  void changesAreTold() throws Exception {
    OwnNamespace.run(
        () -> {
          Told told = new Told();
          int near = device("near").index();
          NetworkAddress ours = new NetworkAddress(near, address("fd91:7::1"), 128, true);
          long before = Tried.descriptors();
          try (Subscription _ = network.watch(told)) {
            network.addAddress(near, ours.address(), 128);
            told.awaits(e -> e.equals(new NetworkEvent.AddressAdded(ours)));
            network.removeAddress(near, ours.address(), 128);
            told.awaits(e -> e.equals(new NetworkEvent.AddressGone(ours)));
            ip("addr add 10.91.7.1/24 dev near");
            told.awaits(e -> e instanceof NetworkEvent.RoutesChanged);
            ip("neigh add 10.91.7.2 lladdr 02:00:00:00:00:02 dev near nud permanent");
            ip("neigh del 10.91.7.2 dev near");
            told.awaits(e -> e.equals(new NetworkEvent.NeighbourGone(near, address("10.91.7.2"))));
            ip("link set near mtu 1300");
            told.awaits(
                e ->
                    e instanceof NetworkEvent.DeviceChanged changed
                        && changed.device().index() == near
                        && changed.device().mtuBytes() == 1300);
            ip("link del near");
            told.awaits(e -> e.equals(new NetworkEvent.DeviceGone(near, "near")));
          }
          Tried.awaitNoMoreThan(before);
        });
  }

  @Test
  void aListenerThatThrowsIsToldOn() throws Exception {
    OwnNamespace.run(
        () -> {
          Told told = new Told();
          int near = device("near").index();
          try (Subscription _ =
              network.watch(
                  event -> {
                    told.accept(event);
                    throw new IllegalStateException("stumbles");
                  })) {
            network.addAddress(near, address("10.91.8.1"), 32);
            told.awaits(e -> e instanceof NetworkEvent.AddressAdded);
            network.removeAddress(near, address("10.91.8.1"), 32);
            told.awaits(e -> e instanceof NetworkEvent.AddressGone);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.91.9.1", "fd91:9::1"})
  void anAnnouncementIsBelievedByANeighbour(String literal) throws Exception {
    OwnNamespace.run(
        () -> {
          int near = device("near").index();
          boolean four = !literal.contains(":");
          // Who once had the address is known; who announces it is another one.
          ip("addr add " + (four ? "10.91.9.2/24" : "fd91:9::2/64") + " dev far nodad");
          ip("neigh add " + literal + " lladdr 02:00:00:00:00:99 dev far nud stale");
          MacAddress mac = device("near").mac().orElseThrow();
          int far = device("far").index();
          InetAddress announced = address(literal);
          long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
          while (network.neighbours().stream()
              .noneMatch(
                  n ->
                      n.device() == far
                          && n.address().equals(announced)
                          && n.mac().equals(Optional.of(mac)))) {
            assertTrue(System.nanoTime() < deadline, () -> "not believed: " + neighbours());
            network.announce(near, announced);
            Thread.sleep(50);
          }
        });
  }

  private List<Neighbour> neighbours() {
    try {
      return network.neighbours();
    } catch (KernelException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void settingsAreThoseOfTheNamespace() throws Exception {
    OwnNamespace.run(
        () -> {
          network.set("net/ipv4/conf/near/arp_ignore", "1");
          assertEquals("1", network.setting("net/ipv4/conf/near/arp_ignore"));
          var none = assertThrows(KernelException.class, () -> network.setting("net/ipv4/no_such"));
          assertEquals(
              "cannot read setting net/ipv4/no_such: there is no such thing (ENOENT)",
              none.getMessage());
          assertThrows(IllegalArgumentException.class, () -> network.set("net/../kernel/x", "1"));
          assertThrows(IllegalArgumentException.class, () -> network.setting("/etc/passwd"));
          assertThrows(
              KernelException.class, () -> network.set("net/ipv4/conf/near/arp_ignore", "many"));
        });
  }
}
