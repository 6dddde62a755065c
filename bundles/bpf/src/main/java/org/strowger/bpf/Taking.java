package org.strowger.bpf;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.strowger.api.BpfMap;
import org.strowger.api.ConnectionExchange.Taken;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.RealServerId;

/**
 * Puts what another director told into the tables at once, so that nothing is left to do when this
 * one takes over: the next packet finds its connection. Until then such an entry is marked as
 * taken, ages as if it were told for the last time, and gives way to what this director carries.
 */
final class Taking {
  /** A remembered source of another director is the newer one if it is by so much. */
  private static final long NEWER_NANOS = 2_000_000_000L;

  /** What is known of ways to clients is asked anew after so long, or when it is so much. */
  private static final long WAYS_NANOS = 5_000_000_000L;

  private static final int MOST_WAYS = 65_536;

  private final KernelMaps maps;
  private final KernelTable table;
  private final LoadBook realLoads;
  private final LoadBook serviceLoads;
  private final Network network;
  private final Elsewhere elsewhere;
  private final LongSupplier clock;
  private final Map<InetAddress, Integer> ways = new HashMap<>();
  private long waysAt;

  /**
   * @param loads of the real servers, and of the services
   */
  Taking(
      KernelMaps maps,
      KernelTable table,
      List<LoadBook> loads,
      Network network,
      Elsewhere elsewhere,
      LongSupplier clock) {
    this.maps = maps;
    this.table = table;
    realLoads = loads.getFirst();
    serviceLoads = loads.getLast();
    this.network = network;
    this.elsewhere = elsewhere;
    this.clock = clock;
  }

  Taken take(byte[] key, byte[] value) throws KernelException {
    if (Portable.kind(key) == Portable.SOURCE) {
      return source(key, value);
    }
    Optional<ByteBuffer> flow = Portable.flow(key);
    Optional<Portable.Connection> told = Portable.connection(value);
    if (flow.isEmpty() || told.isEmpty()) {
      return Taken.DAMAGED;
    }
    elsewhere.refresh();
    // The kernel is asked for the way before: whoever wants the table must not wait for that.
    int device =
        Flows.translates(told.get().method()) ? way(Flows.source(flow.get()).getAddress()) : 0;
    synchronized (table) { // no real server's index becomes another's meanwhile
      return connection(flow.get(), told.get(), device);
    }
  }

  private Optional<BoundReal> real(Optional<BoundService> service, RealServerId id) {
    return service.flatMap(
        of -> of.reals().stream().filter(each -> each.id().equals(id)).findFirst());
  }

  private Taken connection(ByteBuffer key, Portable.Connection told, int device)
      throws KernelException {
    Optional<BoundService> service =
        Optional.ofNullable(table.services().get(told.service()))
            .filter(of -> of.key().address().equals(Octets.address(key, Octets.ADDRESS)))
            .filter(of -> of.key().protocol() == Flows.protocol(key));
    Optional<BoundReal> real =
        real(service, told.real()).filter(each -> each.cell().method() == told.method());
    if (service.isEmpty() || real.isEmpty()) {
      return Taken.UNKNOWN;
    }
    ByteBuffer before = maps.get("connections", key);
    boolean carried = before != null && elsewhere.carried(key, before);
    boolean opening =
        maps.get("halfopen", key) != null && !elsewhere.is(service.get().key().address());
    if (carried || opening) {
      return Taken.OWN;
    }
    if (Flows.countedIn(told.state()) == Flows.COUNTED_HALFOPEN) {
      return Taken.DAMAGED; // such ones are not told
    }
    ByteBuffer value = value(service.get().index(), real.get(), key, told);
    if (Flows.translates(told.method())) {
      Flows.setDevice(value, device);
    }
    if (Flows.hasOther(value)) {
      Taken back = putBack(key, value, told);
      if (back != Taken.TAKEN) {
        return back;
      }
    }
    if (maps.map("connections").update(key, value, BpfMap.Mode.ANY) == BpfMap.Stored.FULL) {
      if (Flows.hasOther(value)) {
        maps.map("connections").delete(Flows.other(value));
      }
      return Taken.FULL;
    }
    if (before != null) {
      if (Flows.hasOther(before) && !Flows.other(before).equals(Flows.other(value))) {
        maps.map("connections").delete(Flows.other(before));
      }
      uncount(before);
    }
    realLoads.brought(Flows.real(value), Flows.counted(value));
    serviceLoads.brought(Flows.service(value), Flows.counted(value));
    return Taken.TAKEN;
  }

