package org.strowger.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What the kernel plane is to reach, each beside what was measured. */
final class KernelGoals {
  private static final double OF_ROUTED = 0.97;
  private static final double OF_NFTABLES = 1.10;

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
    return goals.goals;
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
    OptionalDouble ratio =
        own.isPresent() && other.isPresent() && other.getAsDouble() > 0
            ? OptionalDouble.of(own.getAsDouble() / other.getAsDouble())
            : OptionalDouble.empty();
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
