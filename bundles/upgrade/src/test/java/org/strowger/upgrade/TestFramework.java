package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.strowger.api.BundleInventory;

/** A real Felix with the service component runtime and this very bundle in it. */
final class TestFramework implements AutoCloseable {
  static final String SLF4J =
      "org.slf4j;version=\"2.0.19\",org.slf4j.event;version=\"2.0.19\","
          + "org.slf4j.helpers;version=\"2.0.19\",org.slf4j.spi;version=\"2.0.19\"";

  final Path folder;
  final Path state;
  private final Framework framework;

  /**
   * Starts it.
   *
   * @param apiAsBundle whether the vocabulary is a bundle, which can be replaced; else the test and
   *     the bundles share it, and {@link #inventory()} can be called
   */
  TestFramework(Path folder, boolean apiAsBundle) throws Exception {
    this(folder, apiAsBundle, Map.of());
  }

  /**
   * The same with more settings of the framework.
   *
   * @param more lines as in felix-config/config.properties
   */
  TestFramework(Path folder, boolean apiAsBundle, Map<String, String> more) throws Exception {
    this.folder = folder;
    this.state = folder.resolve("state");
    Map<String, String> settings = new HashMap<>();
    settings.put("org.osgi.framework.storage", folder.resolve("cache").toString());
    settings.put("org.osgi.framework.storage.clean", "onFirstInit");
    settings.put("org.osgi.framework.bsnversion", "multiple");
    settings.put("org.osgi.framework.startlevel.beginning", "9");
    settings.put("strowger.state", state.toString());
    settings.put("strowger.upgrade.gateSeconds", "3");
    settings.put("strowger.upgrade.stepSeconds", "5");
    String api = apiAsBundle ? "" : ",org.strowger.api;version=\"0.1.0\"";
    settings.put("org.osgi.framework.system.packages.extra", SLF4J + api);
    settings.putAll(more);
    framework = new FrameworkFactory().newFramework(settings);
    framework.start();
    List<Path> jars = new ArrayList<>();
    for (String name :
        List.of(
            "org.osgi.util.function.Function",
            "org.osgi.util.promise.Promise",
            "org.osgi.service.component.ComponentContext",
            "org.apache.felix.scr.info.ScrInfo")) {
      jars.add(home(name));
    }
    if (apiAsBundle) {
      jars.add(api(folder.resolve("api.jar"), "0.1.0"));
    }
    jars.add(upgrade(folder.resolve("upgrade.jar"), "0.1.0"));
    for (Path jar : jars) {
      install(jar).start();
    }
  }

  /** The vocabulary, in this version. */
  static Path api(Path jar, String version) throws Exception {
    return repack(home(BundleInventory.class.getName()), jar, version);
  }

  /** From a folder of classes or a jar, as the build has it. */
  private static Path repack(Path home, Path jar, String version) throws IOException {
    Map<String, String> changed = Map.of("Bundle-Version", version);
    if (Files.isDirectory(home)) {
      return TestBundle.pack(home, jar, changed);
    }
    try (FileSystem zip = FileSystems.newFileSystem(home)) {
      return TestBundle.pack(zip.getPath("/"), jar, changed);
    }
  }

  /** This bundle, in this version. */
  static Path upgrade(Path jar, String version) throws Exception {
    return repack(home(UpgradeComponent.class.getName()), jar, version);
  }

  private static Path home(String className) throws ClassNotFoundException, URISyntaxException {
    return Path.of(
        Class.forName(className).getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  Bundle install(Path jar) throws BundleException {
    return context().installBundle(jar.toUri().toString());
  }

  List<Bundle> named(String name) {
    return Arrays.stream(context().getBundles())
        .filter(b -> name.equals(b.getSymbolicName()))
        .toList();
  }

  BundleInventory inventory() {
    await("the inventory", () -> context().getServiceReference(BundleInventory.class) != null);
    return context().getService(context().getServiceReference(BundleInventory.class));
  }

  /** What the keeper answers; its words are the JDK's. */
  @SuppressWarnings("unchecked") // the contract of the keeper
  Map<String, String> keeper(Map<String, String> request) throws Exception {
    var found = context().getServiceReferences(Function.class, "(strowger.upgrade.keeper=true)");
    ServiceReference<?> reference = found.iterator().next();
    return ((Function<Map<String, String>, Map<String, String>>) context().getService(reference))
        .apply(request);
  }

  /** The texts that bundles offer now, sorted. */
  List<String> offers() {
    try {
      return context().getServiceReferences(String.class, "(offer=true)").stream()
          .map(reference -> Optional.ofNullable(context().getService(reference)))
          .flatMap(Optional::stream)
          .sorted()
          .toList();
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "in vain: " + what);
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Override
  public void close() throws BundleException {
    framework.stop();
    await("the framework stops", () -> framework.getState() == Bundle.RESOLVED);
    // What one of its threads is just writing would come into a folder that is being deleted.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (System.nanoTime() - deadline < 0
        && Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().matches("upgrade(-dropin|-watch)?"))) {
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }
}
