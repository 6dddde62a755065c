package org.strowger.director;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
  private final Plugins plugins;
  private final Map<String, Object> present;
  private final Running running;
  private final Consumer<Violation> violations;

  /**
   * @param present the tree that runs: what is configured already may be missing for a while
   * @param running the options that run
   * @param violations told one by one
   */
  HealthRules(
      Configuration wanted,
      Plugins plugins,
      Map<String, Object> present,
      Running running,
      Consumer<Violation> violations) {
    this.wanted = wanted;
    this.plugins = plugins;
    this.present = present;
    this.running = running;
    this.violations = violations;
  }

  void check() {
    wanted.checks().values().forEach(this::check);
    for (Pool pool : wanted.pools().values()) {
      pool(pool);
      pool.realServers().values().forEach(this::track);
    }
  }

  private void check(HealthCheck check) {
    Map<String, CheckProvider> types = plugins.checks();
    CheckProvider provider = types.get(check.type());
    KeyPath path = KeyPath.of("checks", check.name(), "type");
    if (provider != null) {
      plugins.options(check, provider, () -> running.has(check)).forEach(violations);
    } else if (!types.isEmpty() && !check.type().equals(Trees.get(present, path))) {
      violations.accept(
          Violation.of(
              path, check.type(), "the name of an offered type; there " + Rules.list(types)));
    }
    if (check.longestInterval().compareTo(check.downInterval()) < 0) {
      violations.accept(
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
        violations.accept(
            Violation.of(
                KeyPath.pool(pool.name(), "checks"),
                name,
                "names of checks; there " + Rules.list(wanted.checks())));
      }
    }
    if (health.checksRequired() > health.checks().size()) {
      violations.accept(
          Violation.of(
              KeyPath.pool(pool.name(), "checksRequired"),
              health.checksRequired(),
              "no more than the " + health.checks().size() + " checks of the pool"));
    }
    if (health.quorumHysteresis() > 0 && health.quorumHysteresis() >= health.quorum()) {
      violations.accept(
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
                violations.accept(
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
