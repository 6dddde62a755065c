package org.strowger.bpf;

import java.net.InetAddress;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.ConnectionLog;
import org.strowger.api.ForwardedService;
import org.strowger.api.KernelException;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.VirtualService;

/**
 * Brings the maps in line with the whole wanted set, and writes only what differs. Packets never
 * see half of a change: real servers, tables and picks are written first, each where nobody looks
 * yet, and then the value of the virtual service that names them, in one piece. Taking away goes
 * the other way round.
 *
 * <p>Its lock also guards rings and places.
 */
final class KernelTable {
  private static final Logger LOG = LoggerFactory.getLogger(KernelTable.class);

  /** Picks a ring has room for, and while there are more virtual services than fit so. */
  private static final int RING = 1024;

  private static final int SMALL_RING = 64;

  private final KernelMaps maps;
  private final LoadBook realLoads;
  private final Places places;
  private final AccessEntries access;
  private final Map<Integer, String> serviceNames = new ConcurrentHashMap<>();
  private final Map<Integer, RealServerId> realNames = new ConcurrentHashMap<>();
  private final Map<Integer, Idle> idle = new HashMap<>();
  private final Map<Integer, ConnectionLog> logs = new ConcurrentHashMap<>();
  private final Sources sources;
  private volatile Map<String, BoundService> services = Map.of();
  private long tables;
  private boolean telling;

  /** Addresses that are other directors' too. */
  private Set<InetAddress> floating = Set.of();

  KernelTable(KernelMaps maps, LoadBook realLoads, LoadBook serviceLoads, LongSupplier clock)
      throws KernelException {
    this.maps = maps;
    this.realLoads = realLoads;
    places = new Places(maps, realLoads, serviceLoads, clock);
    access = new AccessEntries(maps);
    sources = new Sources(maps);
  }

  /**
   * Makes the maps say exactly this.
   *
   * @return what could not be done, by name of the virtual service; nothing of it was changed, or
   *     it is not there
   */
  synchronized Map<String, String> apply(
      List<ForwardedService> wanted,
      List<InetAddress> sourceAddresses,
      Set<InetAddress> floatingAddresses,
      Function<InetAddress, Paths.Path> paths)
      throws KernelException {
    floating = floatingAddresses;
    sources.write(sourceAddresses);
    Map<String, BoundService> before = services;
    Map<String, BoundService> next = new LinkedHashMap<>();
    Map<String, String> refused = new HashMap<>();
    realLoads.read(places.largestReal());
    for (ForwardedService each : wanted) {
      String name = each.service().name();
      BoundService old = before.get(name);
      try {
        next.put(name, bind(each, old, paths));
      } catch (KernelException e) {
        LOG.atWarn().addKeyValue("service", name).log("not forwarded: {}", e.getMessage());
        refused.put(name, String.valueOf(e.getMessage()));
        if (old != null) {
          next.put(name, old);
        }
      }
    }
    tables++;
    services = next; // from here on a failure is mended by the next table
    Set<ServiceKey> keys = new HashSet<>();
    next.values().forEach(each -> keys.add(each.key()));
    for (BoundService old : before.values()) {
      if (!keys.contains(old.key())) {
        maps.map("services").delete(old.key().octets());
      }
      retireOthers(old, Optional.ofNullable(next.get(old.name())));
    }
    for (Map.Entry<ServiceKey, ServiceCell> left : places.unclaimed().entrySet()) {
      if (!keys.contains(left.getKey())) {
        maps.map("services").delete(left.getKey().octets());
      }
      places.retireService(left.getValue());
    }
    access.retain(next.values());
    return refused;
  }

  /** What this one had and the one after it has not. */
  private void retireOthers(BoundService old, Optional<BoundService> after) throws KernelException {
    BitSet kept = new BitSet();
    after.ifPresent(now -> now.reals().forEach(real -> kept.set(real.index())));
    for (BoundReal real : old.reals()) {
      if (!kept.get(real.index())) {
        places.retire(real, 0);
      }
    }
    if (after.isEmpty()) {
      places.retireService(old.cell());
    }
  }

