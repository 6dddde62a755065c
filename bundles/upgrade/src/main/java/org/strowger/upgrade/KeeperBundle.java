package org.strowger.upgrade;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and installs the keeper: a bundle of the same classes that needs the framework and slf4j
 * only, and so is not stopped when {@code api}, the service component runtime or this bundle is.
 */
final class KeeperBundle {
  static final String NAME = "org.strowger.upgrade.keeper";

  private static final Logger LOG = LoggerFactory.getLogger(KeeperBundle.class);
  private static final List<String> CLASSES =
      List.of("org/strowger/upgrade/", "org/strowger/release/");
  private static final String IMPORTS =
      "javax.management, org.osgi.framework, org.osgi.framework.namespace,"
          + " org.osgi.framework.startlevel, org.osgi.framework.wiring, org.osgi.resource,"
          + " org.slf4j, org.slf4j.spi";

  /** Time that an order waits for a keeper that is just not there. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BundleContext context;
  private final Duration patience;

  /** Who asks shares it; who exchanges the keeper has it alone. */
  private final ReadWriteLock exchange = new ReentrantReadWriteLock();

  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable String version;

  KeeperBundle(BundleContext context) {
    this(context, PATIENCE);
  }

  /**
   * @param patience how long an order waits for a keeper that is just not there
   */
  KeeperBundle(BundleContext context, Duration patience) {
    this.context = context;
    this.patience = patience;
  }

  /**
   * Sees to it that a keeper of this version runs; one of another version is replaced once it is
   * idle, which it is not while it is just replacing this bundle. Nothing after {@link #close}.
   */
  synchronized void ensure() throws IOException, BundleException {
    if (closed.getCount() == 0) {
      return;
    }
    Bundle keeper = context.getBundle(NAME);
    String version = version();
    if (keeper == null) {
      start(context.installBundle(NAME, jar(version)));
    } else if (!keeper.getVersion().getQualifier().equals(version)) {
      replace(keeper, version);
    } else if (keeper.getState() != Bundle.ACTIVE) {
      start(keeper);
    }
  }

  /** Only between two questions; otherwise a second later. */
  private void replace(Bundle keeper, String version) throws IOException, BundleException {
    if (!exchange.writeLock().tryLock()) {
      return;
    }
    try {
      Map<String, String> answer = call(Map.of(Keeper.WORD, Keeper.IDLE));
      if (answer.isEmpty() || answer.containsKey(Keeper.ABSENT)) {
        keeper.update(jar(version));
        start(keeper);
      }
    } finally {
      exchange.writeLock().unlock();
    }
  }

  private static void start(Bundle keeper) throws BundleException {
    Exchange.startLevel(keeper).setStartLevel(1);
    keeper.start();
    LOG.atDebug().addKeyValue("version", keeper.getVersion()).log("keeper started");
  }

  /**
   * An operator's word: the keeper works on it while the caller waits. It is away for a moment when
   * the framework has just started and while it is exchanged itself; that moment is waited out.
   */
  Map<String, String> order(Map<String, String> request) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Map<String, String> answer = ask(request);
      if (!answer.containsKey(Keeper.ABSENT)) {
        return answer;
      }
      try {
        if (closed.await(50, TimeUnit.MILLISECONDS)) {
          return absent("the upgrade bundle is being stopped; try again");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return absent("not waited for: the bundle " + NAME + " does not run yet");
      }
      if (System.nanoTime() - deadline > 0) {
        return absent(
            "the bundle %s did not run for %d s, nothing was done; see the log"
                .formatted(NAME, patience.toSeconds()));
      }
    }
  }

  /** The same without patience for a keeper that is not there. */
  Map<String, String> ask(Map<String, String> request) {
    exchange.readLock().lock();
    try {
      return call(request);
    } finally {
      exchange.readLock().unlock();
    }
  }

  private Map<String, String> call(Map<String, String> request) {
    try {
      // All: the package java.util.function is nobody's export.
      ServiceReference<?>[] found =
          context.getAllServiceReferences(
              Function.class.getName(), "(" + Keeper.PROPERTY + "=true)");
      Object service = found == null ? null : context.getService(found[0]);
      if (!(service instanceof Function<?, ?> keeper)) {
        return absent("the bundle " + NAME + " does not run");
      }
      // The property is the keeper's alone, and this is its contract.
      @SuppressWarnings("unchecked")
      Function<Map<String, String>, Map<String, String>> typed =
          (Function<Map<String, String>, Map<String, String>>) keeper;
      return typed.apply(request);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // the filter is a constant
    }
  }

  static Map<String, String> absent(String why) {
    return Map.of(Keeper.REFUSED, why, Keeper.BUSY, "true", Keeper.ABSENT, "true");
  }

  /** Who still waits for a keeper is let go; the keeper itself stays as it is. */
  synchronized void close() {
    closed.countDown();
  }

  /** Read once: the classes of a bundle that runs stay what they are, its update makes another. */
  private String version() throws IOException {
    String known = version;
    if (known == null) {
      ContentDigest digest = new ContentDigest();
      for (URL url : classes()) {
        digest.add(url.getPath(), bytes(url));
      }
      known = digest.toString().substring(0, 16);
      version = known;
    }
    return known;
  }

  private List<URL> classes() {
    List<URL> all = new ArrayList<>();
    for (String folder : CLASSES) {
      Enumeration<URL> found = context.getBundle().findEntries(folder, "*.class", false);
      all.addAll(found == null ? List.of() : Collections.list(found));
    }
    return all;
  }

  private InputStream jar(String version) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    main.putValue(Constants.BUNDLE_SYMBOLICNAME, NAME);
    main.putValue(Constants.BUNDLE_VERSION, "0.0.0." + version);
    main.putValue(Constants.BUNDLE_ACTIVATOR, KeeperActivator.class.getName());
    main.putValue(Constants.IMPORT_PACKAGE, IMPORTS);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
      for (URL url : classes()) {
        jar.putNextEntry(new ZipEntry(url.getPath().replaceFirst("^/+", "")));
        jar.write(bytes(url));
        jar.closeEntry();
      }
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static byte[] bytes(URL url) throws IOException {
    try (InputStream in = url.openStream()) {
      return in.readAllBytes();
    }
  }
}
