package org.strowger.failover;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.SwitchReason;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpPackets;

/**
 * Runs the instances: takes events to their teams, and carries out what comes of it. Everything is
 * of one thread, which calls {@link #turn} when it is due. First the addresses follow the roles,
 * then adverts go out: nobody is told to take what is still here.
 */
final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** Until its successor speaks, the others are to wait for this director so long at least. */
  private static final long PAUSE_INTERVAL = Advert.SECOND;

  /** So long they wait then, and so long the kernel keeps the addresses. */
  static final Duration PAUSE = Duration.ofSeconds(3);

  private final Network network;
  private final Mouthpiece speech;
  private final BiConsumer<Integer, InetAddress> announcer;
  private final Watcher watcher;
  private final Holding holding;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private final Set<String> forced = new HashSet<>();
  private List<List<String>> teams = List.of();
  private Keyring ring = Keyring.EMPTY;
  private Map<String, Burden> burdens = Map.of();
  private final HeardBefore heardBefore = new HeardBefore();
  private long startedAt = -1;

  /** Is told of changes of role. */
  @FunctionalInterface
  interface Watcher {
    void changed(Instance instance, Effect.Changed change, long decidedAt);
  }

  /**
   * @param announcer tells the link where an address is now; returns at once
   * @param session greater than that of any engine of this director before
   */
  Engine(
      Network network,
      VrrpPackets.Link link,
      BiConsumer<Integer, InetAddress> announcer,
      Watcher watcher,
      long session) {
    this.network = network;
    this.speech = new Mouthpiece(link, instances, session);
    this.announcer = announcer;
    this.watcher = watcher;
    this.holding = new Holding(network);
  }

  Map<String, Instance> instances() {
    return instances;
  }

  Holding holding() {
    return holding;
  }

  boolean forced(String name) {
    return forced.contains(Standby.ALL) || forced.contains(name);
  }

  /**
   * These are the instances from now on; what did not change goes on.
   *
   * @param standby names of those that an operator wants to be on standby
   * @param resumed names of those that were active before this bundle was exchanged
   */
  void want(Vrrp wanted, Set<String> standby, Set<String> resumed, long now) {
    if (startedAt < 0) {
      startedAt = now;
    }
    forced.clear();
    forced.addAll(standby);
    for (Instance present : List.copyOf(instances.values())) {
      VrrpInstance next = wanted.instances().get(present.wanted.name());
      if (next == null || !present.sameRouter(next)) {
        step(List.of(present.wanted.name()), present.wanted.name(), new Event.Stop(), now);
        instances.remove(present.wanted.name());
        heardBefore.keep(present.router(), present.guard.heard());
        leave(present);
      } else {
        present.wanted = next;
      }
    }
    for (VrrpInstance each : wanted.instances().values()) {
      Standing standing =
          resumed.contains(each.name()) ? Standing.resumed(now) : Standing.initial(now);
      instances.computeIfAbsent(each.name(), name -> begin(each, standing));
    }
    guard();
    teams = Team.of(wanted);
    look(now);
  }

  private Instance begin(VrrpInstance wanted, Standing standing) {
    Instance instance = new Instance(wanted, standing);
    instance.guard.remember(heardBefore.take(instance.router()));
    instance.burden = burdens.getOrDefault(wanted.name(), instance.burden); // told on change only
    return instance;
  }

  private void guard() {
    instances.values().forEach(each -> each.guard.use(each.wanted.signing(), ring));
  }

  /** These are the keys from now on. */
  void keys(Keyring keyring, long now) {
    ring = keyring;
    guard();
    everybody(new Event.Tick(), now);
  }

  /** What was heard of senders before this engine; told once, before anything is wanted. */
  void remember(Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard) {
    heardBefore.all(heard);
  }

  /** What was heard of senders, of each virtual router, also of those that are not wanted now. */
  Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard() {
    Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard = heardBefore.all();
    instances.values().forEach(each -> heard.put(each.router(), each.guard.heard()));
    return heard;
  }

  /** What instances track is so from now on. */
  void burdens(Map<String, Burden> told, long now) {
    burdens = told;
    instances.forEach((name, each) -> each.burden = burdens.getOrDefault(name, each.burden));
    everybody(new Event.Tick(), now);
  }

  /** Devices or addresses changed: looks for the places of all instances anew. */
  void look(long now) {
    try {
      Places places = new Places(network);
      for (Instance instance : instances.values()) {
        Optional<Instance.Place> before = instance.place;
        instance.place = places.find(instance.wanted, instance::noPlace);
        if (!before
            .map(Instance.Place::device)
            .equals(instance.place.map(Instance.Place::device))) {
          before.ifPresent(place -> speech.leave(instance, place));
        }
        instance.place.ifPresent(place -> speech.join(instance, place));
      }
    } catch (KernelException e) {
      LOG.warn("the network is not looked at: {}", e.sentence());
    }
    everybody(new Event.Tick(), now);
  }

  private void leave(Instance instance) {
    instance.place.ifPresent(place -> speech.leave(instance, place));
  }

  /** An address went from a device. */
  void gone(NetworkAddress address, long now) {
    turn(now); // if the kernel took it because this director slept, it is no longer to be here
    if (holding.gone(address)) {
      announcer.accept(address.device(), address.address());
    }
  }

  /** Does what is due; when it is due next. */
  long turn(long now) {
    long next = Standing.NEVER;
    for (List<String> team : teams) {
      if (Team.due(members(team), now) <= now) {
        step(team, "", new Event.Tick(), now);
      }
      next = Math.min(next, Team.due(members(team), now));
    }
    holding.confirm(now);
    return Math.min(next, holding.due());
  }

  private void everybody(Event event, long now) {
    teams.forEach(team -> step(team, "", event, now));
  }

  private List<Team.Member> members(List<String> team) {
    List<Team.Member> members = new ArrayList<>();
    for (String name : team) {
      Instance instance = instances.get(name);
      if (instance != null) {
        members.add(
            new Team.Member(name, instance.terms(forced(name), startedAt), instance.standing));
      }
    }
    return members;
  }

  private void step(List<String> team, String name, Event event, long now) {
    Team.Step step = Team.step(members(team), name, event, now);
    for (Team.Member member : step.members()) {
      Instance instance = instances.get(member.name());
      if (instance != null) {
        instance.standing = member.standing();
      }
    }
    hold(now);
    step.effects().forEach((member, effects) -> carryOut(member, effects, now));
  }

  private void hold(long now) {
    Map<Holding.Place, Duration> places = new HashMap<>();
    for (Instance instance : instances.values()) {
      if (instance.active() && instance.place.isPresent()) {
        int device = instance.place.get().device();
        for (InetAddress address : instance.wanted.addresses()) {
          places.put(new Holding.Place(device, address), instance.wanted.deadMan());
        }
      }
    }
    holding.apply(places, now);
  }

  private void carryOut(String name, List<Effect> effects, long now) {
    Instance instance = instances.get(name);
    if (instance == null) {
      return;
    }
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Send(int priority) -> send(instance, priority);
        case Effect.Announce _ -> announce(instance);
        case Effect.Changed changed -> changed(instance, changed, now);
      }
    }
  }

  private void changed(Instance instance, Effect.Changed changed, long now) {
    if (changed.to() == DirectorRole.ACTIVE) {
      instance.transitions++;
    }
    LOG.info(
        "VRRP instance {}: {}, was {}: {}",
        instance.wanted.name(),
        changed.to().word(),
        changed.from().word(),
        changed.why().word());
    instance.peerLost =
        changed.to() == DirectorRole.ACTIVE && changed.why() == SwitchReason.PEER_LOST;
    watcher.changed(instance, changed, now);
  }

  private void send(Instance instance, int priority) {
    speech.send(instance, instance.advert(priority));
  }

  private void announce(Instance instance) {
    instance.place.ifPresent(
        place -> {
          instance.wanted.addresses().forEach(each -> announcer.accept(place.device(), each));
          instance.counts.announced(instance.wanted.addresses().size());
        });
  }

  /** Something came. */
  void heard(VrrpPackets.Packet packet, long now) {
    boolean own =
        instances.values().stream()
            .anyMatch(i -> i.place.filter(p -> p.source().equals(packet.source())).isPresent());
    if (own || packet.message().remaining() < 2) {
      return; // a mirror, or nothing
    }
    int routerId = Byte.toUnsignedInt(packet.message().get(1));
    for (Instance instance : instances.values()) {
      boolean meant =
          instance.wanted.routerId() == routerId
              && instance.place.filter(p -> p.device() == packet.device()).isPresent()
              && instance.wanted.ipv6() == packet.source() instanceof java.net.Inet6Address;
      if (meant) {
        heard(instance, packet, now);
      }
    }
  }

  private void heard(Instance instance, VrrpPackets.Packet packet, long now) {
    Optional<Advert> taken = Ear.taken(instance, packet, now);
    if (taken.isPresent()) {
      int before = instance.standing.rival().map(Standing.Rival::heard).orElse(0);
      stepOf(instance, new Event.Heard(packet.source(), taken.get()), now);
      int after = instance.standing.rival().map(Standing.Rival::heard).orElse(0);
      if (before < Conditions.SPLIT_HEARD && after >= Conditions.SPLIT_HEARD) {
        instance.splits++;
      }
    }
  }

  private void stepOf(Instance instance, Event event, long now) {
    String name = instance.wanted.name();
    teams.stream()
        .filter(team -> team.contains(name))
        .findFirst()
        .ifPresent(team -> step(team, name, event, now));
  }

  /** What an operator asks; why not, or empty. What is to be kept, the caller keeps. */
  Optional<String> command(FailoverCommand command, String name, long now) {
    if (!name.isEmpty() && !instances.containsKey(name)) {
      return Optional.of(
          "'%s': expected the name of a VRRP instance; there are %s"
              .formatted(name, instances.keySet()));
    }
    if (instances.isEmpty()) {
      return Optional.of("this director is alone: no VRRP instance is configured");
    }
    switch (command) {
      case SWITCH -> {
        List<Instance> meant =
            instances.values().stream()
                .filter(each -> name.isEmpty() || each.wanted.name().equals(name))
                .filter(Instance::active)
                .toList();
        if (meant.isEmpty()) {
          return Optional.of(
              "this director is not active, so it has nothing to hand over: ask the active one");
        }
        meant.forEach(each -> stepOf(each, new Event.Yield(SwitchReason.USER), now));
      }
      case FORCE_STANDBY -> forced.add(name.isEmpty() ? Standby.ALL : name);
      case RELEASE -> {
        if (name.isEmpty()) {
          forced.clear();
        } else {
          forced.remove(name);
        }
        instances.values().stream()
            .filter(each -> name.isEmpty() || each.wanted.name().equals(name))
            .forEach(each -> each.standing = each.released(startedAt, now));
      }
    }
    everybody(new Event.Tick(), now);
    return Optional.empty();
  }

  /** Names of those on standby by order, as to be kept. */
  Set<String> standby() {
    return Set.copyOf(forced);
  }

  /** The end: others take over at once. */
  void stop(long now) {
    everybody(new Event.Stop(), now);
  }

  /**
   * This bundle is exchanged: its successor goes on with what is active. The others are told to be
   * patient, which version 3 can: it tells the interval in each advert.
   *
   * @return names of the active ones
   */
  Set<String> pause() {
    Set<String> active = new HashSet<>();
    holding.extend(PAUSE);
    for (Instance instance : instances.values()) {
      if (instance.active()) {
        active.add(instance.wanted.name());
        Advert last = instance.advert(instance.priority());
        long patient = Math.max(last.intervalNanos(), PAUSE_INTERVAL);
        long interval = last.version() == 2 ? last.intervalNanos() : patient;
        speech.send(
            instance,
            new Advert(
                last.version(), last.routerId(), last.priority(), interval, last.addresses()));
      }
    }
    return active;
  }
}
