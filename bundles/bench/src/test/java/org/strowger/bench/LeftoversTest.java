package org.strowger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeftoversTest {
  @Test
  void theOwnerStandsInTheName() {
    assertEquals(Optional.of(4711L), Leftovers.owner("strowger-bench-4711-client"));
    assertEquals(Optional.of(4711L), Leftovers.owner("strowger-bench-4711"));
    assertEquals(Optional.empty(), Leftovers.owner("strowger-bench-none"));
    assertEquals(Optional.empty(), Leftovers.owner("my-strowger-bench-1"));
  }

  @Test
  void onlyThoseOfDeadOwnersAreOrphans() {
    List<String> names = List.of("strowger-bench-1-a", "strowger-bench-2-a", "blue", "");
    assertEquals(List.of("strowger-bench-2-a"), Leftovers.orphans(names, pid -> pid == 1));
  }

  @Test
  void aDeadRunsNamespaceAndProcessAndFolderGoAndOthersStay() throws Exception {
    assumeTrue(Shell.root() && Shell.find("ip").isPresent(), "needs root and ip");
    Process owner = new ProcessBuilder("true").start();
    owner.waitFor();
    String run = Leftovers.PREFIX + owner.pid();
    String other = "strowger-other-" + ProcessHandle.current().pid();
    try {
      Shell.run("ip", "netns", "add", run + "-client");
      Shell.run("ip", "netns", "add", other);
    } catch (IOException notHere) {
      assumeTrue(false, "network namespaces are not allowed here: " + notHere.getMessage());
    }
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), run);
    Files.createDirectories(folder.resolve("inside"));
    Process inside =
        new ProcessBuilder("ip", "netns", "exec", run + "-client", "sleep", "600").start();
    Process named = new ProcessBuilder("sh", "-c", "sleep 600; echo " + folder + "/x").start();
    try {
      assertTrue(Leftovers.clean().contains(run));
      assertTrue(inside.waitFor(30, TimeUnit.SECONDS), "a process in the namespace was left");
      assertTrue(named.waitFor(30, TimeUnit.SECONDS), "a process of the folder was left");
      assertFalse(Files.exists(folder));
      String left = Shell.run("ip", "netns", "list");
      assertFalse(left.contains(run), left);
      assertTrue(left.contains(other), left);
    } finally {
      inside.destroyForcibly();
      named.destroyForcibly();
      Shell.run("ip", "netns", "del", other);
    }
  }
}
