package org.strowger.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What the kernel plane is to reach, each beside what was measured. */
final class KernelGoals {
  private static final double OF_ROUTED = 0.97;
  private static final double OF_NFTABLES = 1.10;
  private static final String HOT = "hot_packet_ns";
  private static final String ONE_BY_ONE = "one_by_one_hot_ns";

  private final List<Measured> all;
  private final List<Goals.Goal> goals = new ArrayList<>();

  private KernelGoals(List<Measured> all) {
    this.all = all;
  }

  static List<Goals.Goal> of(List<Measured> all) {
    KernelGoals goals = new KernelGoals(all);
    goals.ofDirect(KernelKind.DIRECT_TC, KernelScenario.CONNECTIONS, 0.97);
    goals.ofDirect(KernelKind.DIRECT_TC, KernelScenario.KEEP_ALIVE, 0.97);
    goals.ofDirect(KernelKind.DIRECT_TC, KernelScenario.DOWN, 0.90);
    goals.ofDirect(KernelKind.DIRECT_TC, KernelScenario.UP, 0.90);
    goals.ofDirect(KernelKind.MASQUERADING_TC, KernelScenario.CONNECTIONS, 0.95);
    goals.ofDirect(KernelKind.MASQUERADING_TC, KernelScenario.KEEP_ALIVE, 0.90);
    goals.ofDirect(KernelKind.MASQUERADING_TC, KernelScenario.DOWN, 0.85);
    goals.ofDirect(KernelKind.MASQUERADING_TC, KernelScenario.UP, 0.85);
    goals.ratio(
        KernelKind.MASQUERADING_TC, KernelKind.NFTABLES, KernelScenario.CONNECTIONS, OF_NFTABLES);
    goals.ofIpvs(KernelKind.DIRECT_TC, KernelKind.IPVS_DIRECT);
    goals.ofIpvs(KernelKind.MASQUERADING_TC, KernelKind.IPVS_MASQUERADING);
    goals.flat("services 10", "services 10000");
    goals.flat("reals 10", "reals 1000");
    goals.growth();
    return goals.goals;
  }

  /** The cost of a packet does not grow with what is configured. */
  private void flat(String few, String many) {
    for (KernelKind kind : List.of(KernelKind.DIRECT_TC, KernelKind.MASQUERADING_TC)) {
      String text = "%s, hot packet, %s: <= 1.10 of %s".formatted(kind.word(), many, few);
      String metric = kind == KernelKind.DIRECT_TC ? HOT : ONE_BY_ONE;
      grown(text, value(kind, many, metric), value(kind, few, metric));
    }
  }

  private void growth() {
    List<String> sizes =
        all.stream().map(Measured::scenario).filter(s -> s.startsWith("connections ")).toList();
    if (sizes.isEmpty()) {
      return;
    }
    KernelKind kind = KernelKind.DIRECT_TC;
    String few = sizes.getFirst();
    String many = sizes.getLast();
    grown(
        "hot packet, %s: <= 1.10 of %s".formatted(many, few),
        value(kind, many, HOT),
        value(kind, few, HOT));
    OptionalDouble more =
        minus(value(kind, many, "one_by_one_random_ns"), value(kind, few, ONE_BY_ONE));
    goals.add(
        new Goals.Goal(
            "random packets, %s: <= 250 ns more than a hot one".formatted(many),
            more,
            250,
            false,
            " ns"));
  }

  private void grown(String text, OptionalDouble many, OptionalDouble few) {
    goals.add(new Goals.Goal(text, divided(many, few), 1.10, false, " times"));
  }

  private static OptionalDouble divided(OptionalDouble one, OptionalDouble other) {
    return one.isPresent() && other.isPresent() && other.getAsDouble() > 0
        ? OptionalDouble.of(one.getAsDouble() / other.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble minus(OptionalDouble one, OptionalDouble other) {
    return one.isPresent() && other.isPresent()
        ? OptionalDouble.of(one.getAsDouble() - other.getAsDouble())
        : OptionalDouble.empty();
  }

  private OptionalDouble value(KernelKind kind, String scenario, String metric) {
    return Figures.find(all, kind, scenario, metric)
        .map(one -> OptionalDouble.of(one.median()))
        .orElse(OptionalDouble.empty());
  }

  /** At least what the kernel's own virtual server does, where it takes part. */
  private void ofIpvs(KernelKind kind, KernelKind ipvs) {
    if (all.stream().noneMatch(one -> one.contender().equals(ipvs.word()))) {
      return;
    }
    ratio(kind, ipvs, KernelScenario.CONNECTIONS, 1);
    ratio(kind, ipvs, KernelScenario.KEEP_ALIVE, 1);
    ratio(kind, ipvs, KernelScenario.DATAGRAMS, 1);
    goals.add(
        new Goals.Goal(
            "%s, CPU of all a datagram: <= 1 of %s".formatted(kind.word(), ipvs.word()),
            divided(cpuOfDatagrams(kind), cpuOfDatagrams(ipvs)),
            1,
            false,
            " times"));
  }

  private OptionalDouble cpuOfDatagrams(KernelKind kind) {
    return value(kind, KernelScenario.DATAGRAMS.word(), "machine_cpu_s_per_million_packets");
  }

  /** Where that is missed, what else counts: hardly less than a plain router in the same place. */
  private void ofDirect(KernelKind kind, KernelScenario scenario, double limit) {
    ratio(kind, KernelKind.DIRECT, scenario, limit);
    if (!goals.getLast().reached()) {
      ratio(kind, KernelKind.ROUTED, scenario, OF_ROUTED);
    }
  }

  private void ratio(KernelKind kind, KernelKind yardstick, KernelScenario scenario, double limit) {
    OptionalDouble own = median(kind, scenario);
    OptionalDouble other = median(yardstick, scenario);
    OptionalDouble ratio = divided(own, other);
    String text =
        "%s, %s: >= %s of %s"
            .formatted(kind.word(), scenario.word(), Table.number(limit), yardstick.word());
    goals.add(new Goals.Goal(text, ratio, limit, true, " times"));
  }

  private OptionalDouble median(KernelKind kind, KernelScenario scenario) {
    return Figures.find(all, kind, scenario.word(), scenario.metric())
        .map(one -> OptionalDouble.of(one.median()))
        .orElse(OptionalDouble.empty());
  }
}
