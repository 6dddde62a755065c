package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.VariantBundle;

/**
 * Connections that the kernel forwards, through all that happens to the process that told it to:
 * the product in a network namespace, clients and real servers in others.
 */
class KernelLifeTest {
  private static final boolean LONG = Boolean.getBoolean("strowger.long");
  private static final int ROUNDS = LONG ? 20 : 1;
  private static final int HELD_OF_EACH = 100;
  private static final String DIRECT = "10.9.0.100";
  private static final String TRANSLATED = "10.9.0.101";

  @TempDir private Path folder;
  private final String prefix = "stwlife" + ProcessHandle.current().pid() + "-";
  private final Deque<String> namespaces = new ArrayDeque<>();
  private final Deque<Process> processes = new ArrayDeque<>();
  private final Distribution distribution = Distribution.ofThisRepository();
  private DirectorProcess director;

  private static String run(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", words) + ": " + out);
    return out;
  }

  private String in(String house, String words) throws IOException, InterruptedException {
    return run(("ip netns exec " + prefix + house + " " + words).split(" "));
  }

  private void house(String name, String address) throws IOException, InterruptedException {
    run("ip", "netns", "add", prefix + name);
    namespaces.push(prefix + name);
    in(name, "ip link set lo up");
    if (!address.isEmpty()) {
      run(
          "ip link add name door netns %s type veth peer name to-%s netns %s"
              .formatted(prefix + name, name, prefix + "link")
              .split(" "));
      in("link", "ip link set dev to-" + name + " master road up");
      in(name, "ip addr add " + address + "/24 dev door");
      in(name, "ip link set door up");
    }
  }

  private void build() throws IOException, InterruptedException {
    house("link", "");
    in("link", "ip link add name road type bridge");
    in("link", "ip link set road up");
    house("client", "10.9.0.1");
    house("director", "10.9.0.10");
    for (String real : List.of("a", "b")) {
      String address = "10.9.0.2" + (real.equals("a") ? 1 : 2);
      house(real, address);
      in(real, "sysctl -qw net.ipv4.conf.all.arp_ignore=1");
      in(real, "sysctl -qw net.ipv4.conf.all.arp_announce=2");
      in(real, "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
      in(real, "ip addr add " + DIRECT + "/32 dev lo");
      // What was masqueraded answers by way of the director, from an address of its own.
      in(real, "ip route add 10.9.0.1/32 via 10.9.0.10 table 7");
      in(real, "ip rule add from " + address + " to 10.9.0.1 lookup 7");
      Process serving = start(real, "serve", "80");
      assertEquals("ready", serving.inputReader(StandardCharsets.US_ASCII).readLine());
    }
  }

  private Process start(String house, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + house));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lines.class.getName()));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.push(process);
    return process;
  }

  private void startDirector() throws IOException, InterruptedException {
    director = DirectorProcess.restartBehind(enter(), distribution, folder);
  }

  /** Not by ip netns exec: its own mounts, and all that is pinned in them, end with the process. */
  private List<String> enter() {
    return List.of("nsenter", "--net=/run/netns/" + prefix + "director");
  }

  private static String configuration(String scheduler, String... reals) {
    StringBuilder pool = new StringBuilder();
    for (String real : reals) {
      String address = "10.9.0.2" + (real.equals("a") ? 1 : 2);
      pool.append("      %s: { address: %s, port: 80 }%n".formatted(real, address));
    }
    return """
    director: { dataInterface: door }
    pools:
      web:
        realServers:
    %s
    virtualServices:
      direct: { address: %s, port: 80, pool: web, scheduler: %s, forwarding: direct }
      translated: { address: %s, port: 80, pool: web, scheduler: %s, forwarding: masquerading }
    """
        .formatted(pool, DIRECT, scheduler, TRANSLATED, scheduler);
  }

  private void apply(String configuration) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("applied.yaml"), configuration);
    cli("apply", file.toString());
  }

  private void cli(String... words) throws IOException, InterruptedException {
    var answer = director.cli(words);
    assertEquals(0, answer.code(), () -> String.join(" ", words) + ": " + answer.out());
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

  private void update(String bundle, int round) throws Exception {
    Path variant =
        VariantBundle.withHeaders(
            distribution, bundle, Map.of("Bundle-Version", "0.1." + round), folder);
    cli("bundle", "update", variant.toString());
    Files.delete(variant);
  }

  @Test
  void heldConnectionsDoNotNoticeTheLifeOfTheirDirector() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Lab.installed("ip"), "ip is not installed");
    assumeTrue(Lab.installed("nsenter"), "nsenter is not installed");
    build();
    Files.writeString(folder.resolve("director.yaml"), configuration("wlc", "a", "b"));
    startDirector();
    assumeTrue(director.log().contains("kernel plane ready"), "no kernel plane: see its log");
    Process clients =
        start("client", "hold", "" + HELD_OF_EACH, DIRECT + ":80", TRANSLATED + ":80");
    requireWhole(clients, "the start");
    for (int round = 1; round <= ROUNDS; round++) {
      director.kill();
      requireWhole(clients, "kill -9");
      startDirector();
      requireWhole(clients, "the next start");
      for (String bundle : List.of("bpf", "schedulers", "director", "linux")) {
        update(bundle, round);
        requireWhole(clients, "update of " + bundle);
      }
      apply(configuration("rr", "a"));
      requireWhole(clients, "another scheduler, and b taken away");
      apply(configuration("mh", "a", "b"));
      requireWhole(clients, "a table, and b put back");
      cli("set", "weight", "web/a", "0");
      requireWhole(clients, "a quiesced");
      apply(configuration("wlc", "a", "b"));
      requireWhole(clients, "all as it was");
    }
    System.out.printf(
        "kernel life: %d connections held through %d lives, 0 lost%n", 2 * HELD_OF_EACH, ROUNDS);
    clients.destroy();
    clients.waitFor();
    nothingIsLeft();
  }

  private void nothingIsLeft() throws Exception {
    apply("{}\n");
    Lab.await("its addresses are gone", () -> !in("director", "ip addr").contains("10.9.0.10" + 0));
    String number = in("director", "readlink /proc/self/ns/net").replaceAll("\\D", "");
    assertEquals(1, pins(number), "it was in the kernel");
    director.close();
    List<String> clean = new ArrayList<>(enter());
    clean.addAll(
        List.of(distribution.repository().resolve("strowger").toString(), "run", "--clean"));
    run(clean.toArray(String[]::new));
    assertEquals(0, pins(number), "what was pinned is left");
  }

  private static long pins(String number) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/run/strowger/bpf"))) {
      return all.filter(path -> path.getFileName().toString().startsWith("netns-" + number + "-"))
          .count();
    }
  }

  @AfterEach
  void remove() throws Exception {
    if (director != null) {
      director.close();
    }
    for (Process each : processes) {
      each.destroyForcibly().waitFor();
    }
    for (String each : namespaces) {
      run("ip", "netns", "delete", each);
    }
  }
}
