package org.strowger.bpf;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;
import org.strowger.api.Neighbour;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDevice;
import org.strowger.api.NetworkEvent;
import org.strowger.api.Route;
import org.strowger.api.Subscription;

/** One card with everybody behind it, but for those that a test takes away. */
final class FakeNetwork implements Network {
  static final int CARD = 3;

  final Set<InetAddress> unreachable = new HashSet<>();
  final Map<String, String> settings = new ConcurrentHashMap<>();
  final List<InetAddress> announced = new CopyOnWriteArrayList<>();

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public String namespace() {
    return Lab.NAMESPACE;
  }

  @Override
  public List<NetworkDevice> devices() {
    return List.of(
        new NetworkDevice(1, "lo", Optional.empty(), 65_536, true, true, true, ""),
        new NetworkDevice(
            CARD,
            "card",
            Optional.of(MacAddress.parse("02:00:00:00:00:01").orElseThrow()),
            1500,
            true,
            true,
            false,
            ""));
  }

  /** Those a director has set, and one that the operator has. */
  final List<NetworkAddress> addresses =
      new CopyOnWriteArrayList<>(
          List.of(new NetworkAddress(CARD, InetAddress.ofLiteral("10.0.0.254"), 24, false)));

  @Override
  public List<NetworkAddress> addresses() {
    return List.copyOf(addresses);
  }

  @Override
  public List<Neighbour> neighbours() {
    return List.of();
  }

  @Override
  public Route route(InetAddress destination) throws KernelException {
    if (unreachable.contains(destination)) {
      throw new KernelException("no route to " + destination.getHostAddress(), 101);
    }
    return new Route(
        CARD, Optional.of(InetAddress.ofLiteral("10.0.0.254")), Optional.empty(), false);
  }

  @Override
  public boolean addAddress(int device, InetAddress address, int prefixLength) {
    return addresses.add(new NetworkAddress(device, address, prefixLength, true));
  }

  @Override
  public boolean removeAddress(int device, InetAddress address, int prefixLength) {
    return addresses.removeIf(each -> each.address().equals(address));
  }

  @Override
  public void announce(int device, InetAddress address) {
    announced.add(address);
  }

  @Override
  public void seek(int device, InetAddress address) {
    throw new UnsupportedOperationException("not in these tests");
  }

  @Override
  public String setting(String key) {
    return settings.getOrDefault(key, "0");
  }

  @Override
  public void set(String key, String value) {
    settings.put(key, value);
  }

  @Override
  public Subscription watch(Consumer<NetworkEvent> listener) {
    return () -> {};
  }
}
