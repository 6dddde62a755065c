package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.TestRealServer;

/**
 * {@code bench health [--quick] [--json FILE]}: 2,000 TCP checks a second of 2,000 real servers,
 * beside keepalived that checks the same ones, while the director forwards connections; with
 * keepalived the same connections go straight to the real server. What is late is measured at the
 * real servers: how much later than the interval after the look before a look came.
 */
public final class HealthBench {
  private static final int SERVERS = 2_000;
  private static final long INTERVAL_MILLIS = 1_000;
  private static final int CONNECTIONS_A_SECOND = 200;
  private static final double GOAL_LATE_MILLIS = 20;
  private static final String SCENARIO = SERVERS + " checks/s";

  private final Duration settling;
  private final Duration length;
  private final int rounds;
  private final PrintStream out;
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  private HealthBench(boolean quick, PrintStream out) {
    this.settling = Duration.ofSeconds(quick ? 15 : 30);
    this.length = Duration.ofSeconds(quick ? 15 : 60);
    this.rounds = quick ? 1 : 3;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    QuickOrJson asked = QuickOrJson.read("health", arguments);
    new HealthBench(asked.quick(), System.out).run(asked.json());
  }

  /** Address of the n-th real server. */
  static String address(int number) {
    return "127.1." + (number / 250) + "." + (number % 250 + 1);
  }

  private void run(@Nullable Path json) throws Exception {
    Path folder = Leftovers.folder();
    Optional<String> missing = Keepalived.missing();
    missing.ifPresent(why -> out.println("not covered: " + why));
    if (missing.isEmpty() && !Keepalived.ipvs()) {
      out.println("this kernel has no IPVS: keepalived's calls to it are answered by a stand-in");
    }
    try {
      for (int round = 1; round <= rounds; round++) {
        if (missing.isEmpty()) {
          keepalived(Files.createDirectories(folder.resolve("keepalived-" + round)));
        }
        strowger(Files.createDirectories(folder.resolve("strowger-" + round)));
        out.println("round " + round + " of " + rounds + " measured");
      }
    } finally {
      Leftovers.remove(folder.getFileName().toString());
    }
    report(json);
  }

  private void keepalived(Path folder) throws Exception {
    int port = freePort();
    try (Child servers = servers(folder, port);
        TestRealServer real = TestRealServer.start("a", 0);
        Child keepalived = Keepalived.start(folder, SERVERS, port, INTERVAL_MILLIS);
        ShortConnections load = ShortConnections.start(real.port(), CONNECTIONS_A_SECOND)) {
      measure("keepalived", servers, keepalived.handle(), load);
      if (!keepalived.alive()) {
        throw new IOException("keepalived has ended: " + keepalived.said().strip());
      }
    }
  }

  private void strowger(Path folder) throws Exception {
    int port = freePort();
    int listen = freePort();
    try (Child servers = servers(folder, port);
        TestRealServer real = TestRealServer.start("a", 0);
        DirectorProcess director =
            DirectorProcess.start(
                Distribution.ofThisRepository(), folder, configuration(port, real.port(), listen));
        ShortConnections load = ShortConnections.start(listen, CONNECTIONS_A_SECOND)) {
      ProcessHandle process = ProcessHandle.of(director.pid()).orElseThrow();
      measure("strowger", servers, process, load);
      String health = director.cli("show", "health", "--json").out();
      add("strowger", "own_start_late_p99_ms", number(health, "latenessMicros") / 1e3);
      add("strowger", "stalls", number(health, "stalls"));
      String pool = director.cli("show", "pools", "checked", "--json").out();
      add("strowger", "real_servers_wrongly_down", SERVERS - number(pool, "realsUp"));
    }
  }

  private static Child servers(Path folder, int port) throws Exception {
    List<String> command = new ArrayList<>(Jvm.command(CheckedServers.class, folder));
    command.addAll(List.of(String.valueOf(port), String.valueOf(INTERVAL_MILLIS)));
    Child servers = Child.startToTalk("servers", folder, command);
    servers.ask("begin");
    return servers;
  }

