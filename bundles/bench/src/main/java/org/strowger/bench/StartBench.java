package org.strowger.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.TestRealServer;

/**
 * {@code bench start [--quick] [--json FILE]}: time from the start of the process until SNMP
 * answers and until a virtual service carries traffic, resident memory, and the latency that the
 * director adds to one request on a connection that is open, beside the same request without a
 * director.
 */
public final class StartBench {

  /**
   * An SNMPv3 message that asks for the engine's identity (RFC 3414, section 4): answered by all.
   */
  private static final byte[] DISCOVERY =
      HexFormat.of()
          .parseHex(
              "303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400"
                  + "301204000400a00c020237f00201000201003000");

  private final Distribution distribution = Distribution.ofThisRepository();
  private final int rounds;
  private final int requests;
  private final List<Measured> all = new ArrayList<>();

  private StartBench(boolean quick) {
    this.rounds = quick ? 3 : 7;
    this.requests = quick ? 1_000 : 5_000;
  }

  public static void main(String[] arguments) throws Exception {
    QuickOrJson asked = QuickOrJson.read("start", arguments);
    new StartBench(asked.quick()).run(asked.json(), System.out);
  }

  private void run(@Nullable Path json, PrintStream out) throws Exception {
    try (TestRealServer real = TestRealServer.start("a", 0)) {
      double[] snmp = new double[rounds];
      double[] traffic = new double[rounds];
      double[] memory = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        start(real, i, snmp, traffic, memory);
      }
      print(out, "start", "untilSnmpAnswers", "ms", snmp);
      print(out, "start", "untilTrafficFlows", "ms", traffic);
      print(out, "idle", "residentMemory", "MiB", memory);
      latency(real, out);
    }
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  private void start(
      TestRealServer real, int round, double[] snmp, double[] traffic, double[] memory)
      throws Exception {
    int port = freePort();
    int snmpPort = freePort();
    Path folder = Files.createTempDirectory("strowger-bench");
    long begun = System.nanoTime();
    CompletableFuture<Double> answers =
        CompletableFuture.supplyAsync(() -> millisUntil(begun, () -> answersSnmp(snmpPort)));
    CompletableFuture<Double> flows =
        CompletableFuture.supplyAsync(() -> millisUntil(begun, () -> answers(port)));
    try (DirectorProcess director =
        DirectorProcess.start(distribution, folder, configuration(real, port, snmpPort))) {
      snmp[round] = answers.get(60, TimeUnit.SECONDS);
      traffic[round] = flows.get(60, TimeUnit.SECONDS);
      memory[round] = resident(director.pid());
    }
  }

  private void latency(TestRealServer real, PrintStream out) throws Exception {
    int port = freePort();
    Path folder = Files.createTempDirectory("strowger-bench");
    try (DirectorProcess director =
        DirectorProcess.start(distribution, folder, configuration(real, port, freePort()))) {
      echo(port, requests); // the JVM's first seconds are no measure of the later ones
      echo(real.port(), requests);
      double[] addedMedian = new double[rounds];
      double[] addedP99 = new double[rounds];
      double[] direct = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        double[] without = echo(real.port(), requests);
        double[] with = echo(port, requests);
        direct[i] = quantile(without, 0.5);
        addedMedian[i] = quantile(with, 0.5) - quantile(without, 0.5);
        addedP99[i] = quantile(with, 0.99) - quantile(without, 0.99);
      }
      print(out, "one request at a time", "directMedian", "us", direct);
      print(out, "one request at a time", "addedMedian", "us", addedMedian);
      print(out, "one request at a time", "addedP99", "us", addedP99);
      print(out, "after traffic", "residentMemory", "MiB", new double[] {resident(director.pid())});
    }
  }

  /** Microseconds of each of so many requests of 64 bytes on one connection, sorted. */
  private static double[] echo(int port, int count) throws IOException {
    double[] micros = new double[count];
    byte[] request = new byte[64];
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write('e');
      InputStream in = socket.getInputStream();
      for (int i = 0; i < count; i++) {
        long begun = System.nanoTime();
        socket.getOutputStream().write(request);
        if (in.readNBytes(request.length).length != request.length) {
          throw new IOException("the connection ended");
        }
        micros[i] = (System.nanoTime() - begun) / 1e3;
      }
    }
    Arrays.sort(micros);
    return micros;
  }

  private static double quantile(double[] sorted, double q) {
    return sorted[(int) Math.min(sorted.length - 1, Math.round(q * sorted.length))];
  }

  private void print(
      PrintStream out, String scenario, String metric, String unit, double[] values) {
    Measured one = Measured.of("start", "strowger", scenario, metric, unit, values);
    all.add(one);
    out.printf(
        Locale.ROOT,
        "%-24s %-18s %10.1f %-4s (%.1f to %.1f, %d rounds)%n",
        scenario,
        metric,
        one.median(),
        unit,
        one.min(),
        one.max(),
        one.rounds());
  }

  private static String configuration(TestRealServer real, int port, int snmpPort) {
    return """
    pools: { web: { realServers: { a: { address: 127.0.0.1, port: %d } } } }
    virtualServices: { web: { address: 127.0.0.1, port: %d, pool: web } }
    management: { snmp: { address: 127.0.0.1, port: %d } }
    """
        .formatted(real.port(), port, snmpPort);
  }

  private interface Probe {
    boolean holds() throws IOException;
  }

  private static double millisUntil(long begun, Probe probe) {
    while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(60)) {
      try {
        if (probe.holds()) {
          return (System.nanoTime() - begun) / 1e6;
        }
        Thread.sleep(5);
      } catch (IOException notYet) {
        Thread.onSpinWait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return Double.NaN;
      }
    }
    return Double.NaN;
  }

  private static boolean answersSnmp(int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(20);
      InetSocketAddress agent = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      socket.send(new DatagramPacket(DISCOVERY, DISCOVERY.length, agent));
      byte[] answer = new byte[512];
      socket.receive(new DatagramPacket(answer, answer.length));
      return true;
    } catch (SocketTimeoutException silent) {
      return false;
    }
  }

  private static boolean answers(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write('w');
      return socket.getInputStream().read() == 'a';
    }
  }

  private static double resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
