package org.strowger.bpf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.strowger.api.KernelException;
import org.strowger.api.RealServerId;

/**
 * Who has which index and which cells. What an earlier process left in the maps is adopted: a
 * service by its address, port and protocol, a real server of it by address, port and method, so
 * that their connections and counts go on.
 *
 * <p>A real server that is not wanted any more keeps its index until no connection has it. Guarded
 * by the lock of the table that owns it.
 */
final class Places {
  /** A real server that is not wanted, and still has connections, as far as is known. */
  private record Retired(int index, Optional<RealServerId> id, RealCell cell) {}

  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;

  private final KernelMaps maps;
  private final LoadBook realLoads;
  private final LoadBook serviceLoads;
  private final Indexes services;
  private final Indexes reals;
  private final Ranges tables;
  private final Ranges picks;
  private final Map<ServiceKey, ServiceCell> adopted = new HashMap<>();
  private final List<Retired> retired = new ArrayList<>();

  /** Services without a key that real servers of {@link #retired} belong to. */
  private final BitSet retiredServices = new BitSet();

  Places(KernelMaps maps, LoadBook realLoads, LoadBook serviceLoads, LongSupplier clock)
      throws KernelException {
    this.maps = maps;
    this.realLoads = realLoads;
    this.serviceLoads = serviceLoads;
    services = new Indexes(maps.size("counters"));
    reals = new Indexes(maps.size("reals"));
    tables = new Ranges(maps.size("tables"), clock);
    picks = new Ranges(maps.size("picks"), clock);
    tables.reserve(new Cells(0, 1));
    adopt();
  }

  private void adopt() throws KernelException {
    maps.map("services")
        .forEach(
            (key, value) -> {
              ServiceCell cell = ServiceCell.read(Octets.order(value));
              adopted.put(ServiceKey.read(Octets.order(key)), cell);
              return true;
            });
    for (ServiceCell cell : adopted.values()) {
      services.reserve(cell.index());
      if (!picks.reserve(cell.ring())
          || !tables.reserve(cell.table())
          || !tables.reserve(cell.fallback())) {
        throw new KernelException(
            "the pinned maps are damaged: two virtual services have the same cells", EINVAL);
      }
    }
    maps.map("reals")
        .forEach(
            (key, value) -> {
              RealCell cell = RealCell.read(Octets.order(value));
              int index = Octets.order(key).getInt(0);
              if (cell.method() != 0 && index != 0) {
                reals.reserve(index);
                services.reserve(cell.service());
                retired.add(new Retired(index, Optional.empty(), cell));
                retiredServices.set(cell.service());
              }
              return true;
            });
    adopted.values().forEach(cell -> retiredServices.clear(cell.index()));
  }

  /** The adopted service with this key, once. */
  Optional<ServiceCell> claim(ServiceKey key) {
    return Optional.ofNullable(adopted.remove(key));
  }

  /** Adopted services that nobody claimed, to be taken away. */
  Map<ServiceKey, ServiceCell> unclaimed() {
    Map<ServiceKey, ServiceCell> left = new HashMap<>(adopted);
    adopted.clear();
    return left;
  }

  /** It could not be made what is wanted: nobody has claimed it. */
  void unclaim(ServiceKey key, ServiceCell cell) {
    adopted.put(key, cell);
  }

  /** A new service's index that came to nothing. */
  void abandon(int service) {
    retiredServices.set(service);
  }

  int newService() throws KernelException {
    int index =
        services.take().orElseThrow(() -> full("virtual services", maps.size("counters") - 1));
    serviceLoads.begin(index);
    zero("counters", index);
    maps.put("buckets", Octets.key(index), Octets.zeros(Long.BYTES));
    return index;
  }

  /** A place for this real server: the one it had if connections still know it, or a new one. */
  BoundReal real(RealServerId id, RealCell cell) throws KernelException {
    for (Iterator<Retired> all = retired.iterator(); all.hasNext(); ) {
      Retired each = all.next();
      if (each.cell.sameAs(cell) && each.id.map(id::equals).orElse(true)) {
        all.remove();
        return new BoundReal(each.index, id, each.cell);
      }
    }
    int index =
        reals.take().orElseThrow(() -> full("real servers of services", maps.size("reals") - 1));
    realLoads.begin(index);
    zero("real_counters", index);
    return new BoundReal(index, id, cell.withFlags(-1)); // never written: differs from any
  }

  private void zero(String map, int index) throws KernelException {
    maps.put(map, Octets.key(index), Octets.zeros(maps.map(map).stride() * maps.map(map).cpus()));
  }

  /** Not wanted any more: takes nobody, its connections go on. */
  void retire(BoundReal real, int flags) throws KernelException {
    RealCell cell = real.cell().withFlags(flags);
    maps.put("reals", Octets.key(real.index()), cell.octets());
    retired.add(new Retired(real.index(), Optional.of(real.id()), cell));
  }

  /** Its key is deleted: the index stays with its real servers until they are free. */
  void retireService(ServiceCell cell) {
    retiredServices.set(cell.index());
    giveBack(cell);
  }

  /** Cells that the value of a service does not name any more. */
  private void giveBack(ServiceCell cell) {
    picks.giveBack(cell.ring());
    tables.giveBack(cell.table());
    tables.giveBack(cell.fallback());
  }

  /** Indexes of those that are not wanted: a look at all connections may find them unused. */
  BitSet retired() {
    BitSet indexes = new BitSet();
    retired.forEach(each -> indexes.set(each.index));
    return indexes;
  }

  /** Tells index and index of the service of those that are not wanted. */
  void eachRetired(BiConsumer<Integer, Integer> told) {
    retired.forEach(each -> told.accept(each.index, each.cell.service()));
  }

  /** Frees those of {@code unused} that are still not wanted; their indexes. */
  BitSet free(BitSet unused) throws KernelException {
    BitSet freed = new BitSet();
    BitSet still = new BitSet();
    for (Iterator<Retired> all = retired.iterator(); all.hasNext(); ) {
      Retired each = all.next();
      if (unused.get(each.index)) {
        maps.put("reals", Octets.key(each.index), Octets.zeros(RealCell.SIZE));
        reals.giveBack(each.index);
        freed.set(each.index);
        all.remove();
      } else {
        still.set(each.cell.service());
      }
    }
    BitSet free = (BitSet) retiredServices.clone();
    free.andNot(still);
    free.stream().forEach(services::giveBack);
    retiredServices.andNot(free);
    return freed;
  }

  Cells takePicks(int size) throws KernelException {
    return picks.take(size).orElseThrow(() -> full("picks ahead", picks.most()));
  }

  Cells takeTable(int size) throws KernelException {
    return size == 0
        ? Cells.NONE
        : tables.take(size).orElseThrow(() -> full("cells of look-up tables", tables.most()));
  }

  void giveBackTable(Cells cells) {
    tables.giveBack(cells);
  }

  void giveBackPicks(Cells cells) {
    picks.giveBack(cells);
  }

  int largestService() {
    return services.largest();
  }

  int largestReal() {
    return reals.largest();
  }

  private static KernelException full(String what, int most) {
    return new KernelException(
        "the kernel plane has no room: " + what + ", at most " + most, ENOSPC);
  }
}
