package org.strowger.snmp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TimerTask;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The content of the bundle fits together. SNMP4J-Agent 3.8.3 does not fit SNMP4J 3.13: six methods
 * of its tasks are missing, and a call to one of them is an AbstractMethodError. This test finds
 * such a hole in whatever is wrapped.
 */
class WholeLibraryTest {
  private static final Path CONTENT = Path.of("target", "classes");

  private static List<String> classNames() throws IOException {
    try (Stream<Path> files = Files.walk(CONTENT)) {
      return files
          .map(file -> CONTENT.relativize(file).toString())
          .filter(name -> name.endsWith(".class"))
          .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
          .toList();
    }
  }

  @Test
  void noClassLacksAMethodItPromises() throws IOException, ReflectiveOperationException {
    List<String> holes = new ArrayList<>();
    List<String> names = classNames();
    URL[] urls = {CONTENT.toUri().toURL()};
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader loader = new URLClassLoader(urls, platform)) {
      for (String name : names) {
        Class<?> type = Class.forName(name, false, loader);
        if (!type.isInterface() && !Modifier.isAbstract(type.getModifiers())) {
          holes.addAll(missing(type));
        }
      }
    }
    assertEquals(List.of(), holes);
    assertTrue(names.size() > 200, "classes: " + names.size());
  }

  private static List<String> missing(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .map(Method::toString)
        .map(method -> type.getName() + " lacks " + method)
        .toList();
  }

  @Test
  void holeWouldBeFound() {
    assertEquals(1, missing(TimerTask.class).size());
  }

  @Test
  void bundleExportsTheLibraryUnderItsOwnVersionAndHoldsNoModule() throws IOException {
    Path file = CONTENT.resolve("META-INF").resolve("MANIFEST.MF");
    try (var stream = Files.newInputStream(file)) {
      var attributes = new Manifest(stream).getMainAttributes();
      String exports = attributes.getValue("Export-Package");
      assertTrue(exports.contains("org.snmp4j.smi;version=\"3.13.1\""), exports);
      assertEquals("org.strowger.snmp4j", attributes.getValue("Bundle-SymbolicName"));
    }
    assertTrue(!classNames().contains("module-info"));
  }
}
