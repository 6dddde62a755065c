package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines that lack something: what is said there, and what works nevertheless. */
@Timeout(120)
class MissingTest {
  @BeforeEach
  void assume() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /** What {@link Asker} says, started by these words. */
  private static List<String> asked(String... before) throws Exception {
    List<String> words = new ArrayList<>(List.of(before));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"));
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Asker.class.getName()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    List<String> said = process.inputReader().lines().toList();
    assertEquals(0, process.waitFor(), said.toString());
    return said;
  }

  @Test
  void withoutThePrivilegeItIsSaid() throws Exception {
    assumeTrue(Tried.present("setpriv"), "setpriv is not installed");
    List<String> said =
        asked(
            "setpriv",
            "--bounding-set=-net_admin,-bpf,-sys_admin",
            "--inh-caps=-net_admin,-bpf,-sys_admin");
    assertTrue(
        said.get(0).contains("not permitted (EPERM)") || library(said.get(0)), said::toString);
    assertTrue(
        said.get(1).startsWith("addresses cannot be set: the process needs"), said::toString);
    assertEquals("devices: true", said.get(2), said::toString);
  }

  private static boolean library(String sentence) {
    return sentence.contains("install the package libbpf1 (Debian 12)");
  }

  /** Something else lies where the library was, in a mount namespace of the process's own. */
  @Test
  void withoutTheLibraryThePackageIsNamed() throws Exception {
    assumeTrue(Tried.present("unshare"), "unshare is not installed");
    List<String> hidden = new ArrayList<>();
    try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
      folders
          .map(f -> f.resolve("libbpf.so.1"))
          .filter(Files::exists)
          .forEach(f -> hidden.add("mount --bind /dev/null " + f + " && "));
    }
    assumeTrue(!hidden.isEmpty(), "no libbpf below /usr/lib: nothing to hide");
    Tried.assumeMounts();
    List<String> said =
        asked("unshare", "-m", "sh", "-c", String.join("", hidden) + "exec \"$@\"", "sh");
    assertTrue(library(said.get(0)), said::toString);
    assertEquals("", said.get(1), said::toString);
    assertEquals("devices: true", said.get(2), said::toString);
  }
}
