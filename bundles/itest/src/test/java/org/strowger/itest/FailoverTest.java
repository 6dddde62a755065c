package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.Street;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/** Two directors as they are shipped, each in a network namespace, and a client that stays. */
class FailoverTest {
  private static final String ADDRESS = "10.78.0.100";
  private static final long DEADLINE_SECONDS = 60;

  @TempDir private Path folder;
  private final Deque<Process> processes = new ArrayDeque<>();
  private final Deque<DirectorProcess> directors = new ArrayDeque<>();
  private final Distribution distribution = Distribution.ofThisRepository();
  private @Nullable Street street;

  private Street street() {
    return Objects.requireNonNull(street);
  }

  @BeforeEach
  void build() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Lab.installed("ip") && Lab.installed("socat"), "needs iproute2 and socat");
    street = new Street("sha");
    street.house("a", "10.78.0.1/24");
    street.house("b", "10.78.0.2/24");
    street.house("c", "10.78.0.9/24");
    processes.push(
        new ProcessBuilder(
                enter("c", "socat", "TCP-LISTEN:9001,fork,reuseaddr", "SYSTEM:echo hello"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("c.log").toFile())
            .start());
  }

  @AfterEach
  void remove() throws Exception {
    directors.forEach(DirectorProcess::close);
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.waitFor(10, TimeUnit.SECONDS);
    }
    if (street != null) {
      street.remove();
    }
  }

  private List<String> enter(String house, String... command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", street().name(house)));
    words.addAll(List.of(command));
    return words;
  }

  private DirectorProcess director(String house, int priority) throws Exception {
    Path own = folder.resolve(house);
    Path state = Files.createDirectories(own.resolve("state"));
    Path key = Files.writeString(state.resolve("vrrp.key"), "what only the two of them know");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        own.resolve("director.yaml"),
        """
        director: {name: %s}
        vrrp:
          keys:
            ours: {id: 1, secretFile: vrrp.key}
          instances:
            gate:
              interface: door
              routerId: 78
              priority: %d
              advertInterval: 1s
              addresses: [%s]
              keys: [ours]
        pools:
          web:
            realServers:
              c: {address: 10.78.0.9, port: 9001}
        virtualServices:
          web: {address: %s, port: 8080, pool: web}
        """
            .formatted(house, priority, ADDRESS, ADDRESS));
    return begin(house);
  }

  private DirectorProcess begin(String house) throws Exception {
    DirectorProcess director =
        DirectorProcess.restartBehind(enter(house), distribution, folder.resolve(house));
    directors.push(director);
    return director;
  }

  private boolean has(String house) throws IOException, InterruptedException {
    return Lab.run(enter(house, "ip", "-o", "addr", "show", "dev", "door"))
        .contains(" " + ADDRESS + "/");
  }

  private void awaitAddress(String house) throws Exception {
    String other = house.equals("a") ? "b" : "a";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!has(house) || has(other)) {
      assertTrue(System.nanoTime() < deadline, ADDRESS + " is not at " + house + " only");
      Thread.sleep(20);
    }
  }

  /** A client gets through, at once or as soon as it has learned where the address is. */
  private void awaitService() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    String said = "";
    while (!said.contains("hello")) {
      assertTrue(System.nanoTime() < deadline, "no service: " + said);
      said =
          Lab.run(
              enter(
                  "c",
                  "socat",
                  "-T2",
                  "-u",
                  "TCP:" + ADDRESS + ":8080,connect-timeout=2",
                  "STDOUT"));
    }
  }

  /** How often it became active. */
  private static String transitions(DirectorProcess director) throws Exception {
    String shown = director.cli("show", "vrrp", "gate").out();
    return shown
        .lines()
        .filter(line -> line.strip().startsWith("transitions"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(shown));
  }

  @Test
  void theServiceGoesOnWhenADirectorIsKilledHandsOverOrHasItsFailoverUpdated() throws Exception {
    DirectorProcess a = director("a", 150);
    awaitAddress("a");
    awaitService();
    DirectorProcess b = director("b", 100);
    DirectorProcess.Answer refused = b.cli("failover", "switch");
    assertEquals(1, refused.code(), refused.out());
    assertTrue(refused.out().contains("not active"), refused.out());

    a.kill();
    awaitAddress("b"); // the kernel took it from a
    awaitService();
    String shown = b.cli("show", "vrrp", "gate").out();
    assertTrue(shown.contains("peerLost"), shown);
    assertTrue(b.cli("show", "alarms").out().contains("peerUnreachable"));
    assertTrue(b.cli("show", "switches").out().contains("peerLost"));

    DirectorProcess again = begin("a");
    awaitAddress("a"); // it has the higher priority
    awaitService();
    String before = transitions(b);
    Path jar =
        VariantBundle.make(
            distribution,
            new Edit("failover", "Engine", "class Engine", "class Engine"),
            "0.1.1",
            folder);
    DirectorProcess.Answer updated = again.cli("bundle", "update", jar.toString());
    assertEquals(0, updated.code(), updated.out());
    awaitAddress("a");
    awaitService();
    assertEquals(before, transitions(b), "nobody took over while the bundle was updated");

    DirectorProcess.Answer handed = again.cli("failover", "force-standby");
    assertEquals(0, handed.code(), handed.out());
    awaitAddress("b");
    awaitService();
    assertTrue(again.cli("show", "alarms").out().contains("forcedStandby"));
    assertEquals(0, again.cli("failover", "release").code());
    awaitAddress("a");
    assertTrue(again.audit().contains("force-standby"), again.audit());
    String heard = b.cli("show", "vrrp", "gate").out();
    assertTrue(heard.lines().anyMatch(line -> line.matches("\\s*signatureErrors\\s+0")), heard);
  }
}
