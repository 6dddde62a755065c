package org.strowger.failover;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstance.Signing;

/**
 * Two to five directors, faults at random moments, then peace: all of it made from one number.
 * After every step of time the invariants hold, or it says when and how they did not.
 */
final class Scenario {
  private static final long MILLI = 1_000_000;
  private static final long DEAD_MAN = 1_000 * MILLI;
  private static final int FAULTS = 12;

  /** A programme that never ends is a fault of its own. */
  private static final int MAX_STEPS = 400_000;

  private final long seed;
  private final Random random;
  private final SimulatedLink link;
  private final long interval;
  private final int version;
  private final boolean grouped;
  private final boolean ipv6;

  /** Adverts are signed, and somebody forges and repeats some. */
  private final boolean guarded;

  private final List<String> story = new ArrayList<>();
  private final Map<InetAddress, Long> doubleSince =
      new TreeMap<>((a, b) -> a.getHostAddress().compareTo(b.getHostAddress()));
  private final List<InetAddress> addresses = new ArrayList<>();
  private long peaceSince;

  Scenario(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.link = new SimulatedLink(random);
    version = random.nextInt(4) == 0 ? 2 : 3;
    ipv6 = version == 3 && random.nextBoolean();
    interval = version == 2 ? 1_000 * MILLI : pick(10L, 50L, 100L, 1_000L) * MILLI;
    grouped = random.nextInt(3) == 0;
    guarded = random.nextInt(5) == 0;
    link.forged(guarded);
    int count = 2 + random.nextInt(4);
    for (int number = 0; number < count; number++) {
      link.add(new SimulatedNode(link, number, wanted()));
    }
    for (int device = 1; device <= (grouped ? 2 : 1); device++) {
      addresses.add(address(device));
    }
    tell(
        "%d directors, version %d, %s, interval %d ms, %s%s"
            .formatted(
                count,
                version,
                ipv6 ? "IPv6" : "IPv4",
                interval / MILLI,
                grouped ? "a group" : "alone",
                guarded ? ", signed" : ""));
  }

  private long pick(Long... of) {
    return of[random.nextInt(of.length)];
  }

  private InetAddress address(int device) {
    return InetAddress.ofLiteral(ipv6 ? "2001:db8:" + device + "::1" : "10.0." + device + ".100");
  }

  private Vrrp wanted() {
    int priority = 1 + random.nextInt(254);
    boolean preempt = random.nextInt(3) > 0;
    Duration delay = random.nextInt(4) == 0 ? Duration.ofNanos(5 * interval) : Duration.ZERO;
    Map<String, VrrpInstance> instances = new LinkedHashMap<>();
    for (int device = 1; device <= (grouped ? 2 : 1); device++) {
      instances.put(
          "v" + device,
          new VrrpInstance(
              "v" + device,
              "eth" + device,
              version,
              50 + device,
              priority,
              Duration.ofNanos(interval),
              preempt,
              delay,
              Duration.ZERO,
              List.of(address(device)),
              Optional.empty(),
              List.of(),
              random.nextBoolean(),
              Duration.ofSeconds(60),
              Duration.ofNanos(DEAD_MAN),
              guarded ? new VrrpInstance.Signing(List.of("k"), false) : Signing.NONE,
              Map.of(),
              false));
    }
    return new Vrrp(
        instances, grouped ? Map.of("both", List.copyOf(instances.keySet())) : Map.of());
  }

  private void tell(String what) {
    story.add("%8d ms: %s".formatted(link.now() / MILLI, what));
  }

  /** Longest silence after which somebody takes over. */
  private long down() {
    return 3 * interval + Math.max(interval, version == 2 ? Advert.SECOND : 0);
  }

