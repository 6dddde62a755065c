package org.strowger.failover;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.strowger.api.KernelException;
import org.strowger.api.Neighbour;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDevice;
import org.strowger.api.NetworkEvent;
import org.strowger.api.Route;
import org.strowger.api.Subscription;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpPackets;

/**
 * A machine with a director: its kernel keeps addresses and lets their time run out whether the
 * director runs or not.
 */
final class SimulatedNode implements Network, VrrpPackets.Link {
  /** How late the kernel may be with the end of an address' lifetime. */
  static final long KERNEL_LATE = 250_000_000;

  private static final Keyring KEYS =
      new Keyring(Map.of("k", new Keyring.Key(7, "a secret of the tests")), Map.of());

  private final SimulatedLink cable;
  private final int number;
  private final Vrrp wanted;
  private final List<NetworkAddress> own = new ArrayList<>();
  private final Map<Holding.Place, Long> held = new HashMap<>();
  private final Deque<VrrpPackets.Packet> heard = new ArrayDeque<>();
  private final Set<Integer> downDevices = new HashSet<>();
  private Optional<Engine> engine = Optional.empty();
  private Set<String> standby = Set.of();
  private boolean frozen;
  private long session;
  private Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heardBefore = Map.of();

  /** The kernel has news for the director. */
  private boolean changed;

  SimulatedNode(SimulatedLink cable, int number, Vrrp wanted) {
    this.cable = cable;
    this.number = number;
    this.wanted = wanted;
    for (int device = 1; device <= 2; device++) {
      own.add(
          new NetworkAddress(
              device, InetAddress.ofLiteral("10.0." + device + "." + (number + 1)), 24, false));
      own.add(
          new NetworkAddress(
              device, InetAddress.ofLiteral("fe80::" + device + ":" + (number + 1)), 64, false));
    }
  }

  int number() {
    return number;
  }

  boolean runs() {
    return engine.isPresent() && !frozen;
  }

  boolean frozen() {
    return frozen;
  }

  boolean crashed() {
    return engine.isEmpty();
  }

  boolean linked(int device) {
    return !downDevices.contains(device);
  }

  boolean onStandby() {
    return !standby.isEmpty();
  }

  Engine engine() {
    return engine.orElseThrow();
  }

  // What happens to it.

  void start() {
    session++;
    Engine begun = new Engine(this, this, (device, address) -> {}, (i, change, at) -> {}, session);
    begun.remember(heardBefore);
    begun.keys(KEYS, cable.now());
    engine = Optional.of(begun);
    begun.want(wanted, standby, Set.of(), cable.now());
  }

  void kill() {
    engine.ifPresent(each -> heardBefore = each.heard()); // it is on the disk
    engine = Optional.empty();
    frozen = false;
    heard.clear();
  }

  void stop() {
    engine.ifPresent(each -> each.stop(cable.now()));
    kill();
  }

  void freeze() {
    frozen = engine.isPresent();
  }

  /** What it missed waits in its sockets. */
  void thaw() {
    frozen = false;
  }

  void device(int device, boolean up) {
    if (up ? downDevices.remove(device) : downDevices.add(device)) {
      changed = true;
    }
  }

  void command(org.strowger.api.FailoverCommand command) {
    if (runs()) {
      Optional<String> refused = engine().command(command, "", cable.now());
      if (refused.isEmpty()) {
        standby = engine().standby();
      }
    }
  }

  void hear(VrrpPackets.Packet packet) {
    if (engine.isPresent() && linked(packet.device()) && heard.size() < 1_000) {
      heard.add(packet);
    }
  }

  /** Lets it do what is due; when it wants to be called again. */
  long turn() {
    expire();
    if (!runs()) {
      return Standing.NEVER;
    }
    if (changed) {
      changed = false;
      engine().look(cable.now());
    }
    while (!heard.isEmpty()) { // first, as the thread does
      engine().heard(heard.poll(), cable.now());
    }
    return engine().turn(cable.now());
  }

  private void expire() {
    held.values().removeIf(until -> until <= cable.now());
  }

  boolean has(InetAddress address) {
    expire();
    return held.keySet().stream().anyMatch(place -> place.address().equals(address));
  }

  /** When its kernel takes an address away, for the next look of the world. */
  long nextExpiry() {
    return held.values().stream().min(Long::compare).orElse(Standing.NEVER);
  }

  // Its kernel.

  @Override
  public List<NetworkDevice> devices() {
    List<NetworkDevice> devices = new ArrayList<>();
    for (int device = 1; device <= 2; device++) {
      devices.add(
          new NetworkDevice(
              device, "eth" + device, Optional.empty(), 1500, true, linked(device), false, ""));
    }
    return devices;
  }

  @Override
  public List<NetworkAddress> addresses() {
    List<NetworkAddress> all = new ArrayList<>(own);
    held.forEach(
        (place, until) ->
            all.add(
                new NetworkAddress(
                    place.device(), place.address(), place.bits(), false, true, false)));
    return all;
  }

  @Override
  public void hold(int device, InetAddress address, int prefixLength, Duration lifetime) {
    long until =
        lifetime.isZero() ? Standing.NEVER : cable.now() + lifetime.toNanos() + KERNEL_LATE;
    held.put(new Holding.Place(device, address), until);
  }

  @Override
  public boolean removeAddress(int device, InetAddress address, int prefixLength) {
    return held.remove(new Holding.Place(device, address)) != null;
  }

  @Override
  public void send(int device, InetAddress source, InetAddress to, byte[] message)
      throws KernelException {
    if (!linked(device)) {
      throw new KernelException("cannot send: the network is down (ENETDOWN)", 100);
    }
    cable.carry(this, new VrrpPackets.Packet(device, source, to, 255, ByteBuffer.wrap(message)));
  }

  // What no engine asks for.

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public String namespace() {
    return "1";
  }

  @Override
  public List<Neighbour> neighbours() {
    return List.of();
  }

  @Override
  public Route route(InetAddress destination) throws KernelException {
    throw new KernelException("no route", 101);
  }

  @Override
  public boolean addAddress(int device, InetAddress address, int prefixLength) {
    throw new UnsupportedOperationException("failover holds addresses");
  }

  @Override
  public void announce(int device, InetAddress address) {}

  @Override
  public void seek(int device, InetAddress address) {}

  @Override
  public String setting(String key) {
    return "";
  }

  @Override
  public void set(String key, String value) {}

  @Override
  public Subscription watch(Consumer<NetworkEvent> listener) {
    return () -> {};
  }

  @Override
  public void join(int device, boolean ipv6) {}

  @Override
  public void leave(int device, boolean ipv6) {}

  @Override
  public Optional<VrrpPackets.Packet> receive(long nanos) {
    return Optional.empty();
  }

  @Override
  public void wake() {}

  @Override
  public Optional<String> realTime() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
