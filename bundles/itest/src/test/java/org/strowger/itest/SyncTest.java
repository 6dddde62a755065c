package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.Street;
import org.strowger.testkit.VariantBundle;

/**
 * Two directors as they are shipped that tell each other their connections, in network namespaces
 * with clients and real servers: what is held through all that happens to one of them.
 */
class SyncTest {
  private static final boolean LONG = Boolean.getBoolean("strowger.long");

  /**
   * Three starts are most of the test, and no code of it runs long enough for a better compiler.
   */
  private static final String[] QUICK_START = {"-XX:TieredStopAtLevel=1"};

  private static final int HELD_OF_EACH = 100;
  private static final String DIRECT = "10.80.0.100";
  private static final String TRANSLATED = "10.80.0.101";

  /** Where what was masqueraded goes back: at the active director, like the others. */
  private static final String GATEWAY = "10.80.0.254";

  @TempDir private Path folder;
  private final Distribution distribution = Distribution.ofThisRepository();
  private final Deque<Process> processes = new ArrayDeque<>();
  private final Deque<DirectorProcess> directors = new ArrayDeque<>();
  private Street street;

  private void build() throws Exception {
    street = new Street("syn");
    street.house("client", "10.80.0.9/24");
    street.house("a", "10.80.0.1/24");
    street.house("b", "10.80.0.2/24");
    for (String real : List.of("x", "y")) {
      String address = "10.80.0.2" + (real.equals("x") ? 1 : 2);
      street.house(real, address + "/24");
      street.in(real, "sysctl -qw net.ipv4.conf.all.arp_ignore=1");
      street.in(real, "sysctl -qw net.ipv4.conf.all.arp_announce=2");
      street.in(real, "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
      street.in(real, "ip addr add " + DIRECT + "/32 dev lo");
      street.in(real, "ip route add 10.80.0.9/32 via " + GATEWAY + " table 7");
      street.in(real, "ip rule add from " + address + " to 10.80.0.9 lookup 7");
      Process serving = start(real, "serve", "80");
      assertEquals("ready", serving.inputReader(StandardCharsets.US_ASCII).readLine());
    }
  }

  private Process start(String house, String... words) throws IOException {
    List<String> command = new ArrayList<>(enter(house));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lines.class.getName()));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.push(process);
    return process;
  }

  /** Not by ip netns exec: its own mounts, and all that is pinned in them, end with the process. */
  private List<String> enter(String house) {
    return List.of("nsenter", "--net=/run/netns/" + street.name(house));
  }

  private static void secret(Path state, String name) throws IOException {
    Path file = Files.writeString(state.resolve(name), "what only the two of them know");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private DirectorProcess director(String house, int priority) throws Exception {
    boolean first = house.equals("a");
    Path own = folder.resolve(house);
    Path state = Files.createDirectories(own.resolve("state"));
    secret(state, "vrrp.key");
    secret(state, "sync.key");
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
              routerId: 80
              priority: %d
              addresses: [%s, %s, %s]
              keys: [ours]
        sync:
          address: 10.80.0.%d
          secretFile: sync.key
          peers:
            %s: {address: 10.80.0.%d}
        pools:
          web:
            realServers:
              %s
              %s
        virtualServices:
          direct: {address: %s, port: 80, pool: web, scheduler: rr, forwarding: direct}
          translated: {address: %s, port: 80, pool: web, scheduler: rr, forwarding: masquerading}
        """
            .formatted(
                house,
                priority,
                DIRECT,
                TRANSLATED,
                GATEWAY,
                first ? 1 : 2,
                first ? "b" : "a",
                first ? 2 : 1,
                // Indexes in the kernel follow the order: here it is another one.
                first ? "x: {address: 10.80.0.21, port: 80}" : "y: {address: 10.80.0.22, port: 80}",
                first ? "y: {address: 10.80.0.22, port: 80}" : "x: {address: 10.80.0.21, port: 80}",
                DIRECT,
                TRANSLATED));
    return begin(house);
  }

  private DirectorProcess begin(String house) throws Exception {
    String[] options = LONG ? new String[0] : QUICK_START;
    DirectorProcess director =
        DirectorProcess.restartBehind(enter(house), distribution, folder.resolve(house), options);
    directors.push(director);
    return director;
  }

  private boolean has(String house) {
    try {
      List<String> words = new ArrayList<>(enter(house));
      words.addAll(List.of("ip", "-o", "addr", "show", "dev", "door"));
      return Lab.run(words).contains(" " + TRANSLATED + "/");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitAddress(String house) throws Exception {
    String other = house.equals("a") ? "b" : "a";
    Lab.await("the addresses are at " + house + " only", () -> has(house) && !has(other));
  }

  private static String log(DirectorProcess director) {
    try {
      return director.log();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String sync(DirectorProcess director) {
    try {
      return director.cli("show", "sync").out();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one that carries them, and the one that would go on with them. */
  private static void awaitCopy(DirectorProcess active, DirectorProcess other) throws Exception {
    int all = 2 * HELD_OF_EACH;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      String there = sync(other);
      String here = sync(active);
      boolean whole =
          there.contains("up to date\n")
              && !there.contains("not up to date")
              && there.contains(" here, " + all + " of others")
              && here.contains(all + " connections here");
      if (whole) {
        return;
      }
      assertTrue(System.nanoTime() < deadline, () -> here + "\n---\n" + there);
    }
  }

  /** The clients have said a line on each of them since, more than once, and nothing was lost. */
  private static void requireWhole(Process clients, String after) throws Exception {
    BufferedReader answers = clients.inputReader(StandardCharsets.US_ASCII);
    long first = rounds(clients, answers, after);
    Lab.await("lines after " + after, () -> rounds(clients, answers, after) > first + 2);
  }

  private static long rounds(Process clients, BufferedReader answers, String after)
      throws IOException {
    clients.getOutputStream().write('\n');
    clients.getOutputStream().flush();
    String[] words =
        Objects.requireNonNull(answers.readLine(), "the clients have ended").split(" ");
    assertEquals("0", words[1], "connections lost after " + after);
    return Long.parseLong(words[0]);
  }

  @Test
  void heldConnectionsDoNotNoticeThatTheirDirectorIsGoneAndComesBack() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Lab.installed("ip"), "ip is not installed");
    assumeTrue(Lab.installed("nsenter"), "nsenter is not installed");
    build();
    DirectorProcess a = director("a", 150);
    Lab.await("the kernel plane of a", () -> log(a).contains("kernel plane ready"));
    DirectorProcess b = director("b", 100);
    awaitAddress("a");
    Process clients =
        start("client", "hold", "" + HELD_OF_EACH, DIRECT + ":80", TRANSLATED + ":80");
    requireWhole(clients, "the start");
    awaitCopy(a, b);

    a.kill();
    Lab.await("b takes over", () -> has("b"));
    requireWhole(clients, "kill -9 of the active one");
    Lab.await("it is seen that a is gone", () -> sync(b).contains("director a is not reached"));

    DirectorProcess again = begin("a"); // it has the higher priority
    awaitAddress("a");
    requireWhole(clients, "the way back");
    awaitCopy(again, b);
    if (LONG) {
      cut(clients, again, b);
    }
    System.out.printf(
        "sync: %d connections held through kill -9 and the way back%s, 0 lost%n",
        2 * HELD_OF_EACH, LONG ? ", a cut cable, an update" : "");
    clients.destroy();
    clients.waitFor();
  }

  private void cut(Process clients, DirectorProcess a, DirectorProcess b) throws Exception {
    street.in("link", "ip link set to-a down");
    Lab.await("b takes over", () -> has("b"));
    requireWhole(clients, "the cut cable");
    street.in("link", "ip link set to-a up");
    awaitAddress("a");
    requireWhole(clients, "the mended cable");
    awaitCopy(a, b);

    Path variant =
        VariantBundle.withHeaders(distribution, "sync", Map.of("Bundle-Version", "0.1.1"), folder);
    for (DirectorProcess each : List.of(a, b)) {
      assertEquals(0, each.cli("bundle", "update", variant.toString()).code());
    }
    awaitCopy(a, b);
    requireWhole(clients, "the update of sync on both");
  }

  @AfterEach
  void remove() throws Exception {
    directors.forEach(DirectorProcess::close);
    for (String house : street == null ? List.<String>of() : List.of("a", "b")) {
      List<String> clean = new ArrayList<>(enter(house));
      clean.addAll(
          List.of(distribution.repository().resolve("strowger").toString(), "run", "--clean"));
      Lab.run(clean);
    }
    for (Process each : processes) {
      each.destroyForcibly().waitFor();
    }
    if (street != null) {
      street.remove();
    }
  }
}
