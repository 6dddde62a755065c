package org.strowger.wire;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A virtual service on the wire: what is wanted of it, its listening sockets (one a loop, or with a
 * range of ports one a port), and its rows in the ledger. Live connections keep it when it is no
 * longer wanted.
 */
final class ServicePort {
  /** What one loop keeps for this service; touched by that loop only. */
  static final class Shard {
    private final Tally tally;
    private final Map<String, Tally> reals = new HashMap<>();
    private final Rotation rotation = new Rotation();

    Shard(Tally tally) {
      this.tally = tally;
    }

    Tally tally() {
      return tally;
    }

    Rotation rotation() {
      return rotation;
    }
  }

  private final String name;
  private final Ledger ledger;
  private final Shard[] shards;
  private final WaitingLine line = new WaitingLine();
  private final ConnectionLog connectionLog = new ConnectionLog();

  /** Guarded by the wire's lock. */
  private final List<Listener> listeners = new ArrayList<>();

  /** Guarded by the wire's lock: sockets are being bound. */
  private boolean opening;

  /** Guarded by the wire's lock: wanted to be opened again when that has come to its end. */
  private boolean openAgain;

  /** Guarded by the wire's lock: leads all ports of the service to its sockets. */
  private @Nullable Steering steering;

  private volatile WantedService wanted;
  private volatile @Nullable String failure;

  ServicePort(WantedService wanted, Ledger ledger, int loops) {
    this.name = wanted.name();
    this.wanted = wanted;
    this.ledger = ledger;
    this.shards = new Shard[loops];
    var page = ledger.page(name, Contract.SERVICE_ROW);
    for (int i = 0; i < loops; i++) {
      shards[i] = new Shard(new Tally(page, i, Contract.SERVICE_ROW));
    }
    openReals(wanted);
  }

  private void openReals(WantedService service) {
    service.reals().forEach(real -> ledger.page(name + "|" + real.id(), Contract.REAL_ROW));
  }

  String name() {
    return name;
  }

  WantedService wanted() {
    return wanted;
  }

  void want(WantedService service) {
    openReals(service);
    wanted = service;
  }

  Shard shard(Loop loop) {
    return shards[loop.index()];
  }

  /** The counters of a real server of this service; on the loop. */
  Tally real(Loop loop, String id) {
    Shard shard = shard(loop);
    Tally known = shard.reals.get(id);
    if (known == null) {
      known =
          new Tally(
              ledger.page(name + "|" + id, Contract.REAL_ROW), loop.index(), Contract.REAL_ROW);
      shard.reals.put(id, known);
    }
    return known;
  }

  /** After {@link #want}, on the loop: forgets real servers that are no longer wanted. */
  void tidy(Loop loop) {
    List<WantedService.WantedReal> reals = wanted.reals();
    shard(loop).rotation.retain(reals);
    loop.sweep().shorten(wanted.times().shortest());
    shard(loop).reals.keySet().removeIf(id -> reals.stream().noneMatch(r -> r.id().equals(id)));
  }

  /** Connections that wait for a place on a real server. */
  WaitingLine line() {
    return line;
  }

  ConnectionLog connectionLog() {
    return connectionLog;
  }

  /** A place on a real server may have become free; any thread. */
  void placeFreed() {
    if (wanted.queueSize() > 0) {
      line.placeFreed();
    }
  }

  List<Listener> listeners() {
    return listeners;
  }

  boolean opening() {
    return opening;
  }

  /** From now on its sockets are being bound; false if they are already, then it is done again. */
  boolean beginOpening() {
    openAgain = opening;
    if (opening) {
      return false;
    }
    opening = true;
    return true;
  }

  /** Its sockets are bound, or cannot be; true if something changed meanwhile. */
  boolean endOpening() {
    opening = false;
    boolean again = openAgain;
    openAgain = false;
    return again;
  }

  @Nullable Steering steering() {
    return steering;
  }

  void steering(@Nullable Steering present) {
    steering = present;
  }

  /** Empty if it is listened on, or why not; null while nothing is known or wanted. */
  @Nullable String failure() {
    return failure;
  }

  /** True if this is news. */
  boolean failure(@Nullable String text) {
    boolean news = !Objects.equals(failure, text);
    failure = text;
    return news;
  }

  /**
   * A listening socket on its loop.
   *
   * @param port what it is bound to
   */
  record Listener(Loop loop, Transport.ListeningSocket socket, Acceptor acceptor, int port) {
    Channel channel() {
      return socket.channel();
    }
  }
}
