package org.strowger.bpf;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.strowger.api.Bpf;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfSource;
import org.strowger.api.Chooser;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.KernelException;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Route;
import org.strowger.api.VirtualService;

/**
 * Nanoseconds of the packet path by itself, by BPF_PROG_TEST_RUN: the very program and the maps as
 * the plane fills them, without a network. A packet of a connection is run again and again for the
 * hot path; packets of many connections are run one by one, which the caches feel, and the clock of
 * the kernel's test adds the same to each.
 */
public final class PacketCosts implements AutoCloseable {
  private static final int FLAGS_ACK = 0x10;

  private static final int FLAGS_SYN = 0x02;
  private static final int FLAGS_RST = 0x04;
  private static final int RUNS_AT_ONCE = 1_000_000;
  private static final int BATCH = 4096;
  private static final int DEVICE = 1;
  private static final int MTU = 1500;
  private static final int CODE_REDIRECT = 7;

  /** SETTING_KEEP_TTL: else the same packet could be sent 64 times only. */
  private static final int KEEP_TTL = 4;

  /** Picks that lie ready while nobody asks, less some. */
  private static final int BETWEEN_REFILLS = 24;

  private final BpfObject object;
  private final KernelMaps maps;
  private final KernelTable table;
  private final Refills refills;
  private final BpfProgram program;
  private final int samples;

  /** Where results go. */
  public interface Told {
    void cost(ForwardingMethod method, String scenario, String metric, String unit, double value);
  }

  PacketCosts(Bpf bpf, int samples) throws IOException {
    this.samples = samples;
    object = bpf.load(BpfSource.of("director", program("director.bpf.o")));
    Map<String, BpfMap> all = new HashMap<>();
    KernelMaps.NAMES.forEach(name -> all.put(name, object.map(name)));
    maps = new KernelMaps(all);
    LoadBook loads = LoadBook.ofReals(maps);
    table = new KernelTable(maps, loads, LoadBook.ofServices(maps), System::nanoTime);
    refills = new Refills(maps, table, loads);
    program = object.program("strowger");
    maps.put(
        "settings",
        Octets.key(0),
        Octets.zeros(16).putInt(0, KEEP_TTL).putInt(4, 10_240).putInt(8, 55_000));
  }

