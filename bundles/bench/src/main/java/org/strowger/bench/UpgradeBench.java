package org.strowger.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.strowger.release.PackageCommand;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.TestRealServer;
import org.strowger.testkit.VariantBundle;

/**
 * {@code bench upgrade [--quick] [--json FILE]}: every bundle of the distribution replaced in turn
 * by one all of whose classes differ, from a signed package as an operator does it, and taken back
 * again, while connections live and come, datagrams are answered and a manager polls.
 */
public final class UpgradeBench {
  private static final int HELD = 200;
  private static final int PER_SECOND = 500;

  /** StgUpgradeState. */
  private static final int TRIAL = 6;

  private static final int ROLLED_BACK = 10;
  private static final int FAILED = 11;
  private static final long PATIENCE_SECONDS = 180;

  private static final String HEADER =
      "%-34s %-9s %-10s %5s %6s %10s %9s %6s %7s %7s%n"
          .formatted(
              "bundle", "class", "way", "held", "new", "longest", "silence", "data-", "polls",
              "time");
  private static final String UNITS =
      "%-34s %-9s %-10s %5s %6s %10s %9s %6s %7s %7s%n"
          .formatted(
              "", "", "", "lost", "failed", "connection", "datagrams", "grams", "silent", "");

  private final boolean quick;
  private final PrintStream out;
  private final Distribution distribution = Distribution.ofThisRepository();
  private final Map<String, List<Double>> values = new LinkedHashMap<>();
  private final Map<String, String> notDone = new LinkedHashMap<>();
  private Path folder = Path.of("");

  private UpgradeBench(boolean quick, PrintStream out) {
    this.quick = quick;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    QuickOrJson asked = QuickOrJson.read("upgrade", arguments);
    new UpgradeBench(asked.quick(), System.out).run(asked.json());
    System.exit(0); // connections that hang must not keep the process
  }

  private void run(@Nullable Path json) throws Exception {
    folder = Leftovers.folder();
    int port = freeTcp();
    int udp = freeUdp();
    int snmp = freeUdp();
    Path state = Files.createDirectories(folder.resolve("state"));
    Path secret = Files.writeString(state.resolve("passphrase"), SnmpPoller.PASSPHRASE + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    command("--new-key", folder.resolve("bench").toString());
    Path keys = Files.createDirectories(state.resolve("keys"));
    Files.copy(folder.resolve("bench.pem"), keys.resolve("bench.pem"));
    Map<String, Path> packages = packages();
    try (DatagramProbe probe = new DatagramProbe();
        TestRealServer a = TestRealServer.start("a", 0);
        TestRealServer b = TestRealServer.start("b", 0);
        DirectorProcess director =
            DirectorProcess.start(
                distribution, folder, configuration(a, b, probe.realPort(), port, udp, snmp));
        UpgradeLoad load =
            new UpgradeLoad(
                port,
                quick ? HELD / 4 : HELD,
                quick ? PER_SECOND / 5 : PER_SECOND,
                udp,
                probe,
                snmp)) {
      await(load::flows, "traffic flows");
      Thread.sleep(quick ? 3_000 : 15_000); // the JVMs' first seconds are no measure
      out.print(HEADER + UNITS);
      for (int round = 0; round < (quick ? 1 : 3); round++) {
        for (Map.Entry<String, Path> each : packages.entrySet()) {
          exchange(director, load, each.getKey(), each.getValue());
        }
      }
      out.println(load.connections() + " new connections in all; last failure: " + last(load));
    } finally {
      Leftovers.remove(folder.getFileName().toString());
    }
    report(json);
  }

  private static String last(UpgradeLoad load) {
    return load.lastFailure().isBlank() ? "none" : load.lastFailure();
  }

  /** One package for each bundle of the list, in the order of the start levels. */
  private Map<String, Path> packages() throws IOException {
    Properties list = new Properties();
    try (InputStream in =
        Files.newInputStream(distribution.home().resolve("felix-config/config.properties"))) {
      list.load(in);
    }
    TreeMap<Integer, String> levels = new TreeMap<>();
    String prefix = "strowger.bundles.";
    list.stringPropertyNames().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(
            key ->
                levels.put(Integer.valueOf(key.substring(prefix.length())), list.getProperty(key)));
    Map<String, Path> packages = new LinkedHashMap<>();
    for (String level : levels.values()) {
      for (String name : level.strip().split("\\s+")) {
        packages.put(name, pack(name));
      }
    }
    return packages;
  }

  private Path pack(String name) throws IOException {
    String version;
    try (JarFile jar = new JarFile(distribution.bundle(name).toFile())) {
      version = jar.getManifest().getMainAttributes().getValue("Bundle-Version");
    }
    String[] numbers = version.split("\\.");
    String next =
        numbers[0] + "." + numbers[1] + "." + (Integer.parseInt(numbers[2]) + 1) + ".bench";
    Path jar = VariantBundle.everyClass(distribution, name, next, folder);
    Path made = folder.resolve(name + ".stgpkg");
    command(
        "--key",
        folder.resolve("bench.key").toString(),
        "--name",
        "bench",
        "--version",
        "0.1.1",
        "--output",
        made.toString(),
        jar.toString());
    return made;
  }

  /** As {@code ./strowger package}, without its words about each. */
  private static void command(String... words) throws IOException {
    PrintStream before = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      if (PackageCommand.run(words) != 0) {
        throw new IOException("package " + String.join(" ", words) + " failed");
      }
    } finally {
      System.setOut(before);
    }
  }

