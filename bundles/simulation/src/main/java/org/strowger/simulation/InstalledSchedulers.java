package org.strowger.simulation;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.strowger.api.SchedulerProvider;
import org.strowger.schedulers.Schedulers;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The schedulers of an installation by name: ours, and those of bundles dropped in, found as a
 * framework finds them: by the service components that their manifest names.
 */
final class InstalledSchedulers {
  private static final String PROVIDER = SchedulerProvider.class.getName();

  private InstalledSchedulers() {}

  /** Ours alone. */
  static Map<String, SchedulerProvider> ours() {
    Map<String, SchedulerProvider> byName = new TreeMap<>();
    Schedulers.providers().forEach(provider -> byName.put(provider.name(), provider));
    return byName;
  }

  /**
   * Ours and those of the bundles in a folder, which go before ours of the same name; of two
   * versions of a bundle the newer one counts.
   *
   * @throws IOException if a bundle cannot be read, or what it names cannot be made
   */
  static Map<String, SchedulerProvider> with(File folder) throws IOException {
    Map<String, SchedulerProvider> byName = ours();
    File[] jars = folder.listFiles((ignored, name) -> name.endsWith(".jar"));
    if (jars == null) {
      throw new IOException(folder + " is not a folder that can be read");
    }
    for (File jar : newest(jars)) {
      for (SchedulerProvider provider : providersOf(jar)) {
        byName.put(provider.name(), provider);
      }
    }
    return byName;
  }

  private static Collection<File> newest(File[] jars) throws IOException {
    Map<String, File> files = new TreeMap<>();
    Map<String, Version> versions = new TreeMap<>();
    for (File jar : jars) {
      try (JarFile file = new JarFile(jar)) {
        Manifest manifest = file.getManifest();
        Attributes attributes = manifest == null ? new Attributes() : manifest.getMainAttributes();
        String name = attributes.getValue("Bundle-SymbolicName");
        Version version = version(jar, attributes.getValue("Bundle-Version"));
        Version known = name == null ? null : versions.get(name);
        if (name != null && (known == null || known.compareTo(version) < 0)) {
          files.put(name, jar);
          versions.put(name, version);
        }
      }
    }
    return files.values();
  }

  private static Version version(File jar, @Nullable String text) throws IOException {
    try {
      return Version.parse(text == null ? "0" : text);
    } catch (IllegalArgumentException e) {
      throw new IOException(jar + ": Bundle-Version '" + text + "' is no version", e);
    }
  }

  private static List<SchedulerProvider> providersOf(File jar) throws IOException {
    List<SchedulerProvider> providers = new ArrayList<>();
    try (JarFile file = new JarFile(jar)) {
      Manifest manifest = file.getManifest();
      String components =
          manifest == null ? null : manifest.getMainAttributes().getValue("Service-Component");
      for (String component : components == null ? new String[0] : components.split(",", -1)) {
        String name = implementation(file, component.strip());
        if (name != null) {
          providers.add(make(jar, name));
        }
      }
    }
    return providers;
  }

  /** The class of a component that provides a scheduler, or null if it provides something else. */
  private static @Nullable String implementation(JarFile file, String component)
      throws IOException {
    ZipEntry entry = file.getEntry(component);
    if (entry == null) {
      throw new IOException(file.getName() + ": " + component + " is named but not there");
    }
    try (InputStream in = file.getInputStream(entry)) {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      Element root = factory.newDocumentBuilder().parse(in).getDocumentElement();
      return attribute(root, "provide", "interface", PROVIDER)
          ? value(root, "implementation", "class")
          : null;
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException(file.getName() + ": " + component + ": " + e.getMessage(), e);
    }
  }

  private static boolean attribute(Element root, String element, String name, String wanted) {
    NodeList found = root.getElementsByTagName(element);
    for (int i = 0; i < found.getLength(); i++) {
      if (found.item(i) instanceof Element one && one.getAttribute(name).equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String value(Element root, String element, String name) {
    Node found = root.getElementsByTagName(element).item(0);
    return found instanceof Element one ? one.getAttribute(name) : null;
  }

  // The loader stays open for as long as its scheduler is used: until the program ends.
  private static SchedulerProvider make(File jar, String name) throws IOException {
    try {
      ClassLoader loader = loader(jar);
      Object made = loader.loadClass(name).getConstructor().newInstance();
      return (SchedulerProvider) made;
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw new IOException(jar + ": " + name + " cannot be made: " + e, e);
    }
  }

  private static ClassLoader loader(File jar) throws MalformedURLException {
    URL[] urls = {jar.toURI().toURL()};
    return new URLClassLoader(urls, InstalledSchedulers.class.getClassLoader());
  }
}