  private BoundService bind(
      ForwardedService wanted, @Nullable BoundService old, Function<InetAddress, Paths.Path> paths)
      throws KernelException {
    VirtualService service = wanted.service();
    ServiceKey key = ServiceKey.of(service);
    Optional<ServiceCell> found = old == null ? places.claim(key) : Optional.of(old.cell());
    int index = found.isPresent() ? found.get().index() : places.newService();
    serviceNames.put(index, service.name());
    writeIdle(index, Idle.of(service, telling));
    logs.put(index, service.connectionLog());
    access.write(index, service.access());
    Optional<LookupTable> table = wanted.chooser().table();
    List<BoundReal> fresh = new ArrayList<>();
    try {
      List<BoundReal> reals = bindReals(wanted, index, old, table.isPresent(), paths, fresh);
      return compile(wanted, key, index, old, found, table, reals);
    } catch (KernelException e) {
      for (BoundReal real : fresh) {
        places.retire(real, 0);
      }
      if (old == null) {
        found.ifPresentOrElse(cell -> places.unclaim(key, cell), () -> places.abandon(index));
      }
      throw e;
    }
  }

  /** Whether the kernel reports begins and ends of all connections, or of those that are logged. */
  synchronized void tell(boolean all) throws KernelException {
    telling = all;
    for (BoundService each : services.values()) {
      writeIdle(each.index(), Idle.of(each.forwarded().service(), all));
    }
  }

  private void writeIdle(int index, Idle wanted) throws KernelException {
    if (!wanted.equals(idle.get(index))) {
      maps.put("timeouts", Octets.key(index), wanted.octets());
      idle.put(index, wanted);
    }
  }

