package org.strowger.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

/**
 * A real Felix with declarative services inside the test's JVM. It shares slf4j and the vocabulary
 * with the test, so that a test can register its fakes as services.
 */
public final class EmbeddedFelix implements AutoCloseable {
  private static final String SHARED =
      "org.strowger.api;version=0.1.0,org.slf4j;version=2.0.19,org.slf4j.event;version=2.0.19,"
          + "org.slf4j.spi;version=2.0.19,org.slf4j.helpers;version=2.0.19";

  private static final List<String> PLATFORM =
      List.of(
          "org.osgi.util.function-",
          "org.osgi.util.promise-",
          "org.osgi.service.component-1",
          "org.apache.felix.scr-");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Framework framework;

  private EmbeddedFelix(Framework framework) {
    this.framework = framework;
  }

  /**
   * Starts it.
   *
   * @param folder for the framework's cache
   * @param properties framework properties beside the necessary ones
   */
  public static EmbeddedFelix start(Path folder, Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.put("org.osgi.framework.storage", folder.resolve("felix-cache").toString());
    all.put("org.osgi.framework.system.packages.extra", SHARED);
    try {
      Framework framework = new FrameworkFactory().newFramework(all);
      framework.start();
      EmbeddedFelix felix = new EmbeddedFelix(framework);
      for (String artifact : PLATFORM) {
        felix.install(onClassPath(artifact));
      }
      return felix;
    } catch (BundleException e) {
      throw new AssertionError("Felix does not start", e);
    }
  }

  /** Installs and starts a jar, or a folder of compiled classes with a manifest. */
  public Bundle install(Path jar) {
    try {
      boolean folder = Files.isDirectory(jar);
      String location = (folder ? "reference:" : "") + jar.toUri();
      Bundle bundle = framework.getBundleContext().installBundle(location);
      bundle.start();
      return bundle;
    } catch (BundleException e) {
      throw new AssertionError("the bundle does not start: " + jar, e);
    }
  }

  public BundleContext context() {
    return framework.getBundleContext();
  }

  /** The jar or folder on the test's class path whose file name begins so. */
  public static Path onClassPath(String artifact) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(entry -> String.valueOf(entry.getFileName()).startsWith(artifact))
        .findFirst()
        .orElseThrow(() -> new AssertionError(artifact + " is not on the class path"));
  }

  /** Waits for a condition, with a deadline no noise can reach. */
  public static void until(Callable<Boolean> condition) throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.call()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("it did not become true within " + PATIENCE);
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      framework.stop();
      framework.waitForStop(PATIENCE.toMillis());
    } catch (BundleException e) {
      throw new IOException("Felix does not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
