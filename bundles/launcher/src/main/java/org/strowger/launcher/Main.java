package org.strowger.launcher;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one director: locks its state folder, sets up the log, starts the OSGi framework with the
 * bundles of the list, and waits. Ends with 0 after an orderly stop, 1 when it could not start, 2
 * when its words were not understood; on SIGTERM, SIGINT and SIGHUP it stops what it started, last
 * first.
 */
public final class Main {
  private static final String PREFIX = "strowger: ";

  /** What to undo at the end, last first; guarded by itself. */
  private final Deque<Undo> undo = new ArrayDeque<>();

  /** What threads belong to, once it is there. */
  private volatile @Nullable BundleHost present;

  private Main() {}

  /** A step of the way down. */
  @FunctionalInterface
  private interface Undo {
    void run() throws IOException, BundleException, InterruptedException;
  }

  public static void main(String[] args) {
    Main main = new Main();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(main::stopAll));
    System.exit(main.run(args));
  }

  private int run(String... args) {
    try {
      BundleHost host = start(Settings.parse(args));
      return host.awaitStop() ? 0 : 1;
    } catch (StartFailure e) {
      e.sentences().forEach(sentence -> System.err.println(PREFIX + sentence));
      return 1;
    } catch (IllegalArgumentException e) {
      System.err.println(PREFIX + e.getMessage());
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private BundleHost start(Settings settings) throws StartFailure, InterruptedException {
    StateFolder state = StateFolder.open(settings.state(), settings.fresh());
    later(state::close);
    Logging logging = Logging.start(settings.setting("logback.xml"), settings.state());
    later(logging::close);
    state.tighten();
    Logger log = LoggerFactory.getLogger(Main.class);
    Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> died(thread, fault, log));
    Demo demo = settings.demo() ? demo(settings) : null;
    BundleList list =
        BundleList.read(settings.setting("config.properties"), System.getProperties());
    Duration stopDeadline = Duration.ofSeconds(list.seconds("strowger.stop.deadlineSeconds", 10));
    Duration startDeadline =
        Duration.ofSeconds(list.seconds("strowger.startup.deadlineSeconds", 30));
    String supervisor = System.getenv().getOrDefault(ProcessEnd.SUPERVISOR, "");
    BundleHost host = BundleHost.install(settings, list, new ProcessEnd(supervisor, System::exit));
    present = host;
    later(() -> stop(host, stopDeadline, log));
    Startup startup = new Startup(host, list.words("strowger.startup.expected", ""));
    Map<String, String> ready = await(startup, startDeadline, demo);
    host.started();
    state.tighten();
    settings.remember(log);
    announce(ready, log, demo == null ? settings.whereabouts() : demo.banner());
    return host;
  }

  private void died(Thread thread, Throwable fault, Logger log) {
    log.atError().addKeyValue("thread", thread.getName()).setCause(fault).log("A thread died");
    BundleHost host = present;
    if (host != null) {
      host.threadDied(thread, fault);
    }
  }

  private Demo demo(Settings settings) throws StartFailure {
    Demo demo = Demo.start(settings);
    later(demo::close);
    return demo;
  }

  /** All that is wrong is said at once: the demo's real servers and the components. */
  private static Map<String, String> await(Startup startup, Duration deadline, @Nullable Demo demo)
      throws StartFailure, InterruptedException {
    List<String> problems = new ArrayList<>(demo == null ? List.of() : demo.awaitRealServers());
    try {
      Map<String, String> ready = startup.await(deadline);
      if (problems.isEmpty()) {
        return ready;
      }
    } catch (StartFailure e) {
      problems.addAll(e.sentences());
    }
    throw new StartFailure(problems);
  }

  private static void announce(Map<String, String> ready, Logger log, String banner) {
    ready.forEach(
        (name, says) -> log.atInfo().addKeyValue("component", name).log("Ready: {}", says));
    long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    log.atInfo().addKeyValue("millis", millis).log("The director is ready");
    System.out.println(banner);
    // Scripts and tests wait for this line.
    System.out.println(PREFIX + "ready after " + millis + " ms");
  }

  private static void stop(BundleHost host, Duration deadline, Logger log)
      throws BundleException, InterruptedException {
    log.atInfo().log("The director stops");
    if (host.stop(deadline)) {
      log.atInfo().log("The director has stopped");
    } else {
      log.atError().addKeyValue("seconds", deadline.toSeconds()).log("The stop was cut short");
    }
  }

  private void later(Undo step) {
    synchronized (undo) {
      undo.push(step);
    }
  }

  private void stopAll() {
    while (true) {
      Undo step;
      synchronized (undo) {
        step = undo.poll();
      }
      if (step == null) {
        return;
      }
      try {
        step.run();
      } catch (IOException | BundleException | RuntimeException e) {
        System.err.println(PREFIX + "The stop was not complete: " + e);
      } catch (InterruptedException e) {
        // Nobody interrupts a shutdown hook; go on with what is left to undo.
        System.err.println(PREFIX + "The stop was interrupted.");
      }
    }
  }
}
