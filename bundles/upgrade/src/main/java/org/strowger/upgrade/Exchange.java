package org.strowger.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a replacement inside the framework, each of which leaves a known state. */
final class Exchange {
  /** Deadline of one refresh: stopping and starting everything that depends on the bundle. */
  static final int REFRESH_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final BundleContext context;

  Exchange(BundleContext context) {
    this.context = context;
  }

  /** Bundles that run now, lower start levels first: what must run afterwards too. */
  List<Bundle> active() {
    List<Bundle> active = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      if (running(bundle) && bundle.getBundleId() != 0) {
        active.add(bundle);
      }
    }
    active.sort(java.util.Comparator.comparingInt(Exchange::level));
    return active;
  }

  static boolean running(Bundle bundle) {
    // A bundle with a lazy activation policy rests in STARTING.
    return (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0;
  }

  /** Whether it was started for good and the framework has reached its level. */
  static boolean shouldRun(BundleContext context, Bundle bundle) {
    FrameworkStartLevel framework = context.getBundle(0).adapt(FrameworkStartLevel.class);
    return bundle.getBundleId() != 0
        && bundle.getState() != Bundle.UNINSTALLED
        && bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null
        && startLevel(bundle).isPersistentlyStarted()
        && framework != null
        && framework.getStartLevel() >= level(bundle);
  }

  static int level(Bundle bundle) {
    return startLevel(bundle).getStartLevel();
  }

  static BundleStartLevel startLevel(Bundle bundle) {
    return Objects.requireNonNull(bundle.adapt(BundleStartLevel.class));
  }

  /** Gives the bundle this content; afterwards everything in {@code expected} runs. */
  void exchange(Bundle bundle, Path jar, Collection<Bundle> expected) throws Refusal {
    exchange(Map.of(bundle, jar), expected);
  }

  /** The same for several at once: they are wired anew together. */
  void exchange(Map<Bundle, Path> jars, Collection<Bundle> expected) throws Refusal {
    List<Bundle> all = new ArrayList<>(jars.keySet());
    all.sort(java.util.Comparator.comparingInt(Exchange::level).reversed());
    all.forEach(Exchange::stop);
    for (Map.Entry<Bundle, Path> each : jars.entrySet()) {
      try (InputStream in = Files.newInputStream(each.getValue())) {
        each.getKey().update(in);
      } catch (BundleException | IOException e) {
        throw new Refusal(each.getKey().getSymbolicName() + ": " + Refusal.rootOf(e), e);
      }
    }
    refresh(jars.keySet());
    startAll(expected);
  }

  /** Stops it and starts it, with classes of its own loaded anew if nobody else has them. */
  void restart(Bundle bundle) throws Refusal {
    List<Bundle> expected = active();
    expected.remove(bundle);
    expected.add(bundle);
    stop(bundle);
    if (dependents(bundle).size() <= 1) {
      refresh(List.of(bundle));
    }
    startAll(expected);
  }

  /** A bundle whose stop fails is stopped all the same; a faulty one has to be replaceable. */
  static void stop(Bundle bundle) {
    try {
      bundle.stop(Bundle.STOP_TRANSIENT);
    } catch (BundleException e) {
      LOG.atWarn().addKeyValue("bundle", bundle.getSymbolicName()).setCause(e).log("stop failed");
    }
  }

  /** Starts what does not run; refuses if one of them cannot. */
  void startAll(Collection<Bundle> expected) throws Refusal {
    for (Bundle bundle : expected) {
      if (running(bundle) || bundle.getState() == Bundle.UNINSTALLED) {
        continue;
      }
      try {
        bundle.start(Bundle.START_TRANSIENT);
      } catch (BundleException | IllegalStateException e) {
        throw new Refusal(bundle.getSymbolicName() + " does not start: " + Refusal.rootOf(e), e);
      }
      if (!running(bundle)) {
        throw new Refusal(bundle.getSymbolicName() + " was started and does not run");
      }
    }
  }

  /** Wires the bundles and all that depend on them anew; returns when that is done. */
  void refresh(Collection<Bundle> bundles) throws Refusal {
    FrameworkWiring wiring = wiring();
    CountDownLatch done = new CountDownLatch(1);
    wiring.refreshBundles(
        bundles,
        event -> {
          if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
            done.countDown();
          }
        });
    try {
      if (!done.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
        throw new Refusal("the refresh took longer than " + REFRESH_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("the framework is stopping", e);
    }
  }

  /** Everything that a refresh of this bundle stops and starts. */
  Collection<Bundle> dependents(Bundle bundle) {
    return wiring().getDependencyClosure(List.of(bundle));
  }

  /** Bundles that take packages from this one. */
  static List<Bundle> importers(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring == null) {
      return List.of();
    }
    return wiring.getProvidedWires(PackageNamespace.PACKAGE_NAMESPACE).stream()
        .map(BundleWire::getRequirer)
        .map(revision -> revision.getBundle())
        .filter(importer -> !importer.equals(bundle))
        .distinct()
        .toList();
  }

  /** Installed bundles of this name, the latest first. */
  List<Bundle> installed(String name) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> name.equals(bundle.getSymbolicName()))
        .sorted(java.util.Comparator.comparingLong(Bundle::getBundleId).reversed())
        .toList();
  }

  /** Installs and starts a bundle for good; if it does not start, it is not there afterwards. */
  Bundle add(String location, Path jar, int level) throws Refusal {
    Bundle bundle;
    try (InputStream in = Files.newInputStream(jar)) {
      bundle = context.installBundle(location, in);
    } catch (BundleException | IOException e) {
      throw new Refusal("not installed: " + Refusal.rootOf(e), e);
    }
    try {
      bundle.start();
    } catch (BundleException e) {
      uninstall(bundle);
      throw new Refusal(bundle.getSymbolicName() + " does not start: " + Refusal.rootOf(e), e);
    }
    if (!running(bundle)) {
      uninstall(bundle);
      throw new Refusal(bundle.getSymbolicName() + " was started and does not run");
    }
    // Takes effect later, on a thread of the framework: not for one that is gone again by then.
    startLevel(bundle).setStartLevel(level);
    return bundle;
  }

  /** Removes the bundle; what it gave to nobody is freed at once. */
  void uninstall(Bundle bundle) throws Refusal {
    Collection<Bundle> dependents = dependents(bundle);
    try {
      bundle.uninstall();
    } catch (BundleException e) {
      throw new Refusal(bundle.getSymbolicName() + ": " + Refusal.rootOf(e), e);
    }
    if (dependents.size() <= 1) {
      refresh(List.of(bundle));
    }
  }

  /**
   * Lets the framework resolve these jars beside what runs, and takes them away again: what it says
   * of them is what it will say later. Nothing is started, nothing that runs is wired anew.
   *
   * @return what cannot be resolved, with the reason
   */
  List<String> unresolvable(Collection<Path> jars) throws Refusal {
    List<Bundle> probes = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try {
      for (Path jar : jars) {
        try (InputStream in = Files.newInputStream(jar)) {
          probes.add(context.installBundle("strowger-probe:" + jar.getFileName(), in));
        }
      }
      wiring().resolveBundles(probes);
      for (Bundle probe : probes) {
        if (probe.getState() == Bundle.INSTALLED) {
          problems.add(probe.getSymbolicName() + " does not resolve: " + unresolved(probe));
        }
      }
    } catch (BundleException | IOException e) {
      problems.add("not resolved: " + Refusal.rootOf(e));
    } finally {
      for (Bundle probe : probes) {
        takeAway(probe);
      }
      refresh(probes);
    }
    return problems;
  }

  private static void takeAway(Bundle probe) {
    try {
      probe.uninstall();
    } catch (BundleException e) {
      LOG.atError().addKeyValue("bundle", probe.getSymbolicName()).setCause(e).log("stays");
    }
  }

  /** The reason is in what the framework throws when a class of it is wanted. */
  private static String unresolved(Bundle probe) {
    try {
      return "in vain: " + probe.loadClass("org.strowger.probe");
    } catch (ClassNotFoundException e) {
      return Refusal.rootOf(e);
    }
  }

  private FrameworkWiring wiring() {
    return Objects.requireNonNull(context.getBundle(0).adapt(FrameworkWiring.class));
  }
}
