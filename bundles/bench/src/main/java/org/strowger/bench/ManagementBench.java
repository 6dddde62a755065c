package org.strowger.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;

/**
 * {@code bench management [--quick] [--json FILE]}: what the network operation centre costs. A
 * director with 10,000 real servers is walked by GETBULK beside net-snmp's snmpd on a table of as
 * many rows, by the same client; one row is polled while 1,000 connections a second are forwarded;
 * those are timed with and without a walk beside them; and what a snapshot costs.
 */
public final class ManagementBench {
  private static final int REAL_SERVERS = 10_000;
  private static final int CONNECTIONS_A_SECOND = 1_000;
  private static final int POLLS_A_SECOND = 100;
  private static final int SNAPSHOTS_A_SECOND = 4; // fewer than the director makes at most
  private static final Duration WARM = Duration.ofSeconds(30);
  private static final Duration WARM_QUICK = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final OID TABLES = new OID("1.3.6.1.4.1.32473.2.3.1.2");

  /** stgLbRealTable, stgLbRealStateTable and stgLbRealStatsTable. */
  private static final List<OID> REAL_TABLES =
      IntStream.of(5, 6, 7).mapToObj(n -> new OID(TABLES.getValue(), new int[] {n, 1})).toList();

  /** stgLbRealWeight of big/r5000. */
  private static final OID ONE_ROW = new OID(TABLES + ".5.1.9.3.98.105.103.5.114.53.48.48.48");

  private final boolean quick;
  private final PrintStream out;
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  private ManagementBench(boolean quick, PrintStream out) {
    this.quick = quick;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    QuickOrJson asked = QuickOrJson.read("management", arguments);
    new ManagementBench(asked.quick(), System.out).run(asked.json());
    System.exit(0); // the HTTP server's dispatcher is no daemon
  }

  private void run(@Nullable Path json) throws Exception {
    Path folder = Leftovers.folder();
    Optional<String> missing = missing();
    missing.ifPresent(why -> out.println("not covered: snmpd beside it: " + why));
    int listen = freeTcp();
    int snmp = freeUdp();
    HttpServer real = realServer();
    Path own = Files.createDirectories(folder.resolve("director"));
    passphrase(own);
    try (DirectorProcess director =
            DirectorProcess.start(
                Distribution.ofThisRepository(),
                own,
                configuration(real.getAddress().getPort(), listen, snmp));
        SnmpPoller poller = new SnmpPoller(snmp)) {
      ProcessHandle process = ProcessHandle.of(director.pid()).orElseThrow();
      try (NetSnmp other = missing.isEmpty() ? NetSnmp.start(folder, REAL_SERVERS) : null) {
        walks(poller, process, other);
      }
      traffic(poller, listen);
      snapshots(poller, process);
    } finally {
      real.stop(0);
      Leftovers.remove(folder.getFileName().toString());
    }
    report(json);
  }

