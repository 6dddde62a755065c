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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
  private static final Duration LONGEST_WALK = Duration.ofSeconds(60);
  private static final int BAD_PACKETS_A_SECOND = 50_000;

  /** Shares of the budget after which no other round begins. */
  private static final double WALKS_SHARE = 0.35;

  private static final double TRAFFIC_SHARE = 0.7;

  private static final OID TABLES = new OID("1.3.6.1.4.1.32473.2.3.1.2");

  /** stgLbRealTable, stgLbRealStateTable and stgLbRealStatsTable. */
  private static final List<OID> REAL_TABLES =
      IntStream.of(5, 6, 7).mapToObj(n -> new OID(TABLES.getValue(), new int[] {n, 1})).toList();

  /** stgLbRealWeight of big/r5000. */
  private static final OID ONE_ROW = new OID(TABLES + ".5.1.9.3.98.105.103.5.114.53.48.48.48");

  private final boolean quick;
  private final PrintStream out;
  private final Budget budget;
  private final ManagementReport report = new ManagementReport(REAL_SERVERS + " real servers");

  private ManagementBench(boolean quick, PrintStream out) {
    this.quick = quick;
    this.out = out;
    this.budget = Budget.of(quick);
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
      try (NetSnmp other = missing.isEmpty() ? other(folder) : null) {
        walks(poller, process, other);
        traffic(poller, listen, other);
      }
      flood(poller, snmp);
      snapshots(poller, process);
    } finally {
      real.stop(0);
      Leftovers.remove(folder.getFileName().toString());
    }
    report.print(out, json);
    budget.leftOut().forEach(each -> out.println("left out: " + each));
    out.printf(Locale.ROOT, "it took %.0f s%n", budget.seconds());
  }

  /** Ours is measured all the same if the other does not start. */
  private @Nullable NetSnmp other(Path folder) throws InterruptedException {
    try {
      return NetSnmp.start(folder, REAL_SERVERS);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      out.println("not covered: snmpd beside it: " + e);
      return null;
    }
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
      if (i > 0 && !budget.allows(WALKS_SHARE, "round " + (i + 1) + " of the walks")) {
        break;
      }
      walk("strowger", poller, REAL_TABLES, process);
      if (other != null) {
        walk("snmpd", other.poller(), NetSnmp.TABLE, other.process());
      }
    }
    out.println("walks measured");
  }

  /** The JVMs' first seconds are no measure, nor is snmpd's reading of its table. */
  private void warm(String contender, SnmpPoller poller, List<OID> table) throws IOException {
    Duration length = quick ? WARM_QUICK : WARM;
    long end = System.nanoTime() + length.toNanos();
    long bindings = 0;
    do {
      bindings += poller.walk(table, length).bindings();
    } while (System.nanoTime() < end);
    out.println(contender + " warmed by a walk of " + bindings + " varbinds");
  }

  private void walk(String contender, SnmpPoller poller, List<OID> table, ProcessHandle process)
      throws IOException {
    double cpu = ProcessFigures.cpuSeconds(process);
    SnmpPoller.Walk walk = poller.walk(table, LONGEST_WALK);
    cpu = ProcessFigures.cpuSeconds(process) - cpu;
    if (walk.cut()) {
      out.printf("a walk of %s was cut after %d varbinds%n", contender, walk.bindings());
    } else if (walk.bindings() < REAL_SERVERS) {
      throw new IOException(contender + " showed " + walk.bindings() + " instances only");
    }
    report.add(contender, "walk_varbinds_per_s", walk.bindingsPerSecond());
    report.add(contender, "walk_own_cpu_us_per_varbind", cpu * 1e6 / walk.bindings());
    report.add(contender, "walk_varbinds_per_answer", (double) walk.bindings() / walk.requests());
  }

  private int rounds() {
    return quick ? 3 : 7;
  }

  /**
   * New connections through the director by themselves, with polls of one row, and with a walk
   * beside them, in turn; then with the same polls and walks of snmpd, by the same client: what
   * those cost the connections is the client's and the machine's share, as snmpd forwards nothing.
   */
  private void traffic(SnmpPoller poller, int listen, @Nullable NetSnmp other) throws Exception {
    Duration length = Duration.ofSeconds(quick ? 4 : 10);
    connections(listen, length); // warm
    for (int i = 0; i < rounds(); i++) {
      if (i > 0 && !budget.allows(TRAFFIC_SHARE, "round " + (i + 1) + " of the traffic")) {
        break;
      }
      double alone = connections(listen, length).latencies().millis(0.99);
      report.add("strowger", "connect_p99_ms", alone);
      disturbed("strowger", poller, ONE_ROW, REAL_TABLES.getFirst(), listen, length, alone);
      if (other != null) {
        OID table = NetSnmp.TABLE.getFirst();
        disturbed("snmpd", other.poller(), NetSnmp.UPTIME, table, listen, length, alone);
      }
    }
    out.println("polls and traffic measured");
  }

  private void disturbed(
      String contender,
      SnmpPoller poller,
      OID one,
      OID table,
      int listen,
      Duration length,
      double alone)
      throws Exception {
    CompletableFuture<PacedLoad.Outcome> load = inBackground(listen, length);
    Duration shorter = length.minus(Duration.ofMillis(500));
    Latencies polled = poller.poll(one, POLLS_A_SECOND, shorter).latencies();
    failures(load.get());
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> walking = CompletableFuture.runAsync(() -> walkOn(poller, table, stop));
    double beside = connections(listen, length).latencies().millis(0.99);
    stop.set(true);
    walking.get();
    report.add(contender, "get_p99_ms", polled.millis(0.99));
    report.add(contender, "get_median_ms", polled.millis(0.5));
    report.add(contender, "connect_p99_during_walk_ms", beside);
    report.add(contender, "connect_p99_added_by_walk_ms", beside - alone);
    report.add(contender, "connect_p99_added_by_walk_percent", 100 * (beside - alone) / alone);
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
    report.add("strowger", "connections_failed", (double) (outcome.failed() + outcome.hung()));
  }

  private static void walkOn(SnmpPoller poller, OID table, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        poller.walk(List.of(table), Duration.ofSeconds(1));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Polls beside a flood of a stranger, who sends what is no message of anybody. */
  private void flood(SnmpPoller poller, int snmp) throws Exception {
    Duration length = Duration.ofSeconds(quick ? 4 : 10);
    for (int i = 0; i < (quick ? 1 : 3); i++) {
      if (i > 0 && !budget.allows(TRAFFIC_SHARE, "round " + (i + 1) + " of the flood")) {
        break;
      }
      BadPackets bad = BadPackets.start(snmp, BAD_PACKETS_A_SECOND);
      SnmpPoller.Polls polls = poller.poll(ONE_ROW, POLLS_A_SECOND, length);
      report.add("strowger", "bad_packets_per_s", bad.stop());
      double answered = polls.latencies().count();
      report.add(
          "strowger",
          "polls_answered_in_flood_percent",
          100 * answered / (answered + polls.failed()));
    }
    out.println("flood measured");
  }

  /** What polls that are so far apart that each needs a new snapshot cost the director. */
  private void snapshots(SnmpPoller poller, ProcessHandle process) throws Exception {
    Duration length = Duration.ofSeconds(quick ? 10 : 20);
    for (int i = 0; i < (quick ? 1 : 3); i++) {
      double idle = ProcessFigures.cpuSeconds(process);
      Thread.sleep(length);
      idle = ProcessFigures.cpuSeconds(process) - idle;
      double polled = ProcessFigures.cpuSeconds(process);
      int polls = poller.poll(ONE_ROW, SNAPSHOTS_A_SECOND, length).latencies().count();
      polled = ProcessFigures.cpuSeconds(process) - polled;
      if (polls == 0) {
        out.println("not covered: what a snapshot costs: no poll was answered in " + length);
        return;
      }
      report.add("strowger", "snapshot_and_get_cpu_ms", (polled - idle) * 1e3 / polls);
    }
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
