package org.strowger.wire;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wire: event loops, listening sockets, live connections, and the ledger they write. */
// Netty tells what comes of an ignored future to the handler or in the log.
@SuppressWarnings("FutureReturnValueIgnored")
final class SocketWire implements Wire, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SocketWire.class);

  private final Loops loops;
  private final Exchange exchange;
  private final Ledger ledger;
  private final Listeners listeners;
  private final Listening listening;
  private final Datagrams datagrams;
  private final LiveTable live;
  private final Runnable whenChanged;

  /** Wanted services; changed under {@code this}, read anywhere. */
  private final Map<String, ServicePort> ports = new ConcurrentHashMap<>();

  private volatile boolean retired;

  /** One more than that of the wire before: the greatest holds the listening sockets. */
  private volatile long generation;

  /** Retired, and nothing can come from a backlog any more. */
  private volatile boolean settled;

  /**
   * A wire without services.
   *
   * @param books ledger and memory to go on with: empty maps, or those of the wire before
   * @param whenChanged called, on any thread, when {@link #drained} may have changed
   */
  SocketWire(Transport transport, int loopCount, Books books, Runnable whenChanged) {
    this(transport, loopCount, books, Bounds.ofProcess(), whenChanged);
  }

  SocketWire(Transport transport, int loopCount, Books books, Bounds bounds, Runnable whenChanged) {
    this.ledger = new Ledger(2 * loopCount, books.ledger());
    this.loops = new Loops(transport, loopCount, (int) (books.generation() & 1), ledger, bounds);
    this.live = new LiveTable(loops.all());
    this.whenChanged = whenChanged;
    this.generation = books.generation();
    this.exchange =
        new Exchange(
            transport,
            books.generation(),
            books.memory(),
            loops.streams(),
            bounds.files(),
            this::loopIdle);
    this.listeners = new Listeners(exchange, loops.streams());
    exchange.watch().start();
    this.listening = new Listening(this, exchange, listeners, ports);
    this.datagrams =
        new Datagrams(exchange, ledger, loops.datagrams(), loops.all().size(), listening::tell);
    listenLater();
  }

  /** What outlives a wire. */
  record Books(
      long generation,
      ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> ledger,
      ConcurrentMap<String, Object> memory) {
    static Books empty() {
      return new Books(1, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }
  }

  @Override
  public String transport() {
    return exchange.transport().word();
  }

  // --- deciding

  @Override
  public void decideBy(Object decider) {
    exchange.decider(decider, Structural.bind(Decider.class, decider));
    loops.all().forEach(loop -> loop.events().execute(loop::unpark));
  }

  @Override
  public void undecide(Object decider) {
    exchange.undecide(decider);
  }

  // --- wanted services

  @Override
  public synchronized void apply(List<Map<String, Object>> services) {
    Map<String, WantedService> wanted = new LinkedHashMap<>();
    List<WantedService> withDatagrams = new ArrayList<>();
    for (Map<String, Object> map : services) {
      WantedService service = WantedService.of(map);
      if (service.udp()) {
        withDatagrams.add(service);
      } else {
        wanted.put(service.name(), service);
      }
    }
    if (retired) {
      return; // the wire that took over has its own order
    }
    datagrams.apply(withDatagrams);
    List<ServicePort> gone = new ArrayList<>();
    ports.values().removeIf(port -> !wanted.containsKey(port.name()) && gone.add(port));
    List<ServicePort> moved = new ArrayList<>();
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    wanted.values().forEach(service -> want(service, moved, gone, closed));
    gone.forEach(port -> closed.add(listeners.close(port)));
    CompletableFuture.allOf(closed.toArray(CompletableFuture<?>[]::new))
        .whenComplete((done, failure) -> listening.open(moved));
    ledger.prune(keys());
  }

  private void want(
      WantedService service,
      List<ServicePort> moved,
      List<ServicePort> gone,
      List<CompletableFuture<Void>> shrunk) {
    ServicePort port = ports.get(service.name());
    if (port == null) {
      port = new ServicePort(service, ledger, loops.all().size());
      ports.put(service.name(), port);
      moved.add(port);
      inherit(port, gone);
      shrunk.add(listeners.closeUnwanted(port));
      return;
    }
    WantedService before = port.wanted();
    port.want(service);
    ServicePort same = port;
    loops.all().forEach(loop -> loop.events().execute(() -> same.tidy(loop)));
    port.placeFreed();
    if (service.listensElsewhere(before)) {
      gone.add(port);
      moved.add(port);
    } else if (!service.address().equals(before.address())
        || service.lastPort() != before.lastPort()
        || service.transparentSource() != before.transparentSource()) {
      shrunk.add(listeners.closeUnwanted(port));
      moved.add(port);
    }
  }

  /** A renamed service keeps its listening sockets. */
  private static void inherit(ServicePort port, List<ServicePort> gone) {
    if (port.wanted().listening()) {
      gone.stream()
          .filter(old -> !port.wanted().listensElsewhere(old.wanted()))
          .filter(old -> !old.listeners().isEmpty() && !old.opening())
          .findFirst()
          .ifPresent(old -> Listeners.rename(old, port));
    }
  }

  private List<ServicePort> all() {
    List<ServicePort> all = new ArrayList<>(ports.values());
    all.addAll(datagrams.services());
    return all;
  }

  private Set<String> keys() {
    Set<String> keys = new HashSet<>();
    keys.add(Contract.WIRE_PAGE);
    for (ServicePort port : all()) {
      keys.add(port.name());
      port.wanted().reals().forEach(real -> keys.add(port.name() + "|" + real.id()));
    }
    return keys;
  }

  /** Now and then, and not on the loop: it may have to wait for the lock. */
  private void listenLater() {
    loops
        .all()
        .getFirst()
        .later(
            Limits.LISTEN_RETRY_MILLIS,
            () -> {
              listenLater();
              Thread.ofVirtual().name("wire-listen").start(this::listenAgain);
            });
  }

  private synchronized void listenAgain() {
    listening.retry();
    datagrams.listenAgain();
  }

  @Override
  public Map<String, String> listening() {
    return Listening.report(all());
  }

  // --- being asked

  @Override
  public ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> ledger() {
    return ledger.books();
  }

  @Override
  public ConcurrentMap<String, Object> memory() {
    return exchange.memory();
  }

  @Override
  public List<Map<String, Object>> connections(Map<String, Object> filter, int limit) {
    return live.list(filter, limit);
  }

  @Override
  public List<Map<String, Object>> top(String by, Map<String, Object> filter, int limit) {
    return live.top(by, filter, limit);
  }

  @Override
  public long held() {
    return live.size();
  }

  @Override
  public int disconnect(Map<String, Object> filter) {
    return live.disconnect(filter);
  }

  // --- beside another wire

  @Override
  public synchronized Map<String, Object> handOver() {
    Map<String, Object> sockets = new HashMap<>();
    try {
      for (ServicePort port : ports.values()) {
        sockets.put(port.name(), listeners.duplicates(port));
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot hand over: " + e.getMessage(), e);
    }
    return Map.of(
        Contract.HANDED_TRANSPORT,
        transport(),
        Contract.HANDED_DATAGRAMS,
        datagrams.handed(),
        Contract.HANDED_FLOWS,
        (Supplier<List<Map<String, Object>>>) datagrams::handFlows,
        Contract.HANDED_SERVICES,
        all().stream().map(port -> port.wanted().toMap()).toList(),
        Contract.HANDED_SOCKETS,
        sockets,
        Contract.HANDED_GENERATION,
        generation,
        Contract.HANDED_LEDGER,
        ledger.books(),
        Contract.HANDED_MEMORY,
        exchange.memory());
  }

  @Override
  public void retire() {
    synchronized (this) {
      retired = true;
      ports.values().forEach(listeners::retire);
      datagrams.retire();
      ports.clear();
    }
    log.info("handed over; {} live connections stay until they end", live.size());
    loops.all().getFirst().later(2 * Limits.RETIRE_MILLIS, this::settle);
  }

  private void settle() {
    settled = retired;
    tellChange();
  }

  private void loopIdle() {
    if (settled) {
      tellChange();
    }
  }

  /** Never on a loop: whoever hears it may ask the loops something. */
  private void tellChange() {
    Thread.ofVirtual().name("wire-change").start(whenChanged);
  }

  @Override
  public void takeOverFrom(Object otherWire) {
    Wire other = Structural.bind(Wire.class, otherWire);
    Takeover takeover = new Takeover(other.handOver());
    SocketWire.Books books = takeover.books();
    ledger.absorb(books.ledger());
    takeover.into(this);
    generation = Math.max(generation, books.generation());
    other.retire();
    tellChange();
  }

  /** Serves what another wire served, on its sockets where the transport is the same. */
  synchronized void adopt(List<WantedService> services, Map<String, List<Object>> sockets) {
    retired = false;
    settled = false;
    for (WantedService service : services) {
      if (service.udp()) {
        continue; // see adoptDatagrams
      }
      ServicePort port = new ServicePort(service, ledger, loops.all().size());
      ports.put(service.name(), port);
      listeners.adopt(port, sockets.getOrDefault(service.name(), List.of()));
      listening.open(port, true);
    }
  }

  /** The listening sockets of a service. */
  synchronized List<Object> listeningSockets(String service) {
    ServicePort port = ports.get(service);
    return port == null
        ? List.of()
        : port.listeners().stream().<Object>map(l -> l.channel()).toList();
  }

  /** The same for those with datagrams, flows included; their sockets fit every transport. */
  synchronized void adoptDatagrams(
      List<WantedService> services,
      Map<String, List<DatagramChannel>> sockets,
      Supplier<List<Map<String, Object>>> flows) {
    datagrams.adopt(services.stream().filter(WantedService::udp).toList(), sockets, flows);
  }

  /** Live connections now. */
  int live() {
    return live.size();
  }

  long generation() {
    return generation;
  }

  boolean retired() {
    return retired;
  }

  /** Retired, and the last connection has ended. */
  boolean drained() {
    return settled && live.size() == 0;
  }

  /** Ends everything: live connections are reset, counters stay in the ledger. */
  @Override
  public void close() {
    if (loops.ending()) {
      return;
    }
    synchronized (this) {
      ports.values().forEach(listeners::close);
      ports.clear();
      datagrams.close();
      retired = true;
    }
    live.disconnect(Map.of(), End.SHUTDOWN);
    loops.end();
    ledger.close();
  }
}
