package org.strowger.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleActivator;

/** A small distribution in a temporary folder, and directors started from it as processes. */
final class TestHome {
  private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

  final Path home;
  final Path state;
  private final List<String> settings = new ArrayList<>();

  TestHome(Path folder) throws IOException {
    home = folder.resolve("the distribution");
    state = folder.resolve("the state");
    Files.createDirectories(home.resolve("bundles"));
    Files.createDirectories(home.resolve("felix-config"));
    Files.copy(
        REPOSITORY.resolve("felix-config/logback.xml"), home.resolve("felix-config/logback.xml"));
    Files.writeString(home.resolve("director.yaml"), "director: { name: test }\n");
  }

  /** Writes the bundle and puts it into the list at this start level. */
  TestHome with(int level, Class<? extends BundleActivator> activator) throws IOException {
    String name = name(activator);
    writeBundle(home.resolve("bundles").resolve(name + ".jar"), activator, "1.0.0");
    return setting("strowger.bundles." + level, name);
  }

  TestHome setting(String name, String value) {
    settings.add(name + " = " + value);
    return this;
  }

  static String name(Class<? extends BundleActivator> activator) {
    return "test." + activator.getSimpleName();
  }

  static void writeBundle(Path file, Class<? extends BundleActivator> activator, String version)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name(activator));
    main.putValue("Bundle-Version", version);
    main.putValue("Bundle-Activator", activator.getName());
    main.putValue("Import-Package", "org.osgi.framework");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      for (Class<?> type : List.of(TestBundles.class, activator)) {
        String entry = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(entry));
        try (InputStream in = resource(entry)) {
          in.transferTo(jar);
        }
      }
    }
  }

  private static InputStream resource(String entry) {
    InputStream in = TestHome.class.getClassLoader().getResourceAsStream(entry);
    if (in == null) {
      throw new UncheckedIOException(new IOException(entry + " is not on the class path"));
    }
    return in;
  }

  /** Starts a director with the list as it is now. */
  TestDirector start(String... more) throws IOException {
    Files.write(home.resolve("felix-config/config.properties"), settings);
    return TestDirector.start(this, more);
  }

  Path log() {
    return state.resolve("log/strowger.log");
  }
}
