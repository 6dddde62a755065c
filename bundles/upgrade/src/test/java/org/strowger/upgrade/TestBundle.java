package org.strowger.upgrade;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Makes real bundles: compiles Java text and packs it with a manifest. */
final class TestBundle {
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> entries = new LinkedHashMap<>();
  private final StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));

  TestBundle(String name, String version) {
    headers.put("Bundle-ManifestVersion", "2");
    headers.put("Bundle-SymbolicName", name);
    headers.put("Bundle-Version", version);
    headers.put("Import-Package", "org.osgi.framework");
  }

  TestBundle header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  TestBundle uses(Path jar) {
    classPath.append(':').append(jar);
    return this;
  }

  TestBundle source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** A file of the jar. */
  TestBundle entry(String name, String text) {
    entries.put(name, text);
    return this;
  }

  /** An activator that runs these statements; {@code context} is at hand. */
  TestBundle starts(String statements) {
    String name = headers.get("Bundle-SymbolicName").replaceAll("[.-]", "");
    headers.put("Bundle-Activator", name + ".Start");
    return source(
        name + ".Start",
        """
        package %s;
        import java.util.*;
        import org.osgi.framework.*;
        public class Start implements BundleActivator {
          public void start(BundleContext context) throws Exception { %s }
          public void stop(BundleContext context) {}
        }
        """
            .formatted(name, statements));
  }

  /** An activator that offers the text, as the name {@code offer}. */
  TestBundle offers(String text) {
    return starts(
        """
        Hashtable<String, Object> p = new Hashtable<>();
        p.put("offer", true);
        context.registerService(String.class, %s, p);
        """
            .formatted(text));
  }

  Path write(Path jar) throws IOException {
    Path work = Files.createTempDirectory(jar.getParent(), "compile");
    compile(work);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out, manifest);
        Stream<Path> classes = Files.walk(work)) {
      for (Path file : classes.filter(f -> f.toString().endsWith(".class")).toList()) {
        packed.putNextEntry(new ZipEntry(work.relativize(file).toString()));
        Files.copy(file, packed);
        packed.closeEntry();
      }
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        packed.putNextEntry(new ZipEntry(entry.getKey()));
        packed.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
        packed.closeEntry();
      }
    }
    return jar;
  }

  private void compile(Path work) throws IOException {
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
      List<String> arguments =
          List.of("-nowarn", "-proc:none", "-cp", classPath.toString(), "-d", "" + work, "" + file);
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(new String[0]));
      if (result != 0) {
        throw new IllegalStateException("does not compile: " + source.getValue());
      }
    }
  }

  /** The folder with classes and manifest as a jar, with these manifest values exchanged. */
  static Path pack(Path classes, Path jar, Map<String, String> changed) {
    try (Stream<Path> files = Files.walk(classes)) {
      Manifest manifest;
      try (var in = Files.newInputStream(classes.resolve("META-INF/MANIFEST.MF"))) {
        manifest = new Manifest(in);
      }
      changed.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
      try (OutputStream out = Files.newOutputStream(jar);
          JarOutputStream packed = new JarOutputStream(out, manifest)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = classes.relativize(file).toString();
          if (!name.equals("META-INF/MANIFEST.MF")) {
            packed.putNextEntry(new ZipEntry(name));
            Files.copy(file, packed);
            packed.closeEntry();
          }
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
