package org.strowger.failover;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;

/** What others see of the engine; of its thread. */
final class Report implements Engine.Watcher {
  private final List<FailoverState.Switch> switches = new ArrayList<>();
  private final LongSupplier clock;
  private long number;

  /** Changes of role that are not told yet. */
  private boolean changed;

  /**
   * @param clock of the engine
   */
  Report(List<FailoverState.Switch> before, LongSupplier clock) {
    this.clock = clock;
    switches.addAll(before);
    number = before.stream().mapToLong(FailoverState.Switch::number).max().orElse(0);
  }

  @Override
  public void changed(Instance instance, Effect.Changed change, long decidedAt) {
    changed = true;
    if (change.from() != DirectorRole.ACTIVE && change.to() != DirectorRole.ACTIVE) {
      return;
    }
    number++;
    switches.addFirst(
        new FailoverState.Switch(
            number,
            Instant.now(),
            instance.wanted.name(),
            change.from(),
            change.to(),
            change.why(),
            instance.standing.heard().active().map(Standing.Other::source),
            Math.max(0, (clock.getAsLong() - decidedAt) / 1_000_000)));
    if (switches.size() > FailoverState.MAX_SWITCHES) {
      switches.removeLast();
    }
  }

  /** Whether a role changed since this was asked last. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  List<FailoverState.Switch> switches() {
    return List.copyOf(switches);
  }

  FailoverState state(Engine engine, long now) {
    SortedMap<String, VrrpInstanceState> states = new TreeMap<>();
    Instant wall = Instant.now();
    engine
        .instances()
        .forEach((name, instance) -> states.put(name, state(engine, instance, now, wall)));
    return new FailoverState(states, switches, Optional.empty());
  }

  private static VrrpInstanceState state(Engine engine, Instance instance, long now, Instant wall) {
    Standing standing = instance.standing;
    VrrpInstance wanted = instance.wanted;
    boolean acts = instance.active();
    boolean forced = engine.forced(wanted.name());
    long interval = Math.max(standing.heard().interval(), wanted.advertInterval().toNanos());
    Optional<Standing.Other> heard =
        standing.heard().active().filter(other -> now - other.at() <= 4 * interval);
    boolean takesPart = standing.role() != DirectorRole.INITIALIZE && !forced;
    return new VrrpInstanceState(
        wanted.name(),
        standing.role(),
        wall.minusNanos(now - standing.since()),
        standing.reason(),
        text(instance, forced, heard, now),
        takesPart ? instance.priority() : 0,
        acts ? instance.place.map(Instance.Place::source) : heard.map(Standing.Other::source),
        acts ? instance.priority() : heard.map(Standing.Other::priority).orElse(0),
        instance
            .place
            .map(place -> engine.holding().there(place.device(), wanted.addresses()))
            .orElse(List.of()),
        instance.terms(forced, 0).downNanos(interval) / 1_000_000,
        forced,
        instance.burden.failed(),
        instance.transitions,
        instance.splits,
        instance.counts.now());
  }

  private static String text(
      Instance instance, boolean forced, Optional<Standing.Other> heard, long now) {
    Standing standing = instance.standing;
    Optional<Burden.Hindrance> hindrance = instance.hindrance();
    if (hindrance.isPresent()) {
      return hindrance.get().text();
    }
    if (forced) {
      return "an operator keeps it on standby";
    }
    return switch (standing.role()) {
      case INITIALIZE -> "it waits for the end of its start delay";
      case ACTIVE -> Conditions.split(instance, now).orElse(acts(standing));
      case BACKUP ->
          heard
              .map(other -> follows(instance, other))
              .orElse("nobody is heard; it listens before it takes over");
    };
  }

  private static String follows(Instance instance, Standing.Other other) {
    String active = host(other.source()) + " is active, priority " + other.priority();
    boolean waits = other.priority() < instance.priority();
    return instance
        .burden
        .behind()
        .filter(_ -> waits)
        .map(why -> active + "; " + why)
        .orElse(active);
  }

  private static String acts(Standing standing) {
    String other =
        standing.heard().active().map(o -> host(o.source())).orElse("the other director");
    return switch (standing.reason()) {
      case PEER_LOST ->
          standing.heard().active().isPresent()
              ? other + " fell silent"
              : "no other director was heard";
      case PEER_RESIGNED -> other + " handed over";
      case PRIORITY -> "it has the highest priority";
      case UPGRADE -> "it went on after its bundle was updated";
      case SwitchReason why -> why.word();
    };
  }

  private static String host(InetAddress address) {
    return address.getHostAddress();
  }
}