  private void measure(
      String contender, Child servers, ProcessHandle process, ShortConnections load)
      throws IOException, InterruptedException {
    Thread.sleep(settling);
    long failedBefore = load.failures().size();
    load.takeWorstMillis();
    servers.ask("begin");
    double cpu = ProcessFigures.cpuSeconds(process);
    long begun = System.nanoTime();
    Thread.sleep(length);
    double seconds = (System.nanoTime() - begun) / 1e9;
    cpu = ProcessFigures.cpuSeconds(process) - cpu;
    String[] figures = servers.ask("end").split(" ");
    double looks = Double.parseDouble(figures[0]);
    add(contender, "checks_per_s", looks / seconds);
    add(contender, "servers_checked", Double.parseDouble(figures[1]));
    add(contender, "gap_late_median_ms", Double.parseDouble(figures[2]));
    add(contender, "gap_late_p99_ms", Double.parseDouble(figures[3]));
    add(contender, "gap_late_max_ms", Double.parseDouble(figures[4]));
    add(contender, "cpu_percent_of_a_core", 100.0 * cpu / seconds);
    add(contender, "cpu_s_per_1000_checks", 1_000 * cpu / looks);
    add(contender, "resident_mib", ProcessFigures.proportionalKib(process) / 1024.0);
    add(contender, "connections_failed", (double) (load.failures().size() - failedBefore));
    add(contender, "connection_worst_ms", (double) load.takeWorstMillis());
  }

  private void add(String contender, String metric, double value) {
    values.computeIfAbsent(metric + " " + contender, key -> new ArrayList<>()).add(value);
  }

  private void report(@Nullable Path json) throws IOException {
    List<Measured> all = new ArrayList<>();
    out.printf(
        "%n%-28s %-12s %12s %12s %12s   (%s, %d connections/s beside them)%n",
        "metric", "", "median", "min", "max", SCENARIO, CONNECTIONS_A_SECOND);
    values.forEach(
        (key, each) -> {
          String[] words = key.split(" ");
          double[] rows = each.stream().mapToDouble(Double::doubleValue).toArray();
          String unit = words[0].endsWith("_ms") ? "ms" : words[0].endsWith("_mib") ? "MiB" : "";
          Measured one = Measured.of("health", words[1], SCENARIO, words[0], unit, rows);
          all.add(one);
          out.printf(
              Locale.ROOT,
              "%-28s %-12s %12.3f %12.3f %12.3f%n",
              words[0],
              words[1],
              one.median(),
              one.min(),
              one.max());
        });
    goals(all);
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  private void goals(List<Measured> all) {
    out.printf("%nTo reach, medians of the same run:%n");
    goal(all, "looks start late, p99: <= 20 ms", "own_start_late_p99_ms", GOAL_LATE_MILLIS, false);
    goal(all, "checks a second: >= 99 %", "checks_per_s", 0.99 * SERVERS, true);
    goal(all, "connections that failed meanwhile: 0", "connections_failed", 0, false);
    goal(all, "real servers wrongly down: 0", "real_servers_wrongly_down", 0, false);
  }

  private void goal(List<Measured> all, String text, String metric, double limit, boolean atLeast) {
    OptionalDouble value =
        all.stream()
            .filter(one -> one.contender().equals("strowger") && one.metric().equals(metric))
            .mapToDouble(Measured::median)
            .findFirst();
    out.println(new Goals.Goal(text, value, limit, atLeast, "").line());
  }

  /** The first number behind this name in JSON. */
  private static double number(String json, String name) throws IOException {
    Matcher matcher = Pattern.compile("\"" + name + "\" *: *([0-9.]+)").matcher(json);
    if (!matcher.find()) {
      throw new IOException("no " + name + " in " + json);
    }
    return Double.parseDouble(matcher.group(1));
  }

  private static String configuration(int checked, int real, int listen) {
    StringBuilder reals = new StringBuilder();
    for (int i = 0; i < SERVERS; i++) {
      reals.append("      r%d: { address: %s, port: %d }%n".formatted(i, address(i), checked));
    }
    return """
    checks:
      alive: { type: tcp, interval: %dms, timeout: 1s }
    pools:
      web: { realServers: { a: { address: 127.0.0.1, port: %d } } }
      checked:
        checks: [alive]
        realServers:
    %s
    virtualServices:
      web: { address: 127.0.0.1, port: %d, pool: web }
    """
        .formatted(INTERVAL_MILLIS, real, reals, listen);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