  /** Plays it; what was wrong, or empty. */
  Optional<String> play() {
    try {
      link.nodes().forEach(SimulatedNode::start);
      peaceSince = 0;
      run(down() * 3);
      for (int i = 0; i < FAULTS; i++) {
        fault();
        run(random.nextLong(interval / 2, 2 * down()));
      }
      peace();
      run(4 * down() + 5 * interval + DEAD_MAN + SimulatedNode.KERNEL_LATE);
      whole();
      return Optional.empty();
    } catch (Broken broken) {
      return Optional.of(
          "seed %d: %s%n%s".formatted(seed, broken.getMessage(), String.join("\n", story)));
    }
  }

  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String what) {
      super(what);
    }
  }

  private SimulatedNode one() {
    return link.nodes().get(random.nextInt(link.nodes().size()));
  }

  private void fault() {
    SimulatedNode node = one();
    SimulatedNode other = one();
    int kind = random.nextInt(12);
    tell("fault " + kind + " of director " + node.number() + " (" + other.number() + ")");
    switch (kind) {
      case 0 -> node.kill();
      case 1 -> node.stop();
      case 2, 3 -> {
        if (node.crashed()) {
          node.start();
        } else {
          node.thaw();
        }
      }
      case 4 -> node.freeze();
      case 5 -> node.device(1 + random.nextInt(2), false);
      case 6 -> {
        node.device(1, true);
        node.device(2, true);
      }
      case 7 -> link.cut(node.number(), other.number());
      case 8 -> {
        link.cut(node.number(), other.number());
        link.cut(other.number(), node.number());
      }
      case 9 -> link.lossy(random.nextDouble() / 2, 0.1);
      case 10 -> node.command(FailoverCommand.SWITCH);
      default ->
          node.command(
              random.nextBoolean() ? FailoverCommand.FORCE_STANDBY : FailoverCommand.RELEASE);
    }
    if (random.nextInt(3) == 0) {
      link.heal();
      tell("the link is whole");
    }
  }

  private void peace() {
    link.heal();
    for (SimulatedNode node : link.nodes()) {
      node.thaw();
      node.device(1, true);
      node.device(2, true);
      if (node.crashed()) {
        node.start();
      }
      node.command(FailoverCommand.RELEASE);
    }
    tell("peace");
  }

  private void run(long nanos) {
    long end = link.now() + nanos;
    int steps = 0;
    while (true) {
      long next = end;
      link.deliver();
      for (SimulatedNode node : link.nodes()) {
        next = Math.min(next, Math.max(link.now() + 1, node.turn()));
        next = Math.min(next, Math.max(link.now() + 1, node.nextExpiry()));
      }
      next = Math.min(next, Math.max(link.now() + 1, link.nextArrival()));
      look();
      if (link.now() >= end) {
        return;
      }
      if (++steps > MAX_STEPS) {
        throw new Broken("more than " + MAX_STEPS + " steps: it runs in circles");
      }
      link.at(next);
    }
  }

  /** Faults under which more than one director may have an address for a while. */
  private boolean disturbed() {
    return !link.whole()
        || link.nodes().stream().anyMatch(node -> node.crashed() || node.frozen())
        || link.nodes().stream().anyMatch(node -> !node.linked(1) || !node.linked(2));
  }

  private void look() {
    if (disturbed()) {
      peaceSince = link.now();
    }
    for (InetAddress address : addresses) {
      long holders = link.nodes().stream().filter(node -> node.has(address)).count();
      if (holders < 2) {
        doubleSince.remove(address);
        continue;
      }
      long since = Math.max(doubleSince.computeIfAbsent(address, a -> link.now()), peaceSince);
      long allowed = Math.max(down(), DEAD_MAN + SimulatedNode.KERNEL_LATE);
      if (link.now() - since > allowed) {
        throw new Broken(
            "%d directors have %s for %d ms: %s"
                .formatted(
                    holders, address.getHostAddress(), (link.now() - since) / MILLI, state()));
      }
    }
    for (SimulatedNode node : link.nodes()) {
      if (node.runs()) {
        rolesAndAddresses(node);
      }
    }
  }

  /** Who runs has an address if and only if it is active; a group is of one mind. */
  private void rolesAndAddresses(SimulatedNode node) {
    List<DirectorRole> roles = new ArrayList<>();
    node.engine()
        .instances()
        .values()
        .forEach(
            each -> {
              roles.add(each.standing.role());
              boolean has = node.has(each.wanted.addresses().getFirst());
              if (has != each.active()) {
                throw new Broken(
                    "director %d is %s and %s its address"
                        .formatted(node.number(), each.standing.role(), has ? "has" : "has not"));
              }
              if (each.active() && node.engine().forced(each.wanted.name())) {
                throw new Broken("director " + node.number() + " is active, on standby by order");
              }
            });
    if (roles.stream().distinct().count() > 1) {
      throw new Broken("the group of director " + node.number() + " is " + roles);
    }
  }

  private String state() {
    List<String> states = new ArrayList<>();
    for (SimulatedNode node : link.nodes()) {
      states.add(
          node.number()
              + (node.runs() ? " " + node.engine().instances().get("v1").standing : " is down"));
    }
    return String.join("\n   ", states);
  }

  /** After the last fault there is one active director, and the right one. */
  private void whole() {
    for (InetAddress address : addresses) {
      List<SimulatedNode> holders =
          link.nodes().stream().filter(node -> node.has(address)).toList();
      if (holders.size() != 1) {
        throw new Broken(
            "%d directors have %s in the end: %s"
                .formatted(holders.size(), address.getHostAddress(), state()));
      }
      SimulatedNode active = holders.getFirst();
      for (SimulatedNode node : link.nodes()) {
        Instance instance = node.engine().instances().get("v1");
        boolean better =
            instance.wanted.priority() > active.engine().instances().get("v1").wanted.priority();
        if (better && instance.wanted.preempt() && !instance.standing.yielded()) {
          throw new Broken(
              "director %d has a higher priority, and %d is active: %s"
                  .formatted(node.number(), active.number(), state()));
        }
      }
    }
  }
}