  private List<BoundReal> bindReals(
      ForwardedService wanted,
      int index,
      @Nullable BoundService old,
      boolean byTable,
      Function<InetAddress, Paths.Path> paths,
      List<BoundReal> fresh)
      throws KernelException {
    // A table names everybody; of those it names only those that serve now may be chosen. Picks
    // are made for those that serve only: a source that keeps to another may still go there.
    int[] weights = wanted.chooser().weights(!byTable);
    Map<RealServerId, BoundReal> present = new HashMap<>();
    if (old != null) {
      old.reals().forEach(real -> present.put(real.id(), real));
    }
    List<BoundReal> bound = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      RealServer real = wanted.realServers().get(i);
      RealCell cell = RealCells.of(wanted.service(), real, index, weights[i] > 0, paths);
      BoundReal was = present.get(real.id());
      BoundReal placed =
          was != null && was.cell().sameAs(cell) ? was : places.real(real.id(), cell);
      if (!placed.equals(was)) {
        fresh.add(placed);
      }
      realNames.put(placed.index(), real.id());
      if (!placed.cell().equals(cell)) {
        maps.put("reals", Octets.key(placed.index()), cell.octets());
      }
      bound.add(placed.with(cell));
    }
    return bound;
  }

  private BoundService compile(
      ForwardedService wanted,
      ServiceKey key,
      int index,
      @Nullable BoundService old,
      Optional<ServiceCell> found,
      Optional<LookupTable> table,
      List<BoundReal> reals)
      throws KernelException {
    int[] cells = table.map(t -> indexes(t.owners(), reals)).orElse(new int[0]);
    boolean ownerOnly = table.map(t -> t.probes() == 0).orElse(false);
    int[] fallback =
        Arrays.stream(Shares.of(ownerOnly ? new int[0] : wanted.chooser().weights(false)))
            .map(i -> reals.get(i).index())
            .toArray();
    Cells tableCells = written(cells, old == null ? null : old.table(), found, ServiceCell::table);
    Cells fallbackCells =
        written(fallback, old == null ? null : old.fallback(), found, ServiceCell::fallback);
    PickRing ring = table.isPresent() ? null : ring(index, old, found);
    if (ring != null) {
      if (old != null && old.ring() != null) {
        ring.settle(old.forwarded().chooser(), realLoads.of(old.reals()));
      }
      ring.refill(wanted.chooser(), reals, realLoads.of(reals));
    }
    ServiceCell cell =
        ServiceCells.of(
            wanted,
            index,
            table,
            floating.contains(wanted.service().address()),
            ring == null ? Cells.NONE : ring.cells(),
            tableCells,
            fallbackCells,
            sources.cells(wanted.service().address()));
    if (!found.equals(Optional.of(cell)) || old == null || !old.key().equals(key)) {
      maps.put("services", key.octets(), cell.octets());
    }
    found.ifPresent(was -> giveBack(was, cell));
    return new BoundService(
        wanted, index, key, cell, reals, ring, IntBuffer.wrap(cells), IntBuffer.wrap(fallback));
  }

  private static int[] indexes(List<Integer> owners, List<BoundReal> reals) {
    int[] indexes = new int[owners.size()];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = reals.get(owners.get(i)).index();
    }
    return indexes;
  }

  /** The cells where this stands: those it stood in already, or new ones. */
  private Cells written(
      int[] wanted,
      @Nullable IntBuffer before,
      Optional<ServiceCell> found,
      Function<ServiceCell, Cells> which)
      throws KernelException {
    if (before != null && found.isPresent() && before.equals(IntBuffer.wrap(wanted))) {
      return which.apply(found.get());
    }
    Cells cells = places.takeTable(wanted.length);
    maps.putInts("tables", cells.offset(), wanted);
    return cells;
  }

  private @Nullable PickRing ring(
      int index, @Nullable BoundService old, Optional<ServiceCell> found) throws KernelException {
    if (old != null && old.ring() != null) {
      return old.ring();
    }
    Cells adopted = found.map(ServiceCell::ring).orElse(Cells.NONE);
    if (adopted.size() > 0) {
      return new PickRing(maps, index, adopted);
    }
    boolean many = (long) (places.largestService() + 1) * RING * 2 > maps.size("picks");
    return new PickRing(maps, index, places.takePicks(many ? SMALL_RING : RING));
  }

  /** What the value before named and this one does not. */
  private void giveBack(ServiceCell was, ServiceCell is) {
    if (!was.ring().equals(is.ring())) {
      places.giveBackPicks(was.ring());
    }
    if (!was.table().equals(is.table())) {
      places.giveBackTable(was.table());
    }
    if (!was.fallback().equals(is.fallback())) {
      places.giveBackTable(was.fallback());
    }
  }

  // --- questions

  /** Tables taken so far: as long as it is the same, {@link #services} is. Under its lock. */
  long tables() {
    return tables;
  }

  /** Addresses that other directors may have. */
  synchronized Set<InetAddress> floating() {
    return floating;
  }

  Map<String, BoundService> services() {
    return services;
  }

  /** Name of the virtual service that has or had this index. */
  Optional<String> serviceName(int index) {
    return Optional.ofNullable(serviceNames.get(index));
  }

  /** How the connections of the service with this index are logged. */
  ConnectionLog connectionLog(int index) {
    return logs.getOrDefault(index, ConnectionLog.NONE);
  }

  Optional<RealServerId> realName(int index) {
    return Optional.ofNullable(realNames.get(index));
  }

  Map<Integer, RealServerId> realNames() {
    return Map.copyOf(realNames);
  }

  synchronized int largestReal() {
    return places.largestReal();
  }

  synchronized int largestService() {
    return places.largestService();
  }

  /** Idle times by index of the service; one that is gone keeps its own. */
  synchronized Optional<Idle> idle(int service) throws KernelException {
    Idle known = idle.get(service);
    if (known == null) {
      var octets = maps.get("timeouts", Octets.key(service));
      known = octets == null ? null : Idle.read(octets);
    }
    return Optional.ofNullable(known);
  }

  synchronized BitSet retired() {
    return places.retired();
  }

  /** Real servers that are not wanted and whose names are known. */
  synchronized List<Drains.Leaving> retiredNames() {
    List<Drains.Leaving> leaving = new ArrayList<>();
    places.eachRetired(
        (index, service) -> {
          RealServerId id = realNames.get(index);
          String name = serviceNames.get(service);
          if (id != null && name != null) {
            leaving.add(new Drains.Leaving(name, id, index));
          }
        });
    return leaving;
  }

  /**
   * Frees the indexes of real servers that are not wanted and have no connection any more; told
   * before they are named no more.
   */
  synchronized void free(BitSet unused, java.util.function.IntConsumer told)
      throws KernelException {
    BitSet freed = places.free(unused);
    freed.stream().forEach(told);
    freed.stream().forEach(realNames::remove);
  }
}
