package org.strowger.director;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.strowger.api.CheckProvider;
import org.strowger.api.Configuration;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthPolicy;
import org.strowger.api.KeyPath;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Violation;

/** What must hold between the keys that are about health. */
final class HealthRules {
  private final Configuration wanted;
  private final Map<String, CheckProvider> types;
  private final Map<String, Object> present;
  private final List<Violation> violations;
  private final Function<Map<String, ?>, String> list;

  /**
   * @param present the tree that runs: what is configured already may be missing for a while
   * @param violations are added to
   * @param list names for people
   */
  HealthRules(
      Configuration wanted,
      Map<String, CheckProvider> types,
      Map<String, Object> present,
      List<Violation> violations,
      Function<Map<String, ?>, String> list) {
    this.wanted = wanted;
    this.types = types;
    this.present = present;
    this.violations = violations;
    this.list = list;
  }

  void check() {
    wanted.checks().values().forEach(this::check);
    for (Pool pool : wanted.pools().values()) {
      pool(pool);
      pool.realServers().values().forEach(this::track);
    }
  }

  private void check(HealthCheck check) {
    CheckProvider provider = types.get(check.type());
    KeyPath path = KeyPath.of("checks", check.name(), "type");
    if (provider != null) {
      violations.addAll(
          provider.check(check.options(), KeyPath.of("checks", check.name(), "options")));
    } else if (!types.isEmpty() && !check.type().equals(Trees.get(present, path))) {
      violations.add(
          Violation.of(
              path, check.type(), "the name of an offered type; there " + list.apply(types)));
    }
    if (check.longestInterval().compareTo(check.downInterval()) < 0) {
      violations.add(
          Violation.of(
              KeyPath.of("checks", check.name(), "longestInterval"),
              check.longestInterval().toMillis() + "ms",
              "no less than downInterval, which is " + check.downInterval().toMillis() + "ms"));
    }
  }

  private void pool(Pool pool) {
    HealthPolicy health = pool.health();
    for (String name : health.checks()) {
      if (!wanted.checks().containsKey(name)) {
        violations.add(
            Violation.of(
                KeyPath.pool(pool.name(), "checks"),
                name,
                "names of checks; there " + list.apply(wanted.checks())));
      }
    }
    if (health.checksRequired() > health.checks().size()) {
      violations.add(
          Violation.of(
              KeyPath.pool(pool.name(), "checksRequired"),
              health.checksRequired(),
              "no more than the " + health.checks().size() + " checks of the pool"));
    }
    if (health.quorumHysteresis() > 0 && health.quorumHysteresis() >= health.quorum()) {
      violations.add(
          Violation.of(
              KeyPath.pool(pool.name(), "quorumHysteresis"),
              health.quorumHysteresis(),
              "less than quorum, which is " + health.quorum()));
    }
  }

  private void track(RealServer real) {
    real.track()
        .flatMap(id -> wrong(real, id))
        .ifPresent(
            expected ->
                violations.add(
                    Violation.of(
                        KeyPath.realServer(real.id(), "track"),
                        real.track().map(RealServerId::toString).orElse(""),
                        expected)));
  }

  private Optional<String> wrong(RealServer real, RealServerId first) {
    Set<RealServerId> seen = new HashSet<>();
    seen.add(real.id());
    RealServerId at = first;
    while (true) {
      Optional<RealServer> tracked = wanted.realServer(at);
      if (tracked.isEmpty()) {
        return at.equals(first)
            ? Optional.of("an existing real server, written POOL/REAL")
            : Optional.empty(); // the violation is that of the one that tracks it
      }
      if (!seen.add(at)) {
        return Optional.of("a real server that does not track this one in turn");
      }
      if (tracked.get().track().isEmpty()) {
        return Optional.empty();
      }
      at = tracked.get().track().get();
    }
  }
}
