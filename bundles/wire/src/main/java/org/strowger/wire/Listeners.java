package org.strowger.wire;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.strowger.wire.ServicePort.Listener;
import org.strowger.wire.Transport.ListeningSocket;

/**
 * Opens, adopts, hands over and closes listening sockets; called under the wire's lock.
 *
 * <p>A lone port has one socket on each loop, among which the kernel spreads. Of several ports each
 * has one socket, and the ports are spread over the loops: sockets are as many as ports, not as
 * ports times loops. The ports of a steered service share the sockets of one port.
 */
// Netty tells what comes of an ignored future to the handler or in the log.
@SuppressWarnings("FutureReturnValueIgnored")
final class Listeners {
  private final Exchange exchange;
  private final List<Loop> loops;

  Listeners(Exchange exchange, List<Loop> loops) {
    this.exchange = exchange;
    this.loops = loops;
  }

  /**
   * What came of opening.
   *
   * @param failures ports that cannot be listened on, each with the reason
   * @param unusable their sockets, closed
   */
  record Opened(SortedMap<Integer, String> failures, List<Listener> unusable) {}

  /**
   * Says whether the address is free. The sockets share it among themselves (SO_REUSEPORT), which
   * another director of the same user could silently do as well: so a socket without that option is
   * tried first. It does not listen, so no client can meet it.
   */
  static void requireFree(InetSocketAddress address) throws IOException {
    try (Socket trial = new Socket()) {
      trial.setReuseAddress(true);
      trial.bind(address);
    }
  }