  private void exchange(DirectorProcess director, UpgradeLoad load, String name, Path made)
      throws Exception {
    String refused = cli(director, "upgrade", "stage", made.toString());
    if (!refused.isEmpty()) {
      notDone.put(name, refused);
      out.println(name + ": " + refused);
      return;
    }
    load.take();
    String begun = cli(director, "upgrade", "activate", "--trial", "600");
    // An exchange may leave an alarm that ends some seconds after its condition.
    for (int i = 0; i < 30 && begun.contains("critical alarms"); i++) {
      Thread.sleep(1_000);
      load.take();
      begun = cli(director, "upgrade", "activate", "--trial", "600");
    }
    if (!begun.isEmpty()) {
      notDone.put(name, begun);
      out.println(name + ": " + begun);
      return;
    }
    String upgradeClass = upgradeClass(name);
    if (measured(load, name, upgradeClass, "old to new", TRIAL)) {
      cli(director, "upgrade", "rollback");
      measured(load, name, upgradeClass, "new to old", ROLLED_BACK);
    } else {
      String why = director.cli("upgrade", "status").out();
      notDone.put(name, why.lines().filter(l -> l.startsWith("lastResult")).findFirst().orElse(""));
      out.println(name + ": " + notDone.get(name));
    }
    cli(director, "upgrade", "clear");
  }

  private String upgradeClass(String name) throws IOException {
    try (JarFile jar = new JarFile(distribution.bundle(name).toFile())) {
      String said = jar.getManifest().getMainAttributes().getValue("Strowger-Upgrade-Class");
      return said == null ? "library" : said;
    }
  }

  /** Whether it came to that state; what was lost on the way is shown. */
  private boolean measured(
      UpgradeLoad load, String name, String upgradeClass, String way, int wanted)
      throws InterruptedException, IOException {
    long begun = System.nanoTime();
    await(
        () -> {
          int state = load.state();
          return state == wanted || state == ROLLED_BACK || state == FAILED;
        },
        name + " " + way);
    double millis = (System.nanoTime() - begun) / 1e6;
    boolean reached = load.state() == wanted;
    Thread.sleep(500); // what was begun by then comes to its end
    UpgradeLoad.Loss loss = load.take();
    add(name, way, "held_lost", loss.heldLost());
    add(name, way, "new_failed", loss.newFailed());
    add(name, way, "longest_connection_ms", loss.longestConnectionMillis());
    add(name, way, "longest_gap_ms", loss.longestGapMillis());
    add(name, way, "datagrams_lost", (double) loss.datagramsLost());
    add(name, way, "unanswered_polls", (double) loss.unansweredPolls());
    add(name, way, "time_ms", millis);
    out.printf(
        Locale.ROOT,
        "%-34s %-9s %-10s %5d %6d %7.0f ms %6.0f ms %6d %7d %4.1f s%n",
        name,
        upgradeClass,
        way,
        loss.heldLost(),
        loss.newFailed(),
        loss.longestConnectionMillis(),
        loss.longestGapMillis(),
        loss.datagramsLost(),
        loss.unansweredPolls(),
        millis / 1e3);
    return reached;
  }

  private void add(String bundle, String way, String metric, double value) {
    values
        .computeIfAbsent(String.join("|", bundle, way, metric), key -> new ArrayList<>())
        .add(value);
  }

  /** Why it was refused; empty if it was done. The shell itself may be on its way. */
  private static String cli(DirectorProcess director, String... words) throws Exception {
    DirectorProcess.Answer answer = director.cli(words);
    for (int i = 0; i < 20 && answer.code() == 5; i++) {
      Thread.sleep(250);
      answer = director.cli(words);
    }
    return answer.code() == 0 ? "" : answer.out();
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition, String what)
      throws InterruptedException, IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("waited " + PATIENCE_SECONDS + " s in vain: " + what);
      }
      Thread.sleep(20);
    }
  }

  private void report(@Nullable Path json) throws IOException {
    List<Measured> all = new ArrayList<>();
    values.forEach(
        (key, rows) -> {
          String[] words = key.split("\\|");
          String unit = words[2].endsWith("_ms") ? "ms" : "count";
          double[] row = rows.stream().mapToDouble(Double::doubleValue).toArray();
          all.add(Measured.of("upgrade", words[0], words[1], words[2], unit, row));
        });
    out.printf("%nTo reach, worst of all bundles and ways:%n");
    goal(all, "held connections lost: 0", "held_lost");
    goal(all, "new connections failed: 0", "new_failed");
    notDone.forEach((name, why) -> out.println("  not exchanged: " + name + ": " + why));
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  private void goal(List<Measured> all, String text, String metric) {
    OptionalDouble worst =
        all.stream().filter(one -> one.metric().equals(metric)).mapToDouble(Measured::max).max();
    out.println(new Goals.Goal(text, worst, 0, false, "").line());
  }

  private static String configuration(
      TestRealServer a, TestRealServer b, int echo, int port, int udp, int snmp) {
    return """
    director: { name: bench }
    pools:
      web:
        realServers:
          a: { address: 127.0.0.1, port: %d }
          b: { address: 127.0.0.1, port: %d }
      echo: { realServers: { e: { address: 127.0.0.1, port: %d } } }
    virtualServices:
      web: { address: 127.0.0.1, port: %d, protocol: tcp, scheduler: wlc, pool: web }
      echo: { address: 127.0.0.1, port: %d, protocol: udp, scheduler: rr, pool: echo }
    management:
      snmp:
        address: 127.0.0.1
        port: %d
        users:
          %s: { role: viewer, authPassphraseFile: passphrase, privPassphraseFile: passphrase }
    """
        .formatted(a.port(), b.port(), echo, port, udp, snmp, SnmpPoller.USER);
  }

  private static int freeTcp() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int freeUdp() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
