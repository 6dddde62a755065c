package org.strowger.upgrade;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
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
      "org.osgi.framework, org.osgi.framework.namespace, org.osgi.framework.startlevel,"
          + " org.osgi.framework.wiring, org.osgi.resource, org.slf4j, org.slf4j.spi";

  private final BundleContext context;

  KeeperBundle(BundleContext context) {
    this.context = context;
  }

  /**
   * Sees to it that a keeper of this version runs; one of another version is replaced once it is
   * idle, which it is not while it is just replacing this bundle.
   */
  void ensure() throws IOException, BundleException {
    Bundle keeper = context.getBundle(NAME);
    String version = version();
    if (keeper == null) {
      start(context.installBundle(NAME, jar(version)));
    } else if (!keeper.getVersion().getQualifier().equals(version)) {
      if (ask(Map.of(Keeper.WORD, Keeper.IDLE)).isEmpty()) {
        keeper.update(jar(version));
        start(keeper);
      }
    } else if (keeper.getState() != Bundle.ACTIVE) {
      start(keeper);
    }
  }

  private static void start(Bundle keeper) throws BundleException {
    Exchange.startLevel(keeper).setStartLevel(1);
    keeper.start();
    LOG.atDebug().addKeyValue("version", keeper.getVersion()).log("keeper started");
  }

  /** Lets the keeper work and waits for it. */
  Map<String, String> ask(Map<String, String> request) {
    try {
      // All: the package java.util.function is nobody's export.
      ServiceReference<?>[] found =
          context.getAllServiceReferences(
              Function.class.getName(), "(" + Keeper.PROPERTY + "=true)");
      Object service = found == null ? null : context.getService(found[0]);
      if (!(service instanceof Function<?, ?> keeper)) {
        return Map.of(Keeper.REFUSED, "the bundle " + NAME + " does not run", Keeper.BUSY, "true");
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

  private String version() throws IOException {
    ContentDigest digest = new ContentDigest();
    for (URL url : classes()) {
      digest.add(url.getPath(), bytes(url));
    }
    return digest.toString().substring(0, 16);
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