  private static Optional<String> missing() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("it needs root for a network namespace with routes");
    }
    return Kind.missing("snmpd", "snmpd").or(() -> Kind.missing("ip", "iproute2"));
  }

  private void walks(SnmpPoller poller, ProcessHandle process, @Nullable NetSnmp other)
      throws IOException {
    warm("strowger", poller, REAL_TABLES);
    if (other != null) {
      warm("snmpd", other.poller(), NetSnmp.TABLE);
    }
    for (int i = 0; i < rounds(); i++) {
      walk("strowger", poller, REAL_TABLES, process);
      if (other != null) {
        walk("snmpd", other.poller(), NetSnmp.TABLE, other.process());
      }
    }
    out.println("walks measured");
  }

  /** The JVMs' first seconds are no measure, nor is snmpd's reading of its table. */
  private void warm(String contender, SnmpPoller poller, List<OID> table) throws IOException {
    long end = System.nanoTime() + (quick ? WARM_QUICK : WARM).toNanos();
    int walks = 0;
    do {
      poller.walk(table);
      walks++;
    } while (System.nanoTime() < end);
    out.println(contender + " warmed by " + walks + " walks");
  }

  private void walk(String contender, SnmpPoller poller, List<OID> table, ProcessHandle process)
      throws IOException {
    double cpu = ProcessFigures.cpuSeconds(process);
    SnmpPoller.Walk walk = poller.walk(table);
    cpu = ProcessFigures.cpuSeconds(process) - cpu;
    if (walk.bindings() < REAL_SERVERS) {
      throw new IOException(contender + " showed " + walk.bindings() + " instances only");
    }
    add(contender, "walk_varbinds_per_s", walk.bindingsPerSecond());
    add(contender, "walk_own_cpu_us_per_varbind", cpu * 1e6 / walk.bindings());
    add(contender, "walk_varbinds_per_answer", (double) walk.bindings() / walk.requests());
  }

  private int rounds() {
    return quick ? 3 : 7;
  }

  /** New connections by themselves, with polls of one row, and with a walk beside them, in turn. */
  private void traffic(SnmpPoller poller, int listen) throws Exception {
    Duration length = Duration.ofSeconds(quick ? 4 : 10);
    connections(listen, length); // warm
    for (int i = 0; i < rounds(); i++) {
      double alone = connections(listen, length).latencies().millis(0.99);
      CompletableFuture<PacedLoad.Outcome> load = inBackground(listen, length);
      Latencies polled = poller.poll(ONE_ROW, POLLS_A_SECOND, length.minus(Duration.ofMillis(500)));
      failures(load.get());
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Void> walking = CompletableFuture.runAsync(() -> walkOn(poller, stop));
      PacedLoad.Outcome beside = connections(listen, length);
      stop.set(true);
      walking.get();
      add("strowger", "get_p99_ms", polled.millis(0.99));
      add("strowger", "get_median_ms", polled.millis(0.5));
      add("strowger", "connect_p99_ms", alone);
      add("strowger", "connect_p99_during_walk_ms", beside.latencies().millis(0.99));
      add("strowger", "connect_p99_added_by_walk_ms", beside.latencies().millis(0.99) - alone);
      add(
          "strowger",
          "connect_p99_added_by_walk_percent",
          100 * (beside.latencies().millis(0.99) - alone) / alone);
    }
    out.println("polls and traffic measured");
  }

  private CompletableFuture<PacedLoad.Outcome> inBackground(int listen, Duration length) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return load(listen, length).newConnections();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        });
  }

  private static PacedLoad load(int listen, Duration length) {
    Target target = new Target("127.0.0.1", listen);
    return new PacedLoad(List.of(target), CONNECTIONS_A_SECOND, length, PATIENCE);
  }

  private PacedLoad.Outcome connections(int listen, Duration length) throws InterruptedException {
    PacedLoad.Outcome outcome = load(listen, length).newConnections();
    failures(outcome);
    return outcome;
  }

  private void failures(PacedLoad.Outcome outcome) {
    add("strowger", "connections_failed", (double) (outcome.failed() + outcome.hung()));
  }

  private static void walkOn(SnmpPoller poller, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        poller.walk(REAL_TABLES.subList(0, 1));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What polls that are so far apart that each needs a new snapshot cost the director. */
  private void snapshots(SnmpPoller poller, ProcessHandle process) throws Exception {
    Duration length = Duration.ofSeconds(quick ? 10 : 20);
    for (int i = 0; i < (quick ? 1 : 3); i++) {
      double idle = ProcessFigures.cpuSeconds(process);
      Thread.sleep(length);
      idle = ProcessFigures.cpuSeconds(process) - idle;
      double polled = ProcessFigures.cpuSeconds(process);
      int polls = poller.poll(ONE_ROW, SNAPSHOTS_A_SECOND, length).count();
      polled = ProcessFigures.cpuSeconds(process) - polled;
      add("strowger", "snapshot_and_get_cpu_ms", (polled - idle) * 1e3 / polls);
    }
  }

  private void add(String contender, String metric, double value) {
    values.computeIfAbsent(metric + " " + contender, key -> new ArrayList<>()).add(value);
  }

  private void report(@Nullable Path json) throws IOException {
    List<Measured> all = new ArrayList<>();
    String scenario = REAL_SERVERS + " real servers";
    out.printf(
        "%n%-36s %-9s %12s %12s %12s   (%s)%n", "metric", "", "median", "min", "max", scenario);
    values.forEach(
        (key, each) -> {
          String[] words = key.split(" ");
          double[] rows = each.stream().mapToDouble(Double::doubleValue).toArray();
          String unit = words[0].endsWith("_ms") ? "ms" : "";
          Measured one = Measured.of("management", words[1], scenario, words[0], unit, rows);
          all.add(one);
          out.printf(
              Locale.ROOT,
              "%-36s %-9s %12.3f %12.3f %12.3f%n",
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
    OptionalDouble own = median(all, "strowger", "walk_varbinds_per_s");
    OptionalDouble other = median(all, "snmpd", "walk_varbinds_per_s");
    OptionalDouble ratio =
        own.isPresent() && other.isPresent()
            ? OptionalDouble.of(own.getAsDouble() / other.getAsDouble())
            : OptionalDouble.empty();
    goal("walk: varbinds/s >= snmpd's", ratio, 1, true, " times");
    goal("GET under load, p99: <= 2 ms", median(all, "strowger", "get_p99_ms"), 2, false, " ms");
    // Whichever is the wider of the two that are allowed.
    double alone = median(all, "strowger", "connect_p99_ms").orElse(Double.NaN);
    double allowed = Math.max(0.3, alone * 0.1);
    goal(
        "a walk adds to the p99 of connections: <= 10 % or 0.3 ms",
        median(all, "strowger", "connect_p99_added_by_walk_ms"), allowed, false, " ms");
    goal(
        "a snapshot and the poll that needs it, CPU: <= 5 ms",
        median(all, "strowger", "snapshot_and_get_cpu_ms"),
        5,
        false,
        " ms");
    goal(
        "connections that failed meanwhile: 0",
        median(all, "strowger", "connections_failed"),
        0,
        false,
        "");
  }

  private void goal(String text, OptionalDouble value, double limit, boolean atLeast, String unit) {
    out.println(new Goals.Goal(text, value, limit, atLeast, unit).line());
  }

  private static OptionalDouble median(List<Measured> all, String contender, String metric) {
    return all.stream()
        .filter(one -> one.contender().equals(contender) && one.metric().equals(metric))
        .mapToDouble(Measured::median)
        .findFirst();
  }

  private static HttpServer realServer() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback(), 0), 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    byte[] body = "ok".getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void passphrase(Path folder) throws IOException {
    Path file = Files.createDirectories(folder.resolve("state")).resolve("secret");
    Files.writeString(file, SnmpPoller.PASSPHRASE + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String configuration(int real, int listen, int snmp) {
    StringBuilder reals = new StringBuilder();
    for (int i = 0; i < REAL_SERVERS; i++) {
      reals.append(
          "      r%d: { address: 10.1.%d.%d, port: 80 }%n".formatted(i, i / 250, i % 250 + 1));
    }
    return """
    pools:
      web: { realServers: { a: { address: 127.0.0.1, port: %d } } }
      big:
        realServers:
    %s
    virtualServices:
      web: { address: 127.0.0.1, port: %d, pool: web }
      big: { address: 127.0.0.2, port: %d, pool: big }
    management:
      snmp:
        address: 127.0.0.1
        port: %d
        users:
          %s: { role: viewer, authPassphraseFile: secret, privPassphraseFile: secret }
    """
        .formatted(real, reals, listen, listen, snmp, SnmpPoller.USER);
  }

  private static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  private static int freeTcp() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
      return socket.getLocalPort();
    }
  }

  private static int freeUdp() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, loopback())) {
      return socket.getLocalPort();
    }
  }
}
