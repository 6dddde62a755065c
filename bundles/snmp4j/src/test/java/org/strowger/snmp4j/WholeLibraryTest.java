package org.strowger.snmp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TimerTask;
import java.util.TreeSet;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The content of the bundle fits together. SNMP4J-Agent 3.8.3 was compiled against SNMP4J 3.9: with
 * 3.13 six methods of its tasks are missing, and a call to one of them is an AbstractMethodError.
 * These tests know those six, who could call them, and find any other such hole in what is wrapped.
 */
class WholeLibraryTest {
  private static final Path CONTENT = Path.of("target", "classes");
  private static final String TASK = "org/snmp4j/util/WorkerTask";

  private static URLClassLoader loader;
  private static List<String> names;

  @BeforeAll
  static void load() throws IOException {
    URL[] urls = {CONTENT.toUri().toURL()};
    loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    try (Stream<Path> files = Files.walk(CONTENT)) {
      names =
          files
              .map(file -> CONTENT.relativize(file).toString())
              .filter(name -> name.endsWith(".class"))
              .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
              .toList();
    }
  }

  @AfterAll
  static void close() throws IOException {
    loader.close();
  }

  @Test
  void noClassLacksAMethodItPromisesButThreeTasks() throws ClassNotFoundException {
    Set<String> holes = new TreeSet<>();
    for (String name : names) {
      Class<?> type = Class.forName(name, false, loader);
      if (!type.isInterface() && !Modifier.isAbstract(type.getModifiers())) {
        holes.addAll(missing(type));
      }
    }
    Set<String> known = new TreeSet<>();
    for (String task : List.of("CommandProcessor$Command", "CommandProcessor$ProxyCommand")) {
      known.addAll(holesOf(task));
    }
    known.addAll(holesOf("NotificationTask"));
    assertEquals(known, holes);
    assertTrue(names.size() > 500, "classes: " + names.size());
  }

  private static List<String> holesOf(String task) {
    return List.of(
        "org.snmp4j.agent." + task + " lacks join", "org.snmp4j.agent." + task + " lacks shutdown");
  }

  private static List<String> missing(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .map(Method::getName)
        .map(method -> type.getName() + " lacks " + method)
        .toList();
  }

  @Test
  void holeWouldBeFound() {
    assertEquals(1, missing(TimerTask.class).size());
  }

  /**
   * Pools of threads call them for what they are given, connections for their own task. The agent
   * that is given no pool (see RequestProcessor) therefore never meets a hole.
   */
  @Test
  void agentItselfNeverCallsWhatItsTasksLack() throws IOException {
    Set<String> callers = new TreeSet<>();
    for (String name : names) {
      for (Members.Member member : Members.of(CONTENT, name)) {
        boolean lacking =
            member.name().equals("shutdown")
                || (member.name().equals("join") && member.type().equals("(J)Z"));
        if (member.owner().equals(TASK) && lacking) {
          callers.add(name);
        }
      }
    }
    callers.removeIf(name -> name.startsWith("org.snmp4j.util."));
    assertEquals(
        Set.of("org.snmp4j.transport.AbstractConnectionOrientedTransportMapping"), callers);
  }

  /** What was left out, and what SNMP4J changed since, is called by nothing that is left. */
  @Test
  void everythingThatTheAgentCallsIsThere() throws IOException {
    List<String> absent = new ArrayList<>();
    int checked = 0;
    for (String name : names) {
      if (name.startsWith("org.snmp4j.agent.")) {
        for (Members.Member member : Members.of(CONTENT, name)) {
          if (member.owner().startsWith("org/snmp4j/")) {
            checked++;
            if (!Members.exists(loader, member)) {
              absent.add(name + " calls " + member);
            }
          }
        }
      }
    }
    assertEquals(List.of(), absent);
    assertTrue(checked > 4_000, "members: " + checked);
  }

  @Test
  void absentMemberWouldBeFound() {
    assertFalse(Members.exists(loader, new Members.Member("org/snmp4j/smi/OID", "mask", "()V")));
    assertFalse(Members.exists(loader, new Members.Member("org/snmp4j/Nothing", "a", "()V")));
  }

  /** SNMP4J-CONFIG-MIB lets a manager write files; SNMP4J-LOG-MIB lets him quieten the log. */
  @Test
  void modulesThatConfigureTheLibraryAreLeftOut() {
    assertEquals(
        List.of(),
        names.stream().filter(name -> name.startsWith("org.snmp4j.agent.mo.snmp4j")).toList());
    assertFalse(names.contains("org.snmp4j.agent.BaseAgent"));
    assertTrue(names.contains("org.snmp4j.agent.CommandProcessor"));
  }

  @Test
  void bundleExportsTheLibrariesUnderTheirOwnVersionsAndHoldsNoModule() throws IOException {
    Path file = CONTENT.resolve("META-INF").resolve("MANIFEST.MF");
    try (InputStream stream = Files.newInputStream(file)) {
      var attributes = new Manifest(stream).getMainAttributes();
      String exports = attributes.getValue("Export-Package");
      assertTrue(exports.contains("org.snmp4j.smi;version=\"3.13.1\""), exports);
      assertTrue(exports.contains("org.snmp4j.agent;version=\"3.8.3\""), exports);
      assertEquals("org.strowger.snmp4j", attributes.getValue("Bundle-SymbolicName"));
    }
    assertFalse(names.contains("module-info"));
  }
}
