package org.strowger.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The OSGi framework with the bundles of the list in it. Used by the main thread. */
final class BundleHost {
  private static final Logger log = LoggerFactory.getLogger(BundleHost.class);

  private final Framework framework;
  private final List<Bundle> bundles = new ArrayList<>();
  private final Map<Bundle, Throwable> faults = new ConcurrentHashMap<>();

  private BundleHost(Framework framework) {
    this.framework = framework;
  }

  /** Installs the bundles of the list, updated ones in place of shipped ones; starts none. */
  static BundleHost install(Settings settings, BundleList list) throws StartFailure {
    Framework framework = new FrameworkFactory().newFramework(properties(settings, list));
    BundleHost host = new BundleHost(framework);
    try {
      framework.init(host::keepFault);
    } catch (BundleException e) {
      throw new StartFailure("The OSGi framework cannot be initialised: " + e.getMessage() + ".");
    }
    host.installAll(settings, list);
    return host;
  }

  private static Map<String, Object> properties(Settings settings, BundleList list) {
    Map<String, Object> properties = new HashMap<>(list.settings());
    properties.put("strowger.home", settings.home().toString());
    properties.put("strowger.state", settings.state().toString());
    properties.put("strowger.config", settings.config().toString());
    properties.put(
        Constants.FRAMEWORK_STORAGE, settings.state().resolve("bundle-cache").toString());
    properties.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    properties.put(
        Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(BundleList.MAX_LEVEL));
    properties.put("felix.log.logger", new FrameworkLog());
    properties.put("felix.log.level", "3");
    return properties;
  }

  private void keepFault(FrameworkEvent event) {
    Throwable fault = event.getThrowable();
    if (event.getType() == FrameworkEvent.ERROR && fault != null) {
      faults.put(event.getBundle(), fault);
      log.atError()
          .addKeyValue("bundle", event.getBundle().getSymbolicName())
          .setCause(fault)
          .log("Fault in a bundle");
    }
  }

  private void installAll(Settings settings, BundleList list) throws StartFailure {
    Path shippedFolder = settings.home().resolve("bundles");
    Overrides overrides = Overrides.read(settings.state().resolve("bundles"));
    List<String> problems = new ArrayList<>();
    for (Map.Entry<Integer, List<String>> level : list.levels().entrySet()) {
      for (String name : level.getValue()) {
        Path file = shippedFolder.resolve(name + ".jar");
        try {
          install(overrides.insteadOf(BundleFile.read(file)), level.getKey());
        } catch (IOException | BundleException e) {
          problems.add("The bundle " + file + " of the bundle list cannot be installed: " + e);
        }
      }
    }
    for (BundleFile added : overrides.added()) {
      try {
        install(added, list.lastLevel());
      } catch (BundleException e) {
        log.atError().addKeyValue("bundle", added.symbolicName()).setCause(e).log("Not installed");
      }
    }
    if (!problems.isEmpty()) {
      throw new StartFailure(problems);
    }
  }

  private void install(BundleFile file, int level) throws BundleException {
    Bundle bundle = framework.getBundleContext().installBundle(file.file().toUri().toString());
    bundle.adapt(BundleStartLevel.class).setStartLevel(level);
    if (!file.fragment()) {
      // Only marked: it starts when the framework reaches its level.
      bundle.start();
      bundles.add(bundle);
    }
  }

  /** Starts all, level by level, and returns when the last level is reached. */
  void start() throws BundleException {
    framework.start();
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  /** A sentence for each bundle that did not start. */
  List<String> notStarted() {
    List<String> sentences = new ArrayList<>();
    for (Bundle bundle : bundles) {
      if (bundle.getState() != Bundle.ACTIVE) {
        Throwable fault = faults.get(bundle);
        String why = fault == null ? "no reason given" : rootMessage(fault);
        sentences.add("The bundle " + bundle.getSymbolicName() + " did not start: " + why);
      }
    }
    return sentences;
  }

  private static String rootMessage(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  /** Waits until somebody stops the framework; true when it stopped as it should. */
  boolean awaitStop() throws InterruptedException {
    return framework.waitForStop(0).getType() == FrameworkEvent.STOPPED;
  }

  /** Stops all bundles in reverse order; false when that took longer than the deadline. */
  boolean stop(Duration deadline) throws BundleException, InterruptedException {
    framework.stop();
    return framework.waitForStop(deadline.toMillis()).getType() != FrameworkEvent.WAIT_TIMEDOUT;
  }
}
