package org.strowger.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The virtual services with protocol UDP: which sockets they have. Called under the wire's lock.
 *
 * <p>A service with one port has a socket on each loop (SO_REUSEPORT), a range one a port, spread
 * over the loops. The kernel chooses among the sockets of one port by a hash of both addresses and
 * ports, so their number never changes while they are open, not even when another wire with another
 * number of loops takes them.
 *
 * <p>A service that should not listen any more keeps its sockets while it has flows, so that a
 * drained one serves them to their end; new ones are the decider's to refuse.
 */
final class Datagrams {
  private static final Logger log = LoggerFactory.getLogger(Datagrams.class);

  private final Exchange exchange;
  private final Ledger ledger;
  private final List<Loop> loops;
  private final int rows;
  private final BiConsumer<ServicePort, String> tell;

  /** Changed under the wire's lock, read anywhere. */
  private final Map<String, ServicePort> services = new ConcurrentHashMap<>();

  /** Open sockets by service and port. */
  private final Map<String, Map<Integer, List<DatagramPort>>> sockets = new HashMap<>();

  /**
   * @param loops that carry datagrams, of {@code rows} loops that write the ledger
   * @param tell is told what came of listening: empty, or why not
   */
  Datagrams(
      Exchange exchange,
      Ledger ledger,
      List<Loop> loops,
      int rows,
      BiConsumer<ServicePort, String> tell) {
    this.exchange = exchange;
    this.ledger = ledger;
    this.loops = loops;
    this.rows = rows;
    this.tell = tell;
  }

  /** The virtual services wanted now; any thread. */
  Collection<ServicePort> services() {
    return services.values();
  }

  // --- wanted services

  /** Serves exactly these. */
  void apply(Collection<WantedService> wanted) {
    Map<String, WantedService> named = new HashMap<>();
    wanted.forEach(service -> named.put(service.name(), service));
    List<ServicePort> gone =
        services.values().stream().filter(port -> !named.containsKey(port.name())).toList();
    for (WantedService service : wanted) {
      ServicePort port = services.get(service.name());
      if (port == null) {
        port = new ServicePort(service, ledger, rows);
        services.put(service.name(), port);
        inherit(port, gone);
      } else {
        change(port, service);
      }
    }
    for (ServicePort port : gone) {
      services.remove(port.name());
      close(port.name(), all -> true);
    }
    services.values().forEach(this::listen);
  }

  private void change(ServicePort port, WantedService service) {
    WantedService before = port.wanted();
    port.want(service);
    loops.forEach(loop -> loop.events().execute(() -> port.tidy(loop)));
    if (!before.address().getAddress().equals(service.address().getAddress())) {
      close(port.name(), all -> true);
    }
  }

  /** A renamed service keeps its sockets, and what comes through them. */
  private void inherit(ServicePort port, List<ServicePort> gone) {
    for (ServicePort old : gone) {
      Map<Integer, List<DatagramPort>> open = sockets.get(old.name());
      if (open != null && old.wanted().address().equals(port.wanted().address())) {
        sockets.remove(old.name());
        sockets.put(port.name(), open);
        each(open, at -> at.loop().events().execute(() -> at.serve(port)));
        return;
      }
    }
  }

  private static void each(
      Map<Integer, List<DatagramPort>> open, java.util.function.Consumer<DatagramPort> action) {
    open.values().forEach(group -> group.forEach(action));
  }

  /** Opens what is missing and closes what is too much; tries again what failed. */
  void listenAgain() {
    services.values().forEach(this::listen);
  }

  private void listen(ServicePort port) {
    WantedService wanted = port.wanted();
    int first = wanted.address().getPort();
    close(port.name(), at -> at < first || at > wanted.lastPort());
    Map<Integer, List<DatagramPort>> open =
        sockets.computeIfAbsent(port.name(), name -> new HashMap<>());
    if (!wanted.listening()) {
      if (open.values().stream().flatMap(List::stream).allMatch(at -> at.flows() == 0)) {
        close(port.name(), at -> true);
      }
      port.failure(null);
      return;
    }
    int count = wanted.lastPort() - first + 1;
    if (count > Limits.DATAGRAM_PORTS) {
      close(port.name(), at -> true);
      tell.accept(
          port, where(wanted) + ": at most " + Limits.DATAGRAM_PORTS + " ports with protocol udp");
      return;
    }
    try {
      for (int number = first; number <= wanted.lastPort(); number++) {
        if (!open.containsKey(number)) {
          open.put(number, open(port, number, count == 1));
        }
      }
      tell.accept(port, "");
    } catch (IOException | RuntimeException e) {
      if (port.failure() == null || !port.failure().isEmpty()) {
        close(port.name(), at -> true); // all or nothing when it is new
      }
      tell.accept(port, where(wanted) + ": " + e.getMessage());
    }
  }

  private static String where(WantedService wanted) {
    InetSocketAddress address = wanted.address();
    String last = wanted.lastPort() == address.getPort() ? "" : "-" + wanted.lastPort();
    return "cannot listen on "
        + address.getAddress().getHostAddress()
        + " udp port "
        + address.getPort()
        + last;
  }

