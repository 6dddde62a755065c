package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.strowger.api.Bpf;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfLink;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfMap.Mode;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfSource;
import org.strowger.api.BpfTestRun;
import org.strowger.api.KernelException;
import org.strowger.api.Verdict;

/**
 * The program in this machine's kernel with maps of its own, which a test fills as the plane does;
 * no device and no traffic is touched. Structures as in {@code strowger.h}.
 */
final class Kernel implements AutoCloseable {
  static final int PASS = -1;
  static final int DROP = 2;
  static final int REDIRECT = 7;

  static final int MASQUERADING = 2;
  static final int DIRECT = 3;
  static final int IPIP = 4;
  static final int GUE = 5;
  static final int FULLNAT = 6;
  static final int LOCAL = 7;

  static final int TAKES_NEW = 1;
  static final int GONE = 2;

  private static final Map<String, Integer> SIZES =
      Map.ofEntries(
          Map.entry("services", 256),
          Map.entry("timeouts", 64),
          Map.entry("reals", 64),
          Map.entry("tables", 4096),
          Map.entry("picks", 1024),
          Map.entry("heads", 64),
          Map.entry("access_list", 64),
          Map.entry("connections", 4096),
          Map.entry("halfopen", 1024),
          Map.entry("fragments", 1024),
          Map.entry("persistence", 1024),
          Map.entry("loads", 64),
          Map.entry("service_loads", 64),
          Map.entry("corrections", 64),
          Map.entry("service_corrections", 64),
          Map.entry("buckets", 64),
          Map.entry("counters", 64),
          Map.entry("real_counters", 64),
          Map.entry("events", 65_536));

  private final BpfObject object;
  private final Map<Verdict, Long> before = new EnumMap<>(Verdict.class);

  private Kernel(BpfObject object) {
    this.object = object;
  }

  /** The service that the bundle linux offers; test code may look behind the star. */
  static Bpf bpf() throws ReflectiveOperationException {
    var constructor = Class.forName("org.strowger.linux.KernelBpf").getDeclaredConstructor();
    constructor.setAccessible(true);
    return (Bpf) constructor.newInstance();
  }

  /** Skips a test where the kernel cannot be asked or the programs could not be compiled. */
  static Kernel load() throws Exception {
    return load(Map.of());
  }

  /** With other sizes of some maps. */
  static Kernel load(Map<String, Integer> others) throws Exception {
    Map<String, Integer> sizes = new java.util.HashMap<>(SIZES);
    sizes.putAll(others);
    Bpf bpf = bpf();
    Optional<String> why = bpf.unavailable();
    assumeTrue(why.isEmpty(), () -> why.orElse(""));
    return new Kernel(
        bpf.load(
            new BpfSource(
                "director", object("director.bpf.o"), sizes, Map.of(), Map.of(), Set.of())));
  }

  /** The XDP program over the same maps. */
  Kernel beforeIt() throws Exception {
    Map<String, BpfMap> shared = new java.util.HashMap<>(object.maps());
    shared.keySet().removeIf(name -> name.startsWith(".") || name.equals("desk"));
    return new Kernel(
        bpf()
            .load(
                new BpfSource(
                    "xdp", object("director.xdp.o"), Map.of(), shared, Map.of(), Set.of())));
  }

  BpfLink attachXdp() throws Exception {
    NetworkInterface device = NetworkInterface.getByName("eth0");
    ByteBuffer station = room(8).put(device.getHardwareAddress()).clear();
    map("devices").update(word(device.getIndex()), station, Mode.ANY);
    return bpf().attach(program(), BpfHook.XDP_GENERIC, device.getIndex());
  }

  static ByteBuffer object(String name) throws IOException {
    try (InputStream in = Kernel.class.getResourceAsStream("/" + name)) {
      assumeTrue(in != null, name + " was not built: clang is not installed");
      return ByteBuffer.wrap(in.readAllBytes());
    }
  }

  @Override
  public void close() {
    object.close();
  }

  // ---- Values

  static ByteBuffer room(int octets) {
    return ByteBuffer.allocate(octets).order(ByteOrder.nativeOrder());
  }

  static ByteBuffer word(int value) {
    return room(4).putInt(0, value);
  }

