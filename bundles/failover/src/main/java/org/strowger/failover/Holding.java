package org.strowger.failover;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;

/**
 * The addresses on the devices. It is told the whole wanted set each time. What it puts there it
 * confirms again and again: if nobody does, the kernel takes it away, so that a director that died
 * or hangs does not keep an address that another one has by then. An address that somebody else put
 * on the device, as an address owner's, is neither confirmed nor taken away.
 */
final class Holding {
  private static final Logger LOG = LoggerFactory.getLogger(Holding.class);

  /** So often in the time after which the kernel takes them away. */
  private static final int CONFIRMATIONS = 4;

  /** Those that live for ever are looked after too. */
  private static final long SELDOM = 10_000_000_000L;

  /** An address on a device. */
  record Place(int device, InetAddress address) {
    int bits() {
      return address instanceof Inet4Address ? 32 : 128;
    }

    @Override
    public String toString() {
      return address.getHostAddress() + " on device " + device;
    }
  }

  private final Network network;
  private final Map<Place, Duration> held = new HashMap<>();
  private final Set<Place> others = new HashSet<>();
  private final Map<Place, String> problems = new HashMap<>();
  private Map<Place, Duration> wanted = Map.of();
  private boolean looked;
  private long confirmAt = Long.MAX_VALUE;

  Holding(Network network) {
    this.network = network;
  }

  /** Makes it so; the time of each is its dead-man time. */
  void apply(Map<Place, Duration> places, long now) {
    if (places.equals(wanted) && looked) {
      return;
    }
    wanted = Map.copyOf(places);
    look();
    for (Place place : List.copyOf(held.keySet())) {
      if (!wanted.containsKey(place)) {
        remove(place);
      }
    }
    wanted.keySet().stream().filter(place -> !held.containsKey(place)).forEach(this::hold);
    problems.keySet().retainAll(wanted.keySet());
    confirmAt = now + period();
  }

  /** What is there: also what an earlier process left. */
  private void look() {
    try {
      others.clear();
      for (NetworkAddress there : network.addresses()) {
        Place place = new Place(there.device(), there.address());
        if (!there.held()) {
          others.add(place);
        } else if (there.prefixLength() == place.bits() && !held.containsKey(place)) {
          held.put(place, Duration.ZERO); // its time is not known
          if (wanted.containsKey(place)) {
            hold(place);
          }
        }
      }
      looked = true;
    } catch (KernelException e) {
      LOG.warn("the addresses that are there are not known: {}", e.sentence());
    }
  }

  private void hold(Place place) {
    if (!others.contains(place)) {
      hold(place, wanted.getOrDefault(place, Duration.ZERO));
    }
  }

  private void hold(Place place, Duration time) {
    try {
      network.hold(place.device(), place.address(), place.bits(), time);
      if (held.put(place, time) == null) {
        LOG.info("address {} set", place);
      }
      problems.remove(place);
    } catch (KernelException e) {
      if (problems.put(place, e.sentence()) == null) {
        LOG.error("{}", e.sentence());
      }
    }
  }

  private void remove(Place place) {
    try {
      network.removeAddress(place.device(), place.address(), place.bits());
      held.remove(place);
      LOG.info("address {} taken away", place);
    } catch (KernelException e) { // with its device, for example; else its time runs out
      held.remove(place);
      LOG.warn("{}", e.sentence());
    }
  }

  private long period() {
    return wanted.values().stream()
        .filter(time -> !time.isZero())
        .mapToLong(time -> time.toNanos() / CONFIRMATIONS)
        .min()
        .orElse(wanted.isEmpty() ? Long.MAX_VALUE / 2 : SELDOM);
  }

  /** Confirms all if it is time. */
  void confirm(long now) {
    if (now >= confirmAt) {
      wanted.keySet().forEach(this::hold);
      confirmAt = now + period();
    }
  }

  /** They may not be confirmed for so long. */
  void extend(Duration time) {
    for (Map.Entry<Place, Duration> each : List.copyOf(wanted.entrySet())) {
      boolean ours = held.containsKey(each.getKey()) && !each.getValue().isZero();
      if (ours && each.getValue().compareTo(time) < 0) {
        hold(each.getKey(), time);
      }
    }
  }

  long due() {
    return wanted.isEmpty() ? Long.MAX_VALUE : confirmAt;
  }

  /** One was taken away by somebody, perhaps one of these. */
  boolean gone(NetworkAddress address) {
    Place place = new Place(address.device(), address.address());
    others.remove(place);
    boolean ours = wanted.containsKey(place) && held.remove(place) != null;
    if (ours) {
      LOG.warn("address {} was taken away by somebody else: it is set again", place);
      hold(place);
    }
    return ours;
  }

  /** What is there of these, ours or not. */
  List<InetAddress> there(int device, List<InetAddress> addresses) {
    List<InetAddress> there = new ArrayList<>();
    for (InetAddress address : addresses) {
      Place place = new Place(device, address);
      if (wanted.containsKey(place) && (held.containsKey(place) || others.contains(place))) {
        there.add(address);
      }
    }
    return there;
  }

  /** Why one of these is not there. */
  Optional<String> problem(int device, List<InetAddress> addresses) {
    return addresses.stream()
        .map(address -> problems.get(new Place(device, address)))
        .filter(java.util.Objects::nonNull)
        .findFirst();
  }
}
