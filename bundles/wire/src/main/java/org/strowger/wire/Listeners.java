package org.strowger.wire;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.strowger.wire.ServicePort.Listener;
import org.strowger.wire.Transport.ListeningSocket;

/** Opens, adopts, hands over and closes listening sockets; called under the wire's lock. */
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
   * Opens one socket on each loop from {@code first} on.
   *
   * @return done when all listen; exceptional if one cannot, and none is left open then
   */
  CompletableFuture<Void> open(ServicePort port, int first) {
    List<Listener> opened = new ArrayList<>();
    List<CompletableFuture<Void>> bound = new ArrayList<>();
    try {
      for (Loop loop : loops.subList(Math.min(first, loops.size()), loops.size())) {
        Listener listener = listener(port, loop, exchange.transport().listening());
        opened.add(listener);
        bound.add(bind(listener, port.wanted().address()));
      }
    } catch (IOException | RuntimeException e) {
      bound.add(CompletableFuture.failedFuture(e));
    }
    port.listeners().addAll(opened);
    return CompletableFuture.allOf(bound.toArray(CompletableFuture<?>[]::new))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                opened.forEach(listener -> listener.channel().close());
              }
            });
  }

  private Listener listener(ServicePort port, Loop loop, ListeningSocket socket) {
    Acceptor acceptor = new Acceptor(exchange, loop, port);
    // Where sockets go without channels the acceptor has an operation of its own.
    socket.channel().config().setAutoRead(!exchange.transport().rings());
    socket.channel().pipeline().addLast(acceptor);
    return new Listener(loop, socket, acceptor);
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
      Loop loop = loops.get(i % loops.size());
      Listener listener = listener(port, loop, exchange.transport().adopt(handed.get(i)));
      port.listeners().add(listener);
      loop.ask(() -> loop.events().register(listener.channel()));
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
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    for (Listener listener : port.listeners()) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      closed.add(done);
      listener.channel().close().addListener(ignored -> done.complete(null));
    }
    port.listeners().clear();
    return CompletableFuture.allOf(closed.toArray(CompletableFuture<?>[]::new));
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
  }

  /** The service at this address has another name now: its sockets stay open. */
  static void rename(ServicePort from, ServicePort to) {
    for (Listener listener : from.listeners()) {
      listener.loop().events().execute(() -> listener.acceptor().serve(to));
    }
    to.listeners().addAll(from.listeners());
    from.listeners().clear();
  }
}
