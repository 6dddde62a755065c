package org.strowger.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.constant.ConstantDescs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A bundle whose code differs from the shipped one: one of its sources is changed, compiled against
 * the original and put in its place, and the bundle gets another version.
 */
public final class VariantBundle {
  private VariantBundle() {}

  /**
   * The change of a source.
   *
   * @param directory of the bundle below {@code bundles/}
   * @param source the class's simple name
   * @param from text that must stand in the source
   * @param to what stands there instead
   */
  public record Edit(String directory, String source, String from, String to) {}

  /** Makes the variant; the jar lies in {@code folder}. */
  public static Path make(Distribution distribution, Edit edit, String version, Path folder)
      throws IOException {
    return make(distribution, List.of(edit), version, folder);
  }

  /** The same with several changes, all of one bundle. */
  public static Path make(Distribution distribution, List<Edit> edits, String version, Path folder)
      throws IOException {
    String directory = edits.getFirst().directory;
    Path original = distribution.bundle("org.strowger." + directory);
    return write(
        original,
        Map.of("Bundle-Version", version),
        compile(distribution, edits, original, folder),
        folder.resolve("org.strowger." + directory + "-" + version + ".jar"));
  }

  /**
   * A bundle of the distribution, anybody's, each of whose classes has another constant than the
   * original's: none of its code is taken for the same.
   *
   * @param name symbolic name
   * @param version greater than the original's
   */
  public static Path everyClass(Distribution distribution, String name, String version, Path folder)
      throws IOException {
    Path original = distribution.bundle(name);
    Map<String, byte[]> classes = new HashMap<>();
    try (JarFile jar = new JarFile(original.toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        if (entry.getName().endsWith(".class") && !entry.getName().contains("-info")) {
          byte[] bytes = jar.getInputStream(entry).readAllBytes();
          classes.put(entry.getName(), withConstant(bytes, version));
        }
      }
    }
    return write(
        original,
        Map.of("Bundle-Version", version),
        classes,
        folder.resolve(name + "-" + version + ".jar"));
  }

  private static byte[] withConstant(byte[] bytes, String version) {
    ClassFile format = ClassFile.of();
    ClassModel model = format.parse(bytes);
    // The only access that a field of an interface may have.
    int access = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
    return format.transformClass(
        model,
        ClassTransform.endHandler(
            builder ->
                builder.withField(
                    "VARIANT",
                    ConstantDescs.CD_String,
                    field ->
                        field
                            .withFlags(access | ClassFile.ACC_SYNTHETIC)
                            .with(ConstantValueAttribute.of(version)))));
  }

  /** The same code with other headers in its manifest. */
  public static Path withHeaders(
      Distribution distribution, String directory, Map<String, String> headers, Path folder)
      throws IOException {
    return write(
        distribution.bundle("org.strowger." + directory),
        headers,
        Map.of(),
        folder.resolve("org.strowger." + directory + "-headers.jar"));
  }

  private static Path write(
      Path original, Map<String, String> headers, Map<String, byte[]> classes, Path variant)
      throws IOException {
    try (JarFile jar = new JarFile(original.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      Attributes main = manifest.getMainAttributes();
      headers.forEach(main::putValue);
      try (OutputStream file = Files.newOutputStream(variant);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        copy(jar, out, classes);
      }
    }
    return variant;
  }

  private static void copy(JarFile jar, JarOutputStream out, Map<String, byte[]> classes)
      throws IOException {
    for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
      JarEntry entry = entries.nextElement();
      if (entry.isDirectory() || entry.getName().equals(JarFile.MANIFEST_NAME)) {
        continue;
      }
      out.putNextEntry(new JarEntry(entry.getName()));
      byte[] changed = classes.get(entry.getName());
      out.write(changed != null ? changed : jar.getInputStream(entry).readAllBytes());
      out.closeEntry();
    }
  }

  private static Map<String, byte[]> compile(
      Distribution distribution, List<Edit> edits, Path original, Path folder) throws IOException {
    Path work = Files.createTempDirectory(folder, "variant");
    Set<Path> sources = new LinkedHashSet<>();
    for (Edit edit : edits) {
      String relative = "org/strowger/" + edit.directory + "/" + edit.source + ".java";
      Path source = work.resolve(edit.source + ".java");
      // A second change of a source comes on top of the first.
      String text =
          Files.readString(
              sources.add(source)
                  ? distribution.sources(edit.directory).resolve(relative)
                  : source);
      if (!text.contains(edit.from)) {
        throw new IllegalArgumentException(relative + " does not contain: " + edit.from);
      }
      Files.writeString(source, text.replace(edit.from, edit.to));
    }
    Path classes = Files.createDirectories(work.resolve("classes"));
    run(sources, classes, original + ":" + classPath(distribution));
    Map<String, byte[]> compiled = new HashMap<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        compiled.put(classes.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return compiled;
  }

  private static String classPath(Distribution distribution) throws IOException {
    try (Stream<Path> bundles = Files.list(distribution.home().resolve("bundles"));
        Stream<Path> libraries = Files.list(distribution.home().resolve("lib"))) {
      return Stream.concat(bundles, libraries)
              .map(Path::toString)
              .filter(path -> path.endsWith(".jar"))
              .collect(Collectors.joining(":"))
          + ":"
          + System.getProperty("java.class.path");
    }
  }

  private static void run(Set<Path> sources, Path classes, String classPath) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean done =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-proc:none", "-d", classes.toString(), "-cp", classPath),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!done) {
        throw new IllegalStateException("the variant does not compile: " + messages);
      }
    }
  }
}
