package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;

/**
 * A director and a real server of direct routing in network namespaces of their own: the real
 * server loses the address of the virtual service while it answers at its own.
 */
class ForwardingPathTest {
  private static final String CONFIGURATION =
      """
      director: { name: dr, dataInterface: dr0 }
      checks:
        path: { type: forwarding, interval: 500ms, timeout: 2s, fall: 2, rise: 2 }
        own: { type: tcp, interval: 500ms, timeout: 2s }
      pools:
        web: { checks: [path, own], realServers: { a: { address: 10.95.0.2, port: 8080 } } }
      virtualServices:
        web: { address: 10.95.0.100, port: 8080, pool: web, forwarding: direct, scheduler: rr }
      """;

  private final String director = "stg-d-" + ProcessHandle.current().pid();
  private final String real = "stg-r-" + ProcessHandle.current().pid();
  private final Distribution distribution = Distribution.ofThisRepository();

  @TempDir private Path folder;

  private static void ip(String words) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(("ip " + words).split(" ")).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> "ip " + words + ": " + out);
  }

  private void build() throws IOException, InterruptedException {
    ip("netns add " + director);
    ip("netns add " + real);
    ip("link add dr0 netns " + director + " type veth peer name eth0 netns " + real);
    ip("-n " + director + " link set lo up");
    ip("-n " + director + " link set dr0 up");
    ip("-n " + director + " addr add 10.95.0.1/24 dev dr0");
    ip("-n " + real + " link set lo up");
    ip("-n " + real + " link set eth0 address 02:00:00:95:00:02 up");
    ip("-n " + real + " addr add 10.95.0.2/24 dev eth0");
    ip("-n " + real + " addr add 10.95.0.100/32 dev lo");
    // It must not answer ARP for the service's address: that is the director's.
    ip("netns exec " + real + " sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    ip("netns exec " + real + " sysctl -qw net.ipv4.conf.all.arp_announce=2");
  }

  /** What the kernel plane pins outlives the director; as an operator removes it. */
  private void forgetPins() throws IOException, InterruptedException {
    Object number = Files.getAttribute(Path.of("/run/netns", director), "unix:ino");
    new ProcessBuilder("sh", "-c", "rm -rf /run/strowger/bpf/netns-" + number + "-*")
        .start()
        .waitFor();
  }

  private Process in(String namespace, List<String> command, String output) throws IOException {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    whole.addAll(command);
    return new ProcessBuilder(whole)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(output).toFile())
        .start();
  }

  private String cli(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                distribution.home().resolve("lib") + "/*",
                "org.strowger.launcher.Cli",
                "--socket",
                folder.resolve("state/shell.sock").toString()));
    command.addAll(List.of(words));
    return Lab.run(command);
  }

  private void awaitWhy(String what, String... parts) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String why = cli("why", "web/a");
    while (!List.of(parts).stream().allMatch(why::contains)) {
      String last = why;
      assertTrue(System.nanoTime() < deadline, () -> "waited 60 s in vain: " + what + ": " + last);
      Thread.sleep(100);
      why = cli("why", "web/a");
    }
  }

  @Test
  void aRealServerThatLostTheAddressOfTheServiceIsTakenOutThoughItAnswersAtItsOwn()
      throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Lab.installed("ip") && Lab.installed("socat"), "needs iproute2 and socat");
    List<Process> started = new ArrayList<>();
    try {
      build();
      started.add(
          in(
              real,
              List.of("socat", "TCP4-LISTEN:8080,fork,reuseaddr", "EXEC:/bin/true"),
              "socat.out"));
      Files.writeString(folder.resolve("director.yaml"), CONFIGURATION);
      started.add(in(director, DirectorProcess.command(distribution, folder), "console.log"));
      Lab.await(
          "the director is there",
          () -> Files.readString(folder.resolve("console.log")).contains("ready after"));
      awaitWhy("it serves", "web/a is up", "10.95.0.100 port 8080 answers by direct");
      String ready = cli("check", "web/a");
      assertTrue(ready.contains("web by direct: 10.95.0.100 port 8080 answers"), ready);
      ip("netns exec " + real + " sysctl -qw net.ipv4.conf.all.arp_ignore=0");
      // A machine that is busy may answer later than the check listens.
      Lab.await(
          "the check hears who else answers",
          () ->
              cli("check", "web/a")
                  .contains("NOT READY: it answers the link for 10.95.0.100 itself"));
      ip("netns exec " + real + " sysctl -qw net.ipv4.conf.all.arp_ignore=1");
      ip("-n " + real + " addr del 10.95.0.100/32 dev lo");
      String without = cli("check", "web/a");
      assertTrue(without.contains("there, ip addr add 10.95.0.100/32 dev lo"), without);
      awaitWhy(
          "it is found out",
          "web/a is down",
          "no answer from 10.95.0.100 port 8080 by direct",
          "check own   true   passed");
      ip("-n " + real + " addr add 10.95.0.100/32 dev lo");
      awaitWhy("it is back", "web/a is up");
      // Its station is known, and every packet for it is dropped there.
      ip("-n " + director + " neigh replace 10.95.0.2 lladdr 02:00:00:95:00:02 dev dr0");
      ip("-n " + real + " addr del 10.95.0.2/24 dev eth0");
      awaitWhy("it is a black hole", "web/a is down", "nothing within");
    } finally {
      for (Process each : started) {
        each.destroy();
        assertTrue(each.waitFor(30, TimeUnit.SECONDS), "a process does not end");
      }
      forgetPins();
      for (String name : List.of(director, real)) {
        new ProcessBuilder("ip", "netns", "del", name).start().waitFor();
      }
    }
  }
}