  /**
   * All sockets of one port. What came before the last one was open is thrown away: the kernel may
   * have given it to another socket than what follows.
   */
  private List<DatagramPort> open(ServicePort port, int number, boolean onEachLoop)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(port.wanted().address().getAddress(), number);
    List<DatagramChannel> bound = new ArrayList<>();
    List<DatagramPort> opened = new ArrayList<>();
    try {
      if (onEachLoop && loops.size() > 1) {
        requireFree(address);
        for (int i = 0; i < loops.size(); i++) {
          bound.add(bind(address, true));
        }
      } else {
        bound.add(bind(address, false));
      }
      for (int i = 0; i < bound.size(); i++) {
        Loop loop = loops.get((onEachLoop ? i : number) % loops.size());
        opened.add(new DatagramPort(exchange, loop, port, bound.get(i)));
      }
      opened.forEach(at -> at.loop().ask(starting(at)));
      return opened;
    } catch (IOException | RuntimeException e) {
      for (DatagramChannel channel : bound) {
        channel.close();
      }
      throw e;
    }
  }

  private static Callable<Boolean> starting(DatagramPort at) {
    return () -> {
      at.discard();
      at.open();
      return true;
    };
  }

  /** See {@link Listeners#requireFree}. */
  private static void requireFree(InetSocketAddress address) throws IOException {
    try (DatagramSocket trial = new DatagramSocket(null)) {
      trial.bind(address);
    }
  }

  private static DatagramChannel bind(InetSocketAddress address, boolean shared)
      throws IOException {
    DatagramChannel channel =
        DatagramChannel.open(
            address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, Limits.DATAGRAM_BUFFER_BYTES);
      if (shared) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      channel.bind(address);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void close(String service, java.util.function.IntPredicate which) {
    Map<Integer, List<DatagramPort>> open = sockets.get(service);
    if (open == null) {
      return;
    }
    open.entrySet()
        .removeIf(
            entry -> {
              if (!which.test(entry.getKey())) {
                return false;
              }
              entry
                  .getValue()
                  .forEach(
                      at ->
                          at.loop()
                              .ask(
                                  () -> {
                                    at.close();
                                    return true;
                                  }));
              return true;
            });
    if (open.isEmpty()) {
      sockets.remove(service);
    }
  }

  /** Closes all sockets; their flows end. */
  void close() {
    List.copyOf(sockets.keySet()).forEach(service -> close(service, at -> true));
    services.clear();
  }

  // --- beside another wire

  /** For another wire: the open sockets by service. */
  Map<String, List<DatagramChannel>> handed() {
    Map<String, List<DatagramChannel>> handed = new HashMap<>();
    sockets.forEach(
        (service, open) -> {
          List<DatagramChannel> channels = new ArrayList<>();
          each(open, at -> channels.add(at.channel()));
          handed.put(service, channels);
        });
    return handed;
  }

  /**
   * The flows as they are, which nobody touches from now on: until {@link #retire}, or if that does
   * not come, until the loops go on with them.
   */
  List<Map<String, Object>> handFlows() {
    List<Map<String, Object>> flows = new ArrayList<>();
    for (Loop loop : loops) {
      flows.addAll(loop.ask(loop.flows()::freeze));
      loop.later(Limits.HAND_OVER_MILLIS, loop.flows()::thaw);
    }
    flows.sort(Comparator.comparingLong(flow -> (Long) flow.getOrDefault(Contract.ID, 0L)));
    return flows;
  }

  /** Another wire has all sockets and flows now; they stay open. */
  void retire() {
    for (Loop loop : loops) {
      loop.ask(
          () -> {
            loop.flows().abandon();
            return true;
          });
    }
    sockets.clear();
    services.clear();
  }

  /**
   * Goes on with sockets and flows of another wire.
   *
   * @param flows asked when all is ready, because nobody reads from then on until this returns
   */
  void adopt(
      List<WantedService> wanted,
      Map<String, List<DatagramChannel>> handed,
      Supplier<List<Map<String, Object>>> flows) {
    Map<DatagramChannel, DatagramPort> ports = new HashMap<>();
    Map<DatagramChannel, ServicePort> owners = new HashMap<>();
    for (WantedService service : wanted) {
      ServicePort port = new ServicePort(service, ledger, rows);
      services.put(service.name(), port);
      List<DatagramChannel> channels = handed.getOrDefault(service.name(), List.of());
      for (int i = 0; i < channels.size(); i++) {
        DatagramPort at = adopted(port, channels.get(i), loops.get(i % loops.size()));
        ports.put(channels.get(i), at);
        owners.put(channels.get(i), port);
      }
    }
    try {
      for (Map<String, Object> map : flows.get()) {
        HandedFlow flow = HandedFlow.of(map);
        DatagramPort at = ports.get(flow.at());
        ServicePort port = services.getOrDefault(flow.service(), owners.get(flow.at()));
        if (at != null && port != null) {
          at.loop().ask(adopting(at, port, flow));
        }
      }
      ports.values().forEach(at -> at.loop().ask(opening(at)));
    } catch (RuntimeException e) {
      retire(); // nothing of the other wire's may be closed here
      throw e;
    }
    services.values().forEach(this::listen);
  }

  private DatagramPort adopted(ServicePort port, DatagramChannel channel, Loop loop) {
    try {
      DatagramPort at = new DatagramPort(exchange, loop, port, channel);
      sockets
          .computeIfAbsent(port.name(), name -> new HashMap<>())
          .computeIfAbsent(at.local().getPort(), number -> new ArrayList<>())
          .add(at);
      return at;
    } catch (IOException e) {
      throw new UncheckedIOException("socket of " + port.name() + " handed over is closed", e);
    }
  }

  private Callable<Boolean> adopting(DatagramPort at, ServicePort port, HandedFlow flow) {
    return () -> {
      try {
        DatagramFlow.adopt(exchange, at, port, flow);
      } catch (IOException e) { // it was cut there in this very moment
        log.debug("flow not taken over: {}", e.toString());
      }
      return true;
    };
  }

  private static Callable<Boolean> opening(DatagramPort at) {
    return () -> {
      at.open();
      return true;
    };
  }
}
