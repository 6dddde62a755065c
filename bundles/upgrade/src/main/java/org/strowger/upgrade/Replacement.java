package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces or adds one bundle: done and durable, or everything as before. One of these works at a
 * time, on the keeper's thread.
 */
final class Replacement {
  /** Begins the location of each bundle that came by the drop-in folder. */
  static final String DROP_IN = "strowger-dropin:";

  private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);

  /** What was done. */
  record Done(String bundle, String from, String to, String how) {}

  private final BundleContext context;
  private final Exchange exchange;
  private final Overrides overrides;

  Replacement(BundleContext context, Overrides overrides) {
    this.context = context;
    this.exchange = new Exchange(context);
    this.overrides = overrides;
  }

  /** Replaces the bundle of the jar's name, or adds it; survives a restart. */
  Done update(Path file) throws Refusal {
    BundleJar jar = BundleJar.read(file);
    List<Bundle> installed = exchange.installed(jar.name());
    check(jar, installed);
    return withStaged(
        jar,
        staged -> {
          if (installed.isEmpty()) {
            return add(jar, staged, "strowger-added:" + jar.name(), true);
          }
          Bundle running = installed.getFirst();
          return jar.beside() ? beside(jar, running, staged) : swap(jar, running, staged, true);
        });
  }

  /** Where the bundle of a file in the drop-in folder is installed from. */
  static String dropInLocation(Path file) {
    return DROP_IN + file.getFileName();
  }

  /** The same for a jar that lies in the drop-in folder, which is what makes it durable. */
  Done dropIn(Path file) throws Refusal {
    BundleJar jar = BundleJar.read(file);
    String location = dropInLocation(file);
    Bundle before = context.getBundle(location);
    if (before != null && !jar.name().equals(before.getSymbolicName())) {
      exchange.uninstall(before);
      before = null;
    }
    if (before != null) {
      Bundle running = before;
      check(jar, List.of(running));
      return withStaged(jar, staged -> swap(jar, running, staged, false));
    }
    List<Bundle> others = exchange.installed(jar.name());
    if (others.isEmpty()) {
      return withStaged(jar, staged -> add(jar, staged, location, false));
    }
    if (jar.version().compareTo(others.getFirst().getVersion()) <= 0) {
      throw new Refusal(
          file + ": version " + others.getFirst().getVersion() + " is installed already");
    }
    return update(file);
  }

  /** Takes away what came with this file of the drop-in folder. */
  Done remove(Path file) throws Refusal {
    Bundle bundle = context.getBundle(dropInLocation(file));
    if (bundle == null) {
      throw new Refusal(file + ": no bundle was added by this file");
    }
    Done done =
        new Done(bundle.getSymbolicName(), bundle.getVersion().toString(), "", "uninstalled");
    exchange.uninstall(bundle);
    return done;
  }

  private interface Work {
    Done with(Path staged) throws Refusal;
  }

  private Done withStaged(BundleJar jar, Work work) throws Refusal {
    Path staged;
    try {
      staged = overrides.stage(jar);
    } catch (IOException e) {
      throw new Refusal("the jar cannot be kept: " + e.getMessage(), e);
    }
    try {
      // Read again: what is installed is what was checked, whatever became of the original.
      if (!BundleJar.read(staged).digest().equals(jar.digest())) {
        throw new Refusal(jar.file() + " was changed meanwhile");
      }
      return work.with(staged);
    } finally {
      delete(staged);
    }
  }

  private void check(BundleJar jar, List<Bundle> installed) throws Refusal {
    for (Bundle bundle : installed) {
      String what = jar.name() + " " + bundle.getVersion();
      if (bundle.getBundleId() == 0 || bundle.equals(context.getBundle())) {
        throw new Refusal(what + " cannot be replaced while it runs");
      }
      if (jar.beside() && bundle.getVersion().equals(jar.version())) {
        throw new Refusal(what + " is there already; beside it must come another version");
      }
      if (exchange.dependents(bundle).contains(context.getBundle())) {
        throw new Refusal(what + " carries the upgrade itself");
      }
      sameContent(jar, bundle, what);
    }
    if (!installed.isEmpty()) {
      older(jar, installed.getFirst());
    }
  }

  private static void sameContent(BundleJar jar, Bundle bundle, String what) throws Refusal {
    try {
      if (Exchange.running(bundle) && RunningBundle.digest(bundle).equals(jar.digest())) {
        throw new Refusal(what + " runs already with just this content");
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("bundle", jar.name()).setCause(e).log("content not compared");
    }
  }

  /** The launcher takes no override that is older than what was shipped. */
  private void older(BundleJar jar, Bundle running) throws Refusal {
    try {
      boolean shipped = overrides.fileName(jar.name()).isEmpty();
      if (shipped && jar.version().compareTo(running.getVersion()) < 0) {
        throw new Refusal(
            jar.name()
                + " "
                + jar.version()
                + " is older than the shipped "
                + running.getVersion());
      }
    } catch (IOException e) {
      throw new Refusal("the list of replaced bundles cannot be read: " + e.getMessage(), e);
    }
  }

  private Done swap(BundleJar jar, Bundle bundle, Path staged, boolean keep) throws Refusal {
    String from = bundle.getVersion().toString();
    List<Bundle> before = exchange.active();
    List<Bundle> expected = new ArrayList<>(before);
    if (!expected.contains(bundle) && Exchange.startLevel(bundle).isPersistentlyStarted()) {
      expected.addFirst(bundle); // it had failed: the new version is to mend it
    }
    int affected = exchange.dependents(bundle).size() - 1;
    Path old = old(bundle);
    try {
      exchange.exchange(bundle, staged, expected);
      commit(jar, staged, keep);
    } catch (Refusal why) {
      throw back(bundle, old, before, why);
    } finally {
      delete(old);
    }
    String how = affected == 0 ? "updated" : "updated; bundles wired anew: " + affected;
    return new Done(jar.name(), from, jar.version().toString(), how);
  }

  private Path old(Bundle bundle) throws Refusal {
    try {
      return overrides.stage(bundle.getSymbolicName() + ".old", RunningBundle.toJar(bundle));
    } catch (IOException e) {
      throw new Refusal("the running version cannot be kept: " + e.getMessage(), e);
    }
  }

  /** What could be started before must start again; a bundle that had failed need not. */
  private Refusal back(Bundle bundle, Path old, List<Bundle> before, Refusal why) {
    LOG.atWarn().addKeyValue("bundle", bundle.getSymbolicName()).log("going back: {}", why.why());
    try {
      exchange.exchange(bundle, old, before);
      String state = Exchange.running(bundle) ? " runs again" : " is there again";
      return new Refusal(why.why() + "; version " + bundle.getVersion() + state, why);
    } catch (Refusal worse) {
      LOG.atError().addKeyValue("bundle", bundle.getSymbolicName()).setCause(worse).log("not back");
      return new Refusal(why.why() + "; going back failed too: " + worse.why(), why);
    }
  }

  private Done add(BundleJar jar, Path staged, String location, boolean keep) throws Refusal {
    FrameworkStartLevel level =
        Objects.requireNonNull(context.getBundle(0).adapt(FrameworkStartLevel.class));
    Bundle added = exchange.add(location, staged, Math.max(1, level.getStartLevel()));
    try {
      commit(jar, staged, keep);
    } catch (Refusal why) {
      exchange.uninstall(added);
      throw why;
    }
    return new Done(jar.name(), "", jar.version().toString(), "added");
  }

  private Done beside(BundleJar jar, Bundle running, Path staged) throws Refusal {
    List<Bundle> expected = exchange.active();
    String location = "strowger-beside:" + jar.name() + ":" + jar.version();
    Bundle added = exchange.add(location, staged, Exchange.level(running));
    List<Bundle> importers = Exchange.importers(running);
    try {
      if (!importers.isEmpty()) {
        exchange.refresh(importers);
        exchange.startAll(expected);
      }
      commit(jar, staged, true);
    } catch (Refusal why) {
      exchange.uninstall(added);
      if (!importers.isEmpty()) {
        exchange.refresh(importers);
      }
      exchange.startAll(expected);
      throw why;
    }
    String from = running.getVersion().toString();
    return new Done(jar.name(), from, jar.version().toString(), "beside; the old one drains");
  }

  private void commit(BundleJar jar, Path staged, boolean keep) throws Refusal {
    if (keep) {
      try {
        overrides.commit(jar, staged);
      } catch (IOException e) {
        throw new Refusal("the replacement cannot be made durable: " + e.getMessage(), e);
      }
    }
  }

  private static void delete(Path staged) {
    try {
      Files.deleteIfExists(staged);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", staged).setCause(e).log("not deleted");
    }
  }
}
