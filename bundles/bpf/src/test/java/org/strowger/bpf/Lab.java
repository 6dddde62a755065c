package org.strowger.bpf;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.BpfSource;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingTable;
import org.strowger.api.KernelSettings;
import org.strowger.api.LookupTable;
import org.strowger.api.PlaneEvent;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.VirtualService;

/** A plane over a kernel in memory, and what packets would do there. */
final class Lab implements AutoCloseable {
  static final String NAMESPACE = "4026531840";

  final FakeBpf kernel = new FakeBpf();
  final FakeNetwork network = new FakeNetwork();
  final List<PlaneEvent> events = new CopyOnWriteArrayList<>();
  final Path root;
  BpfPlane plane;
  private long version;
  private int clients;

  Lab(Path root) {
    this.root = root;
    plane = newPlane();
  }

  private BpfPlane newPlane() {
    BpfSource source = BpfSource.of("director", ByteBuffer.allocate(0));
    return new BpfPlane(
        new BpfPlane.PinsOpener() {
          @Override
          public Pins open() throws IOException {
            return Pins.open(kernel, root, NAMESPACE, source, Optional.of(source));
          }

          @Override
          public boolean left() {
            return Files.isDirectory(Pins.folder(root, NAMESPACE));
          }
        },
        kernel,
        network);
  }

  /** The process is killed and another one starts: only the kernel goes on. */
  void restart() {
    plane.close();
    plane = newPlane();
  }

  void applyOn(String device, ForwardedService... services) {
    applyWith(KernelSettings.at(device), services);
  }

  void applyWith(KernelSettings settings, ForwardedService... services) {
    plane.apply(new ForwardingTable(++version, List.of(services), settings), events::add);
  }

  /** These addresses are on the active director only. */
  void applyFloating(java.util.Set<InetAddress> floating, ForwardedService... services) {
    plane.apply(
        new ForwardingTable(++version, List.of(services), KernelSettings.NONE, floating),
        events::add);
  }

  void apply(ForwardedService... services) {
    plane.apply(new ForwardingTable(++version, List.of(services)), events::add);
  }

  static RealServer real(String name, String address) {
    RealServer plain =
        RealServer.plain(new RealServerId("web", name), InetAddress.ofLiteral(address), 80);
    return plain;
  }

  static ForwardedService service(String name, String address, RealServer... reals) {
    return service(name, address, Optional.empty(), reals);
  }

  static ForwardedService service(
      String name, String address, Optional<LookupTable> table, RealServer... reals) {
    VirtualService plain =
        VirtualService.plain(name, InetAddress.ofLiteral(address), 80, Protocol.TCP, "wlc", "web");
    VirtualService direct = Services.forwarded(plain, ForwardingMethod.DIRECT);
    return new ForwardedService(
        direct, true, List.of(reals), new LeastLoaded(List.of(reals), table));
  }

  FakeMap map(String name) {
    try {
      return (FakeMap) kernel.openMap(Pins.folder(root, NAMESPACE).resolve("maps").resolve(name));
    } catch (IOException e) {
      throw new AssertionError("map " + name + " is not pinned", e);
    }
  }

  Optional<ServiceCell> cell(String address) {
    ServiceKey key = new ServiceKey(InetAddress.ofLiteral(address), 80, 6);
    ByteBuffer value = Octets.zeros(ServiceCell.SIZE);
    return map("services").lookup(key.octets(), value)
        ? Optional.of(ServiceCell.read(value))
        : Optional.empty();
  }

  RealCell realCell(int index) {
    ByteBuffer value = Octets.zeros(RealCell.SIZE);
    map("reals").lookup(Octets.key(index), value);
    return RealCell.read(value);
  }

  int tableCell(int offset) {
    ByteBuffer value = Octets.zeros(Integer.BYTES);
    map("tables").lookup(Octets.key(offset), value);
    return value.getInt(0);
  }

  private long word(String name, int index) {
    FakeMap map = map(name);
    ByteBuffer value = Octets.zeros(map.stride());
    map.lookup(Octets.key(index), value);
    return value.getLong(0);
  }

  /** A client's first packet, as choose.h takes its pick; index of the real server, 0 if none. */
  int pick(String address) {
    ServiceCell cell = cell(address).orElseThrow();
    long head = word("heads", cell.index());
    int place = cell.ring().offset() + (int) (head & (cell.ring().size() - 1));
    long pick = word("picks", place);
    if ((int) (pick >>> 32) != (int) (head + 1)) {
      return 0;
    }
    ByteBuffer next = Octets.zeros(Long.BYTES).putLong(0, head + 1);
    map("heads").update(Octets.key(cell.index()), next, org.strowger.api.BpfMap.Mode.ANY);
    return (int) pick;
  }

  /** A client connects and is held; key of its connection. */
  ByteBuffer connect(String address, int real) {
    ServiceCell cell = cell(address).orElseThrow();
    ByteBuffer key = Octets.zeros(Flows.KEY);
    Octets.address(key, 0, InetAddress.ofLiteral("198.51.100.7"));
    Octets.address(key, 16, InetAddress.ofLiteral(address));
    Octets.port(key, 32, 1024 + ++clients);
    Octets.port(key, 34, 80);
    key.put(36, (byte) 6);
    ByteBuffer value = Octets.zeros(Flows.VALUE);
    value.putLong(0, System.nanoTime());
    value.putLong(8, System.nanoTime());
    value.putLong(24, 1000);
    value.putInt(32, real);
    value.putInt(36, cell.index());
    value.put(44, (byte) 3);
    value.put(47, (byte) ForwardingMethod.DIRECT.code());
    value.put(46, (byte) Flows.COUNTED_ACTIVE);
    map("connections").update(key, value, org.strowger.api.BpfMap.Mode.NEW);
    addLoad("loads", real, 1);
    addLoad("service_loads", cell.index(), 1);
    return key;
  }

  /** The program sees its end. */
  void end(ByteBuffer key) {
    ByteBuffer value = Octets.zeros(Flows.VALUE);
    if (map("connections").lookupAndDelete(key, value)) {
      addLoad("loads", Flows.real(value), -1);
      addLoad("service_loads", Flows.service(value), -1);
    }
  }

  /** Nothing came for so long. */
  void idle(ByteBuffer key, java.time.Duration time) {
    ByteBuffer value = Octets.zeros(Flows.VALUE);
    map("connections").lookup(key, value);
    value.putLong(8, System.nanoTime() - time.toNanos());
    map("connections").update(key, value, org.strowger.api.BpfMap.Mode.EXISTING);
  }

  private void addLoad(String name, int index, long by) {
    ByteBuffer value = Octets.zeros(32);
    map(name).lookup(Octets.key(index), value);
    value.putLong(8, value.getLong(8) + by);
    map(name).update(Octets.key(index), value, org.strowger.api.BpfMap.Mode.ANY);
  }

  /** Indexes of the real servers of a service, in the order of their addresses' last octet. */
  List<Integer> indexes(String address) {
    int service = cell(address).orElseThrow().index();
    List<Integer> found = new ArrayList<>();
    for (int i = 1; i < 256; i++) {
      if (realCell(i).service() == service && realCell(i).flags() == RealCell.TAKES_NEW) {
        found.add(i);
      }
    }
    return found;
  }

  @Override
  public void close() {
    plane.close();
  }
}
