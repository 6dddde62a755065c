package org.strowger.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.strowger.api.Bpf;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfLink;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfProgramStatistics;
import org.strowger.api.BpfSource;
import org.strowger.api.BpfTestRun;
import org.strowger.api.KernelException;
import org.strowger.api.Subscription;

/** A kernel that keeps what is pinned; a folder of the test stands for its file system. */
final class FakeBpf implements Bpf {
  private final Map<Path, Object> pins = new ConcurrentHashMap<>();
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private int loaded;

  /** Hooks at which nothing can be attached. */
  final Set<BpfHook> refused = EnumSet.noneOf(BpfHook.class);

  boolean measured;

  /** Where programs are: device and hook. */
  Set<String> places() {
    return links.stream()
        .filter(Link::lives)
        .map(link -> link.at + " " + link.hook)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Program that runs at a device, or 0. */
  int programAt(int device) {
    return links.stream()
        .filter(link -> link.at == device && link.lives() && link.hook == BpfHook.TC_INGRESS)
        .mapToInt(link -> link.program.id)
        .sum();
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public Optional<String> unavailable(BpfHook hook) {
    return Optional.empty();
  }

  @Override
  public BpfObject load(BpfSource source) {
    Map<String, BpfMap> maps = new HashMap<>();
    for (String name : KernelMaps.NAMES) {
      BpfMap reused = source.reuse().get(name);
      maps.put(name, reused == null ? made(name) : reused);
    }
    Program program = new Program(++loaded);
    return new Loaded(maps, Map.of("strowger", program));
  }

  private FakeMap made(String name) {
    return switch (name) {
      case "services" -> hash(name, ServiceKey.SIZE, ServiceCell.SIZE);
      case "connections", "halfopen" -> hash(name, Flows.KEY, Flows.VALUE);
      case "persistence" -> hash(name, 20, 16);
      case "access_list" -> hash(name, 24, 4);
      case "devices" -> hash(name, 4, 8);
      case "peers", "fragments" -> hash(name, 8, 8);
      case "timeouts" -> array(name, Idle.SIZE, 64);
      case "reals" -> array(name, RealCell.SIZE, 256);
      case "tables" -> array(name, 4, 65_536);
      case "picks" -> array(name, 8, 65_536);
      case "heads", "buckets" -> array(name, 8, 64);
      case "sources" -> array(name, 16, 1024);
      case "settings" -> array(name, 16, 1);
      case "loads" -> array(name, 32, 256);
      case "service_loads" -> array(name, 32, 64);
      case "corrections" -> array(name, 24, 256);
      case "service_corrections" -> array(name, 24, 64);
      case "counters" -> new FakeMap(name, 4, 328, 64, true, FakeMap.CPUS, pins);
      case "real_counters" -> new FakeMap(name, 4, 64, 256, true, FakeMap.CPUS, pins);
      case "plane_counters" -> new FakeMap(name, 4, 96, 1, true, FakeMap.CPUS, pins);
      default -> array(name, 8, 1);
    };
  }

  private FakeMap hash(String name, int key, int value) {
    return new FakeMap(name, key, value, 4096, false, 1, pins);
  }

  private FakeMap array(String name, int value, int most) {
    return new FakeMap(name, 4, value, most, true, 1, pins);
  }

  @Override
  public BpfMap openMap(Path pin) throws KernelException {
    return FakeMap.pinned(pins, pin, BpfMap.class);
  }

  @Override
  public BpfProgram openProgram(Path pin) throws KernelException {
    return FakeMap.pinned(pins, pin, BpfProgram.class);
  }

  @Override
  public BpfLink openLink(Path pin) throws KernelException {
    Link link = FakeMap.pinned(pins, pin, Link.class);
    link.open++;
    return link;
  }

  @Override
  public BpfLink attach(BpfProgram program, BpfHook hook, int device) throws KernelException {
    if (refused.contains(hook)) {
      throw new KernelException("the driver of this device cannot do it (EOPNOTSUPP)", 95);
    }
    Link link = new Link(device, hook, (Program) program);
    links.add(link);
    return link;
  }

  @Override
  public Subscription measure() {
    measured = true;
    return () -> measured = false;
  }

  @Override
  public void mountFileSystem(Path folder) throws KernelException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new KernelException("cannot make " + folder, 13);
    }
  }

  @Override
  public void unmountFileSystem(Path folder) {
    pins.clear();
  }

  @Override
  public int possibleCpus() {
    return FakeMap.CPUS;
  }

  private record Loaded(Map<String, BpfMap> maps, Map<String, BpfProgram> programs)
      implements BpfObject {
    @Override
    public BpfMap map(String name) {
      return maps.get(name);
    }

    @Override
    public BpfProgram program(String name) {
      return programs.get(name);
    }

    @Override
    public void close() {}
  }

  /** A link lives as long as somebody has it open, or its pin is there. */
  private final class Link implements BpfLink {
    private final int at;
    private final BpfHook hook;
    private Program program;
    private int open = 1;

    Link(int at, BpfHook hook, Program program) {
      this.at = at;
      this.hook = hook;
      this.program = program;
    }

    boolean lives() {
      return open > 0
          || pins.entrySet().stream()
              .anyMatch(each -> each.getValue().equals(this) && Files.exists(each.getKey()));
    }

    @Override
    public int id() {
      return at;
    }

    @Override
    public BpfHook hook() {
      return hook;
    }

    @Override
    public int device() {
      return at;
    }

    @Override
    public int programId() {
      return programAt(at);
    }

    @Override
    public void replace(BpfProgram program) {
      this.program = (Program) program;
    }

    @Override
    public void detach() {
      links.remove(this);
    }

    @Override
    public void pin(Path pin) throws KernelException {
      FakeMap.pin(pins, pin, this);
    }

    @Override
    public void close() {
      open--;
    }
  }

  private static final class Program implements BpfProgram {
    private final int id;

    Program(int id) {
      this.id = id;
    }

    @Override
    public String name() {
      return "strowger";
    }

    @Override
    public int id() {
      return id;
    }

    @Override
    public int type() {
      return 3;
    }

    @Override
    public String tag() {
      return "0";
    }

    @Override
    public BpfTestRun testRun(ByteBuffer packet, ByteBuffer context, int repeat)
        throws KernelException {
      throw new KernelException("this kernel has no network", 22);
    }

    @Override
    public BpfProgramStatistics statistics() {
      return new BpfProgramStatistics(0, 0, 0, 0);
    }

    @Override
    public void pin(Path pin) throws KernelException {
      throw new KernelException("the plane pins no programs", 22);
    }

    @Override
    public void close() {}
  }
}