  /**
   * Opens what is wanted and not open yet.
   *
   * @param beside another wire of this process may have sockets on the same ports
   * @return done when all listen or cannot; what cannot is not in the service's list after {@link
   *     Opened#unusable} was taken out of it
   */
  CompletableFuture<Opened> open(ServicePort port, boolean beside) {
    InetAddress at = port.wanted().address().getAddress();
    Map<Integer, Set<Loop>> present = present(port);
    SortedMap<Integer, String> failures = new ConcurrentSkipListMap<>();
    List<CompletableFuture<List<Listener>>> each = new ArrayList<>();
    for (int number : numbers(port)) {
      Set<Loop> has = present.getOrDefault(number, Set.of());
      List<Loop> missing =
          wanted(port, number).stream().filter(loop -> !has.contains(loop)).toList();
      if (missing.isEmpty() || (!has.isEmpty() && port.wanted().ports() > 1)) {
        continue;
      }
      List<Listener> opened = new ArrayList<>();
      each.add(
          open(port, new InetSocketAddress(at, number), missing, beside || !has.isEmpty(), opened)
              .handle((done, failure) -> failed(number, failure, opened, failures)));
    }
    return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done ->
                new Opened(failures, each.stream().flatMap(one -> one.join().stream()).toList()));
  }

  private static Map<Integer, Set<Loop>> present(ServicePort port) {
    port.listeners().removeIf(listener -> !listener.channel().isOpen());
    Map<Integer, Set<Loop>> present = new HashMap<>();
    port.listeners()
        .forEach(
            listener ->
                present
                    .computeIfAbsent(listener.port(), n -> new HashSet<>())
                    .add(listener.loop()));
    return present;
  }

  /** The ports that get sockets: of a steered service one that is open already, or the first. */
  private static int[] numbers(ServicePort port) {
    WantedService wanted = port.wanted();
    int first = wanted.address().getPort();
    if (wanted.steered()) {
      return port.listeners().isEmpty()
          ? new int[] {first}
          : new int[] {port.listeners().getFirst().port()};
    }
    return IntStream.rangeClosed(first, wanted.lastPort()).toArray();
  }

  private List<Loop> wanted(ServicePort port, int number) {
    WantedService service = port.wanted();
    return service.ports() == 1 || service.steered()
        ? loops
        : List.of(loops.get(number % loops.size()));
  }

  private CompletableFuture<Void> open(
      ServicePort port,
      InetSocketAddress address,
      List<Loop> on,
      boolean shared,
      List<Listener> opened) {
    List<CompletableFuture<Void>> bound = new ArrayList<>();
    try {
      if (!shared) {
        requireFree(address);
      }
      for (Loop loop : on) {
        Listener listener =
            listener(port, loop, exchange.transport().listening(), address.getPort());
        opened.add(listener);
        port.listeners().add(listener);
        bound.add(bind(listener, address));
      }
    } catch (IOException | RuntimeException e) {
      bound.add(CompletableFuture.failedFuture(e));
    }
    return CompletableFuture.allOf(bound.toArray(CompletableFuture<?>[]::new));
  }

  private static List<Listener> failed(
      int number,
      @Nullable Throwable failure,
      List<Listener> opened,
      SortedMap<Integer, String> failures) {
    if (failure == null) {
      return List.of();
    }
    Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
    failures.put(number, String.valueOf(cause.getMessage()));
    opened.forEach(Listeners::close);
    return opened;
  }

  private Listener listener(ServicePort port, Loop loop, ListeningSocket socket, int number) {
    InetAddress at = port.wanted().address().getAddress();
    Acceptor acceptor = new Acceptor(exchange, loop, port, new InetSocketAddress(at, number));
    // Where sockets go without channels the acceptor has an operation of its own.
    socket.channel().config().setAutoRead(!exchange.transport().rings());
    socket.channel().pipeline().addLast(acceptor);
    return new Listener(loop, socket, acceptor, number);
  }

  private static CompletableFuture<Void> bind(Listener listener, InetSocketAddress address) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    Channel channel = listener.channel();
    listener
        .loop()
        .events()
        .execute(
            () -> {
              listener.loop().events().register(channel);
              channel
                  .bind(address)
                  .addListener(
                      done -> {
                        if (done.isSuccess()) {
                          result.complete(null);
                        } else {
                          result.completeExceptionally(done.cause());
                        }
                      });
            });
    return result;
  }

  /** Accepts on sockets of another wire; each is owned by this one from now on. */
  void adopt(ServicePort port, List<Object> handed) {
    for (int i = 0; i < handed.size(); i++) {
      ListeningSocket socket = exchange.transport().adopt(handed.get(i));
      int number = Transport.port(socket);
      List<Loop> on = wanted(port, number);
      Listener listener = listener(port, on.get(i % on.size()), socket, number);
      port.listeners().add(listener);
      listener.loop().ask(() -> listener.loop().events().register(listener.channel()));
    }
  }

  /** Duplicates of the sockets, for another wire. */
  List<Object> duplicates(ServicePort port) throws IOException {
    List<Object> handed = new ArrayList<>();
    try {
      for (Listener listener : port.listeners()) {
        handed.add(exchange.transport().duplicate(listener.socket()));
      }
    } catch (IOException e) {
      for (Object socket : handed) {
        Transport.discard(socket);
      }
      throw e;
    }
    return handed;
  }

  /** Stops listening: what waits in the backlog is reset by the kernel. */
  CompletableFuture<Void> close(ServicePort port) {
    Steering steering = port.steering();
    if (steering != null) {
      steering.close();
      port.steering(null);
    }
    return close(port, listener -> true);
  }

  /** Stops listening on ports that the service has no more. */
  CompletableFuture<Void> closeUnwanted(ServicePort port) {
    return close(port, listener -> !port.wanted().hasPort(listener.port()));
  }

  private static CompletableFuture<Void> close(ServicePort port, Predicate<Listener> which) {
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    for (Listener listener : port.listeners().stream().filter(which).toList()) {
      closed.add(close(listener));
    }
    port.listeners().removeIf(which);
    return CompletableFuture.allOf(closed.toArray(CompletableFuture<?>[]::new));
  }

  /** On the listener's loop: it may be on the list before its loop has registered it. */
  private static CompletableFuture<Void> close(Listener listener) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    listener
        .loop()
        .events()
        .execute(() -> listener.channel().close().addListener(_ -> done.complete(null)));
    return done;
  }

  /**
   * Leaves the sockets to the wire that has them now. A connection that a loop has just taken is
   * still handled here, and only then the descriptor is closed.
   */
  void retire(ServicePort port) {
    for (Listener listener : port.listeners()) {
      Channel channel = listener.channel();
      boolean shared = listener.socket().jdk() != null;
      listener.loop().events().execute(() -> listener.acceptor().close(channel));
      listener
          .loop()
          .later(
              shared ? 0 : Limits.RETIRE_MILLIS,
              () -> {
                if (shared) {
                  channel.deregister();
                } else {
                  channel.close();
                }
              });
    }
    port.listeners().clear();
    Steering steering = port.steering();
    if (steering != null) { // the wire that has the sockets has attached its own before
      port.steering(null);
      loops.getFirst().later(Limits.RETIRE_MILLIS, steering::close);
    }
  }

  /** The service at this address has another name now: its sockets stay open. */
  static void rename(ServicePort from, ServicePort to) {
    for (Listener listener : from.listeners()) {
      listener.loop().events().execute(() -> listener.acceptor().serve(to));
    }
    to.listeners().addAll(from.listeners());
    from.listeners().clear();
    to.steering(from.steering());
    from.steering(null);
  }
}