  private static ByteBuffer program(String name) throws IOException {
    try (InputStream in = PacketCosts.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IOException(name + " was not built: clang is not installed");
      }
      return ByteBuffer.wrap(in.readAllBytes());
    }
  }

  /** Measures all of it; some seconds, or a minute for two million connections. */
  public static void measure(Bpf bpf, boolean quick, int rounds, Told told) throws IOException {
    List<ForwardingMethod> methods =
        List.of(ForwardingMethod.DIRECT, ForwardingMethod.MASQUERADING);
    int[] services = quick ? new int[] {10, 10_000} : new int[] {10, 100, 1_000, 10_000};
    int[] reals = quick ? new int[] {10, 1_000} : new int[] {10, 100, 1_000};
    int samples = quick ? 5_000 : 50_000;
    for (int round = 0; round < rounds; round++) {
      for (ForwardingMethod method : methods) {
        for (int count : services) {
          try (PacketCosts costs = new PacketCosts(bpf, samples)) {
            costs.serve(method, count, 1);
            costs.packets(method, "services " + count, count, told);
          }
        }
        for (int count : reals) {
          try (PacketCosts costs = new PacketCosts(bpf, samples)) {
            costs.serve(method, 1, count);
            costs.packets(method, "reals " + count, 1, told);
          }
        }
      }
      try (PacketCosts costs = new PacketCosts(bpf, samples)) {
        costs.serve(ForwardingMethod.DIRECT, 1, 10);
        costs.connections(quick ? 200_000 : 2_000_000, told);
      }
    }
  }

  private void serve(ForwardingMethod method, int services, int reals) throws IOException {
    serve(method, services, reals, RoundAndRound::new);
  }

  /** Has services with so many real servers each. */
  void serve(ForwardingMethod method, int services, int reals, IntFunction<Chooser> choosers)
      throws IOException {
    List<ForwardedService> wanted = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      List<RealServer> own = new ArrayList<>();
      for (int k = 0; k < reals; k++) {
        own.add(
            RealServer.plain(new RealServerId("pool" + i, "real" + k), address(10, 2, k + 1), 80));
      }
      VirtualService service =
          VirtualService.plain(
              "service" + i, address(10, 1, i + 1), 80, Protocol.TCP, "rr", "pool" + i);
      wanted.add(
          new ForwardedService(
              KernelBenchServices.forwarded(service, method), true, own, choosers.apply(reals)));
    }
    InetAddress here = address(10, 3, 1);
    Function<InetAddress, Paths.Path> paths =
        _ -> new Paths.Path.Way(new Route(DEVICE, Optional.of(here), Optional.empty(), false), MTU);
    Map<String, String> refused = table.apply(wanted, List.of(), Set.of(), paths);
    if (!refused.isEmpty()) {
      throw new IOException("not forwarded: " + refused.values().iterator().next());
    }
  }

  private static InetAddress address(int first, int second, int number) {
    return InetAddress.ofLiteral(
        "%d.%d.%d.%d".formatted(first, second, number >> 8, number & 0xff));
  }

  /** Opens the connection of this number with service 1; its real server, from 0. */
  int open(int number) throws IOException {
    run(frame(number, 1, FLAGS_SYN), 1);
    run(frame(number, 1, FLAGS_ACK), 1);
    ByteBuffer value = maps.get("connections", flow(number));
    if (value == null) {
      throw new IOException("a connection that was opened is not in the table");
    }
    return Integer.parseInt(table.realName(Flows.real(value)).orElseThrow().real().substring(4));
  }

  /** Its client resets it. */
  void reset(int number) throws IOException {
    run(frame(number, 1, FLAGS_RST), 1);
  }

  void refill() throws IOException {
    refills.round();
  }

  /** A known connection's packet, and first packets of new connections to services in turn. */
  private void packets(ForwardingMethod method, String scenario, int services, Told told)
      throws IOException {
    run(frame(1, 1, FLAGS_SYN), 1);
    if (method.equals(ForwardingMethod.DIRECT)) { // others change the packet: it is another then
      double hot = run(frame(1, 1, FLAGS_ACK), RUNS_AT_ONCE);
      told.cost(method, scenario, "hot_packet_ns", "ns", hot);
    }
    told.cost(method, scenario, "one_by_one_hot_ns", "ns", oneByOne(1));
    SplittableRandom random = new SplittableRandom(7);
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      if (i % BETWEEN_REFILLS == 0) { // with 10,000 services a round takes a while
        refills.round();
      }
      sum += run(frame(10 + i, 1 + random.nextInt(services), FLAGS_SYN), 1);
    }
    told.cost(method, scenario, "first_packet_ns", "ns", sum / samples);
  }

  /** The table of connections grows; a hot flow, and flows at random from all over it. */
  private void connections(int most, Told told) throws IOException {
    ForwardingMethod method = ForwardingMethod.DIRECT;
    run(frame(1, 1, FLAGS_SYN), 1);
    run(frame(1, 1, FLAGS_ACK), 1);
    ByteBuffer value = maps.get("connections", flow(1));
    if (value == null) {
      throw new IOException("a connection that was opened is not in the table");
    }
    long before = available();
    int held = 1;
    for (int wanted = 1_000; ; wanted = Math.min(most, wanted * 10)) {
      for (; held < wanted; held += fill(value, held + 1, Math.min(BATCH, wanted - held))) {}
      String scenario = "connections " + wanted;
      told.cost(method, scenario, "hot_packet_ns", "ns", run(frame(1, 1, FLAGS_ACK), RUNS_AT_ONCE));
      told.cost(method, scenario, "one_by_one_hot_ns", "ns", oneByOne(1));
      told.cost(method, scenario, "one_by_one_random_ns", "ns", oneByOne(wanted));
      if (wanted == most) {
        break;
      }
    }
    double octets = (before - available()) * 1024.0 / held;
    told.cost(method, "connections " + most, "bytes_per_connection", "B", octets);
  }

  private double oneByOne(int flows) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      sum += run(frame(1 + random.nextInt(flows), 1, FLAGS_ACK), 1);
    }
    return sum / samples;
  }

  /** Entries like this one for clients from this number on. */
  private int fill(ByteBuffer value, int from, int count) throws KernelException {
    ByteBuffer keys = Octets.zeros(count * Flows.KEY);
    ByteBuffer values = Octets.zeros(count * Flows.VALUE);
    for (int i = 0; i < count; i++) {
      keys.put(i * Flows.KEY, flow(from + i), 0, Flows.KEY);
      values.put(i * Flows.VALUE, value, 0, Flows.VALUE);
    }
    maps.putAll("connections", keys, values, count);
    return count;
  }

  private static ByteBuffer flow(int client) {
    ByteBuffer key = Octets.zeros(Flows.KEY);
    Octets.address(key, 0, address(10, 16 + (client >> 16), client & 0xffff));
    Octets.address(key, 16, address(10, 1, 1));
    Octets.port(key, 32, 40_000);
    Octets.port(key, 34, 80);
    return key.put(36, (byte) 6);
  }

  private static long available() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo")).stream()
        .filter(line -> line.startsWith("MemAvailable:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/meminfo names no MemAvailable"));
  }

  private double run(ByteBuffer frame, int repeat) throws IOException {
    var run = program.testRun(frame, repeat);
    if (run.returnCode() != CODE_REDIRECT) {
      throw new IOException(
          "a packet did not go its way: code " + run.returnCode() + " " + counted());
    }
    return run.nanos();
  }

  /** Verdicts of packets that no service had. */
  private String counted() throws KernelException {
    ByteBuffer values = maps.get("counters", Octets.key(0));
    StringBuilder said = new StringBuilder("verdicts");
    for (int verdict = 0; values != null && verdict < 32; verdict++) {
      long sum = 0;
      for (int cpu = 0; cpu < maps.map("counters").cpus(); cpu++) {
        sum += values.getLong(cpu * maps.map("counters").stride() + 72 + 8 * verdict);
      }
      said.append(sum == 0 ? "" : " " + verdict + ": " + sum);
    }
    return said.toString();
  }

  /** TCP from a client to a service, without payload; checksums are nobody's matter here. */
  private static ByteBuffer frame(int client, int service, int flags) {
    ByteBuffer frame = ByteBuffer.allocate(64); // network order
    frame.putShort(12, (short) 0x0800);
    int ip = 14;
    frame.put(ip, (byte) 0x45).putShort(ip + 2, (short) 40).put(ip + 8, (byte) 64);
    frame.put(ip + 9, (byte) 6);
    frame.put(ip + 12, address(10, 16 + (client >> 16), client & 0xffff).getAddress());
    frame.put(ip + 16, address(10, 1, service).getAddress());
    int tcp = ip + 20;
    frame.putShort(tcp, (short) 40_000).putShort(tcp + 2, (short) 80);
    return frame.put(tcp + 12, (byte) 0x50).put(tcp + 13, (byte) flags);
  }

  @Override
  public void close() {
    object.close();
  }
}
