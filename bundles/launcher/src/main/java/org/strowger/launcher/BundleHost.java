package org.strowger.launcher;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.felix.framework.FrameworkFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.log.LoggerFactory;
import org.slf4j.Logger;

/** The OSGi framework with the bundles of the list in it. Used by the main thread. */
final class BundleHost {
  private static final Logger log = org.slf4j.LoggerFactory.getLogger(BundleHost.class);

  private final Framework framework;
  private final List<Bundle> bundles = new ArrayList<>();
  private final FrameworkLog frameworkLog;

  private BundleHost(Framework framework, FrameworkLog frameworkLog) {
    this.framework = framework;
    this.frameworkLog = frameworkLog;
  }

  /** Installs the bundles of the list, updated ones in place of shipped ones; starts none. */
  static BundleHost install(Settings settings, BundleList list, ProcessEnd end)
      throws StartFailure {
    FrameworkLog frameworkLog = new FrameworkLog();
    Map<String, Object> properties = properties(settings, list);
    Path state = settings.state();
    Overrides overrides = Overrides.read(state.resolve("bundles"), state.resolve("keys"));
    // The upgrade bundle makes it an alarm.
    properties.put("strowger.integrity", overrides.integrity());
    // Who reads the configuration brings it into the shape of what starts.
    properties.put(Overrides.MIGRATIONS, overrides.migrations());
    properties.put("felix.log.logger", frameworkLog);
    properties.put("felix.log.level", "3");
    Framework framework = new FrameworkFactory().newFramework(properties);
    BundleHost host = new BundleHost(framework, frameworkLog);
    try {
      framework.init();
    } catch (BundleException e) {
      throw new StartFailure("The OSGi framework cannot be initialised: " + e.getMessage() + ".");
    }
    framework.getBundleContext().registerService(LoggerFactory.class, new OsgiLog(), null);
    LoopBreaker loops = new LoopBreaker();
    framework.getBundleContext().registerService(WeavingHook.class, loops, null);
    try {
      framework.getBundleContext().addServiceListener(loops, LoopBreaker.LISTENS_TO);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // it is a constant
    }
    framework
        .getBundleContext()
        .registerService(
            Function.class,
            end,
            FrameworkUtil.asDictionary(Map.of(ProcessEnd.PROPERTY, end.words())));
    host.installAll(settings, list, overrides);
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
    return properties;
  }

  private void installAll(Settings settings, BundleList list, Overrides overrides)
      throws StartFailure {
    Path shippedFolder = settings.home().resolve("bundles");
    List<String> problems = new ArrayList<>();
    for (Map.Entry<Integer, List<String>> level : list.levels().entrySet()) {
      for (String name : level.getValue()) {
        Path file = shippedFolder.resolve(name + ".jar");
        try {
          install(overrides.insteadOf(BundleFile.read(file)), level.getKey());
        } catch (NoSuchFileException e) {
          problems.add(notInstalled(file, "there is no such file"));
        } catch (IOException | BundleException e) {
          problems.add(notInstalled(file, e.getMessage()));
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

  private static String notInstalled(Path file, @Nullable String why) {
    return "The bundle " + file + " of the bundle list cannot be installed: " + why + ".";
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

  /**
   * A sentence for each bundle that hangs in its start or could not start.
   *
   * @param allTried whether the framework has reached its last level
   */
  List<String> notStarted(boolean allTried) {
    List<String> sentences = new ArrayList<>();
    for (Bundle bundle : bundles) {
      String name = bundle.getSymbolicName();
      Throwable fault = frameworkLog.fault(name);
      if (bundle.getState() == Bundle.STARTING) {
        sentences.add("The bundle " + name + " did not start: its start has not returned");
      } else if (bundle.getState() != Bundle.ACTIVE && (allTried || fault != null)) {
        String why = fault == null ? "no reason was given" : rootMessage(fault);
        sentences.add("The bundle " + name + " did not start: " + why);
      }
    }
    return sentences;
  }

  /** Tells whoever looks after threads that die, if somebody does. */
  void threadDied(Thread thread, Throwable fault) {
    BundleContext context = framework.getBundleContext();
    if (context == null) {
      return; // the framework has stopped
    }
    try {
      // All: the package java.util.function is nobody's export.
      ServiceReference<?>[] found =
          context.getAllServiceReferences(BiConsumer.class.getName(), "(strowger.deadThreads=*)");
      if (found != null && context.getService(found[0]) instanceof BiConsumer<?, ?> told) {
        // The property is the upgrade bundle's alone, and this is its contract.
        @SuppressWarnings("unchecked")
        BiConsumer<Thread, Throwable> listener = (BiConsumer<Thread, Throwable>) told;
        listener.accept(thread, fault);
        context.ungetService(found[0]);
      }
    } catch (InvalidSyntaxException | IllegalStateException stopping) {
      log.atDebug().setCause(stopping).log("Nobody was told");
    }
  }

  /** All have started. */
  void started() {
    frameworkLog.forgetFaults();
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