  static byte[] mapped(String address) {
    byte[] octets = Frame.octets(address);
    if (octets.length == 16) {
      return octets;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(octets, 0, mapped, 12, 4);
    return mapped;
  }

  private static void port(ByteBuffer to, int at, int port) {
    to.put(at, (byte) (port >> 8)).put(at + 1, (byte) port);
  }

  /** A key of connections. */
  static ByteBuffer flow(String line) {
    String[] words = line.split(" +");
    Frame.Place from = Frame.Place.read(words[1]);
    Frame.Place to = Frame.Place.read(words[3]);
    ByteBuffer flow = room(40).put(mappedOf(from)).put(mappedOf(to)).position(0);
    port(flow, 32, from.port());
    port(flow, 34, to.port());
    flow.put(36, (byte) (words[0].equals("tcp") ? 6 : words[0].equals("udp") ? 17 : 132));
    return flow;
  }

  private static byte[] mappedOf(Frame.Place place) {
    return place.address().length == 16
        ? place.address()
        : room(16).position(10).put((byte) -1).put((byte) -1).put(place.address()).array();
  }

  BpfProgram program() {
    return object.program("strowger");
  }

  // ---- What the plane writes

  BpfMap map(String name) {
    return object.map(name);
  }

  void put(String map, int index, ByteBuffer value) throws KernelException {
    map(map).update(word(index), value, Mode.ANY);
  }

  /** A service whose every choice comes from the fallback table. */
  final class Service {
    final ByteBuffer value = room(88);
    private final int index;
    private final ByteBuffer key = room(20);

    Service(int index, String protocol, String place) throws KernelException {
      this.index = index;
      Frame.Place at = Frame.Place.read(place);
      key.put(mappedOf(at)).position(0);
      port(key, 16, at.port());
      key.put(18, (byte) (protocol.equals("tcp") ? 6 : protocol.equals("udp") ? 17 : 132));
      value.putInt(0, index).put(80, (byte) 32).put(81, (byte) 128);
      ByteBuffer times = room(24);
      times.putInt(0, 900_000).putInt(4, 120_000).putInt(8, 10_000).putInt(12, 300_000);
      put("timeouts", index, times.putInt(16, 60_000).putInt(20, 1)); // 1: events
    }

    Service reals(int... reals) throws KernelException {
      int offset = index * 64 + 1;
      for (int i = 0; i < reals.length; i++) {
        put("tables", offset + i, word(reals[i]));
      }
      value.putInt(56, offset).putInt(60, reals.length);
      return this;
    }

    Service flags(int flags) {
      value.putInt(4, flags);
      return this;
    }

    Service sources(int offset, int count) {
      value.putInt(64, offset).putInt(68, count);
      return this;
    }

    Service set(int at, int number) {
      value.putInt(at, number);
      return this;
    }

    Service key(ChoiceTest.Hash hash) {
      value.putLong(8, hash.key0).putLong(16, hash.key1);
      return this;
    }

    void write() throws KernelException {
      map("services").update(key, value, Mode.ANY);
    }
  }

  Service service(int index, String protocol, String place) throws KernelException {
    return new Service(index, protocol, place);
  }

  ByteBuffer real(int service, int method, String address, int port) {
    ByteBuffer real = room(80);
    real.put(mapped(address)).position(0);
    real.put(32, mapped(address.contains(":") ? "2001:db8:1::100" : "10.0.1.100"));
    port(real, 48, port);
    real.put(50, (byte) method).putInt(52, TAKES_NEW).putInt(56, 1).putInt(76, service);
    port(real, 72, 6080);
    return real;
  }

  void settings(int flags) throws KernelException {
    put("settings", 0, room(16).putInt(0, flags).putInt(4, 20_000).putInt(8, 40_000));
  }

  /** Service 1 at 10.0.0.1:80 and 2 at [2001:db8::1]:80, for all protocols, a real server each. */
  void serve(int method, int port) throws KernelException {
    for (String protocol : new String[] {"tcp", "udp", "sctp"}) {
      service(1, protocol, "10.0.0.1:80").reals(1).sources(1, 1).write();
      service(2, protocol, "[2001:db8::1]:80").reals(2).sources(2, 1).write();
    }
    put("reals", 1, real(1, method, "10.0.1.1", port));
    put("reals", 2, real(2, method, "2001:db8:1::1", port));
    put("sources", 1, room(16).put(mapped("10.0.1.200")).flip());
    put("sources", 2, room(16).put(mapped("2001:db8:1::200")).flip());
  }

  /** Empties what the program has written, and the services; rows of a test begin with nothing. */
  void reset() throws KernelException {
    for (String name :
        List.of("services", "connections", "halfopen", "fragments", "persistence", "peers")) {
      List<ByteBuffer> keys = new ArrayList<>();
      map(name).forEach((key, _) -> keys.add(room(key.remaining()).put(key.duplicate()).flip()));
      for (ByteBuffer key : keys) {
        map(name).delete(key);
      }
    }
    for (int i = 0; i < 64; i++) {
      put("loads", i, room(32));
      put("service_loads", i, room(32));
      put("buckets", i, room(8));
      put("heads", i, room(8));
      put("reals", i, room(80));
    }
    settings(0);
  }

  // ---- What it did

  /** Code, frame and verdicts of one run. */
  record Outcome(int code, String frame, ByteBuffer octets, Set<Verdict> verdicts) {
    /** It left as this frame. */
    void goes(String wanted, Verdict verdict) {
      assertEquals(wanted, frame, () -> Frame.hex(octets) + " " + verdicts);
      assertEquals(Set.of(verdict), verdicts);
      assertEquals(REDIRECT, code);
    }

    /** It was passed to the host or dropped. */
    void ends(int wanted, Verdict verdict) {
      assertEquals(Set.of(verdict), verdicts);
      assertEquals(wanted, code);
    }
  }

  Outcome run(String line) throws KernelException {
    return run(Frame.of(line));
  }

  Outcome run(ByteBuffer frame) throws KernelException {
    return run(frame, ByteBuffer.allocate(0));
  }

  /** A frame that will be cut into segments of this size (gso_size of struct __sk_buff). */
  Outcome runWhole(String line, int segment) throws KernelException {
    return run(Frame.of(line), room(192).putInt(176, segment));
  }

  private Outcome run(ByteBuffer frame, ByteBuffer context) throws KernelException {
    verdicts();
    BpfTestRun run = program().testRun(frame, context, 1);
    int code = run.returnCode();
    String text = code == REDIRECT ? FrameText.of(run.packet()) : "";
    return new Outcome(code, text, run.packet(), verdicts());
  }

  /** Verdicts counted since the last call, over all services and processors. */
  private Set<Verdict> verdicts() throws KernelException {
    Set<Verdict> grown = new TreeSet<>();
    Map<Verdict, Long> now = new EnumMap<>(Verdict.class);
    for (int service = 0; service < 16; service++) {
      ByteBuffer values = perCpu("counters", service);
      for (Verdict verdict : Verdict.values()) {
        now.merge(verdict, sum("counters", values, 72 + 8 * verdict.code()), Long::sum);
      }
    }
    now.forEach(
        (verdict, count) -> {
          if (count > before.getOrDefault(verdict, 0L)) {
            grown.add(verdict);
          }
        });
    before.putAll(now);
    return grown;
  }

  private ByteBuffer perCpu(String name, int index) throws KernelException {
    BpfMap map = map(name);
    ByteBuffer values = room(map.cpus() * map.stride());
    map.lookup(word(index), values);
    return values;
  }

  private long sum(String name, ByteBuffer values, int at) {
    BpfMap map = map(name);
    long sum = 0;
    for (int cpu = 0; cpu < map.cpus(); cpu++) {
      sum += values.getLong(cpu * map.stride() + at);
    }
    return sum;
  }

  long counter(String name, int index, int at) throws KernelException {
    return sum(name, perCpu(name, index), at);
  }

  /** Halfopen, active and inactive connections of a real server. */
  List<Long> loads(int real) throws KernelException {
    ByteBuffer loads = room(32);
    map("loads").lookup(word(real), loads);
    return List.of(loads.getLong(0), loads.getLong(8), loads.getLong(16));
  }

  /** The entry of a flow in connections or halfopen. */
  Optional<ByteBuffer> entry(String table, String line) throws KernelException {
    ByteBuffer value = room(96);
    return map(table).lookup(flow(line), value) ? Optional.of(value) : Optional.empty();
  }
}
