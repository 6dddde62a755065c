package org.strowger.upgrade;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.BundleContext;
import org.strowger.release.KeyRing;
import org.strowger.release.Migrations;
import org.strowger.release.ReleasePackage;
import org.strowger.release.Untrusted;
import org.strowger.upgrade.Plan.Part;

/** Where things lie on this box, and what works on them. */
final class Installation {
  /** Folder of the state folder with the publishers' public keys. */
  static final String KEYS = "keys";

  private final BundleContext context;
  private final Exchange exchange;
  private final Overrides overrides;
  private final Path state;
  private final Path home;

  /**
   * @param state the state folder
   * @param home the distribution
   */
  Installation(
      BundleContext context, Exchange exchange, Overrides overrides, Path state, Path home) {
    this.context = context;
    this.exchange = exchange;
    this.overrides = overrides;
    this.state = state;
    this.home = home;
  }

  Path home() {
    return home;
  }

  Path folder() {
    return state.resolve("upgrade");
  }

  /** The copy of the package. */
  Path staged() {
    return folder().resolve("package");
  }

  private Path release() {
    return folder().resolve("release");
  }

  KeyRing keys() throws Untrusted {
    return KeyRing.read(state.resolve(KEYS));
  }

  Overrides overrides() {
    return overrides;
  }

  Precheck precheck(Map<String, String> took) {
    return new Precheck(context, exchange, release(), home, took);
  }

  /** What the package on trial makes of the configuration. */
  TrialMigrations migrations() {
    return new TrialMigrations(folder().resolve("migrations"), process());
  }

  /** What stands against these rules on this box. */
  String conflicts(List<String> migrations) {
    return new HandsOf(context)
        .does(Map.of(Hands.WORD, Hands.MIGRATE, Hands.RULES, Migrations.line(migrations)));
  }

  Activation activation() {
    return new Activation(context, exchange, release(), folder().resolve("checkpoint"));
  }

  /** The release that runs: the version of the vocabulary. */
  String running() {
    return exchange.installed("org.strowger.api").stream()
        .findFirst()
        .map(bundle -> bundle.getVersion().toString())
        .orElse("");
  }

  /** Tells this process from all others. */
  String process() {
    return ProcessHandle.current().pid()
        + "@"
        + ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  /** What ran when the upgrade began, as it was written down. */
  Gate.Baseline baselineOf(String names) {
    Set<String> bundles = new TreeSet<>(List.of(names.split(" ")));
    bundles.remove("");
    return new Gate.Baseline(bundles, Set.of(), Map.of(), Long.MAX_VALUE);
  }

  void commit(List<Part> parts, ReleasePackage opened) throws IOException {
    Map<String, Path> jars = new HashMap<>();
    parts.forEach(part -> jars.put(part.name(), release().resolve(part.fileName())));
    String name = opened.manifest().name() + "-" + opened.manifest().version();
    overrides.commit(jars, name, opened.signed().encoded(), opened.manifest().migrations());
  }
}