  private ByteBuffer value(int service, BoundReal real, ByteBuffer key, Portable.Connection told) {
    long now = clock.getAsLong();
    InetSocketAddress client = Flows.source(key);
    ByteBuffer value =
        Flows.value(
            service,
            real.index(),
            told.method(),
            told.state(),
            new Flows.Times(now - told.ageNanos(), now - told.idleNanos()));
    Flows.count(value, told.packets(), told.octets());
    if (Flows.translates(told.method())) {
      InetSocketAddress seen = told.translated().orElse(client);
      RealCell cell = real.cell();
      ByteBuffer other = Octets.zeros(Flows.KEY);
      Octets.address(other, 0, cell.address());
      Octets.address(other, Octets.ADDRESS, seen.getAddress());
      Octets.port(other, 32, cell.port() == 0 ? Octets.port(key, 34) : cell.port());
      Octets.port(other, 34, seen.getPort());
      other.put(36, (byte) Flows.protocol(key));
      Flows.setOther(value, other);
    }
    return value;
  }

  /** The entry of the real server's packets: never one that another connection uses. */
  private Taken putBack(ByteBuffer key, ByteBuffer forward, Portable.Connection told)
      throws KernelException {
    ByteBuffer other = Flows.other(forward);
    ByteBuffer present = maps.get("connections", other);
    if (present != null
        && !Flows.other(present).equals(key)
        && maps.get("connections", Flows.other(present)) != null) {
      return Taken.OWN;
    }
    ByteBuffer back = Flows.back(forward, key);
    Flows.count(back, told.packetsBack(), told.octetsBack());
    return maps.map("connections").update(other, back, BpfMap.Mode.ANY) == BpfMap.Stored.FULL
        ? Taken.FULL
        : Taken.TAKEN;
  }

  private void uncount(ByteBuffer gone) throws KernelException {
    realLoads.tookAway(Flows.real(gone), Flows.counted(gone));
    serviceLoads.tookAway(Flows.service(gone), Flows.counted(gone));
  }

  /** The device that its answers leave by; its first packet here will tell better. */
  private int way(InetAddress client) {
    synchronized (ways) {
      long now = clock.getAsLong();
      if (now - waysAt > WAYS_NANOS || ways.size() >= MOST_WAYS) {
        ways.clear();
        waysAt = now;
      }
      return ways.computeIfAbsent(
          client,
          to -> {
            try {
              return network.route(to).device();
            } catch (KernelException none) {
              return 0; // no way now: answers find none until the client has sent
            }
          });
    }
  }

  void forget(byte[] key) throws KernelException {
    Optional<ByteBuffer> flow = Portable.flow(key);
    if (flow.isEmpty()) {
      return;
    }
    ByteBuffer value = maps.get("connections", flow.get());
    if (value == null || elsewhere.carried(flow.get(), value)) {
      return;
    }
    if (Flows.hasOther(value)) {
      maps.map("connections").delete(Flows.other(value));
    }
    ByteBuffer gone = Octets.zeros(Flows.VALUE);
    if (maps.map("connections").lookupAndDelete(flow.get(), gone)) {
      uncount(gone);
    }
  }

  private Taken source(byte[] key, byte[] value) throws KernelException {
    Optional<Portable.Source> told = Portable.source(key, value);
    if (told.isEmpty()) {
      return Taken.DAMAGED;
    }
    synchronized (table) {
      Optional<BoundService> service =
          Optional.ofNullable(table.services().get(told.get().service()));
      Optional<BoundReal> real = real(service, told.get().real());
      if (service.isEmpty() || real.isEmpty()) {
        return Taken.UNKNOWN;
      }
      ByteBuffer place = Octets.zeros(Octets.ADDRESS + Integer.BYTES);
      Octets.address(place, 0, told.get().client());
      place.putInt(Octets.ADDRESS, service.get().index());
      long last = clock.getAsLong() - told.get().idleNanos();
      ByteBuffer before = maps.get("persistence", place);
      if (before != null && last - before.getLong(8) < NEWER_NANOS) {
        return Taken.OWN;
      }
      ByteBuffer entry = Octets.zeros(16).putInt(0, real.get().index()).putLong(8, last);
      return maps.map("persistence").update(place, entry, BpfMap.Mode.ANY) == BpfMap.Stored.FULL
          ? Taken.FULL
          : Taken.TAKEN;
    }
  }
}
