package org.strowger.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.strowger.wire.WantedService.WantedReal;

/**
 * Datagrams that are scheduled alone: each is decided, sent and counted as a connection of its own
 * that ends at once, whoever sent the one before. One a loop; touched by its loop only.
 *
 * <p>An answer must find its client nevertheless. IPVS leaves that to the network (direct routing)
 * or needs an entry; we are the source of what the real server sees, so a <em>way</em> back is kept
 * for a short time: a socket connected to that real server, which belongs to the client of the last
 * datagram sent through it. A way is taken again when it was answered {@link
 * Limits#WAY_ANSWERED_MILLIS} ago or not answered for {@link Limits#WAY_MILLIS}; if there is none,
 * one more is opened, up to {@link Limits#WAYS}; then the one answered longest ago is taken. If
 * every way waits for its answer, the datagram goes through a socket of nobody, and an answer to it
 * is dropped and counted: better no answer than another client's. So it suits what is one question
 * and one answer (DNS, RADIUS, NTP) or has no answer (syslog, flow records). Further datagrams of
 * an answer pass too as long as the way has not been taken again.
 *
 * <p>A datagram does not wait for a decider: while there is none, rotation decides at once.
 */
final class OnePacket {
  private final Loop loop;
  private final Map<InetSocketAddress, Ways> ways = new HashMap<>();
  private boolean sweeping;

  OnePacket(Loop loop) {
    this.loop = loop;
  }

  /** The ways to one real server, those used longest ago first. */
  private static final class Ways {
    private final SequencedSet<Way> waiting = new LinkedHashSet<>();
    private final SequencedSet<Way> answered = new LinkedHashSet<>();
    private @Nullable Way nobodys;
  }

  /** Decides and sends one datagram of a client. */
  void pass(
      Exchange exchange,
      DatagramPort at,
      ServicePort port,
      InetSocketAddress client,
      ByteBuffer data) {
    Account account = new Account(port, loop);
    account.accepted();
    account.count(Contract.PACKETS_IN);
    Errand errand = new Errand(exchange, at, port, client, account);
    int verdict = decide(errand, data);
    if (verdict == Contract.ACCEPTED) {
      account.established();
    } else {
      account.verdict(verdict);
      account.count(Contract.PACKETS_DROPPED);
    }
    account.ended(End.CLIENT_CLOSED);
  }

  /** A datagram on its way, and for whom an answer is. */
  private record Errand(
      Exchange exchange,
      DatagramPort at,
      ServicePort port,
      InetSocketAddress client,
      Account account) {}

  /** The verdict; the datagram is sent if it is {@code ACCEPTED}. */
  private int decide(Errand errand, ByteBuffer data) {
    Set<String> tried = Set.of();
    Account account = errand.account;
    for (int tries = errand.port.wanted().connectTries(); tries > 0; tries--) {
      Object answer =
          errand.exchange.choose(
              errand.port,
              errand.client,
              errand.at.local(),
              tried,
              tried.isEmpty() ? Contract.FIRST : 0,
              account);
      InetSocketAddress real;
      if (answer instanceof Integer code) {
        return !tried.isEmpty()
            ? Contract.CONNECT_FAILED
            : code == Contract.WAIT ? Contract.NO_REAL_SERVER : code;
      } else if (answer instanceof Map.Entry<?, ?> chosen && account.bound()) {
        real = (InetSocketAddress) chosen.getValue();
      } else {
        WantedReal alone = alone(errand, tried);
        if (alone == null) {
          return tried.isEmpty() ? Contract.CONTROL_ABSENT : Contract.CONNECT_FAILED;
        }
        real = FlowSearch.withPort(alone.address(), errand.at.local());
      }
      String chosen = account.real();
      IOException failure = send(errand, real, data);
      if (failure == null) {
        return Contract.ACCEPTED;
      }
      boolean blamed = ConnectFailure.blamesRealServer(failure);
      account.connectFailed(blamed);
      if (!blamed) {
        return Contract.CONNECTION_LIMIT;
      }
      tell(errand, chosen, real, failure);
      tried = tried.isEmpty() ? new TreeSet<>() : tried;
      tried.add(chosen);
    }
    return Contract.CONNECT_FAILED;
  }

  private @Nullable WantedReal alone(Errand errand, Set<String> tried) {
    errand.account.release();
    WantedReal next = errand.port.shard(loop).rotation().next(errand.port.wanted().reals(), tried);
    if (next != null) {
      errand.account.count(Contract.CHOSEN_ALONE);
      errand.account.bind(next.id());
    }
    return next;
  }

  private static void tell(
      Errand errand, String real, InetSocketAddress address, IOException failure) {
    errand.exchange.failed(real + "@" + address);
    errand.exchange.tellFailure(errand.port, real, address, ConnectFailure.text(failure));
  }

  /** Null if it was sent. */
  private @Nullable IOException send(Errand errand, InetSocketAddress real, ByteBuffer data) {
    int start = data.position();
    int length = data.remaining();
    try {
      Way way = way(real);
      boolean sent = way.send(errand, data);
      if (sent) {
        errand.account.moved(true, length);
      } else {
        errand.account.count(Contract.PACKETS_DROPPED); // given to a socket whose buffer is full
      }
      return null;
    } catch (IOException e) {
      data.position(start);
      return e;
    }
  }

  // --- ways

  private Way way(InetSocketAddress real) throws IOException {
    Ways all = ways.computeIfAbsent(real, address -> new Ways());
    long now = System.nanoTime();
    Way way = first(all.answered, now, Limits.WAY_ANSWERED_MILLIS);
    if (way == null) {
      way = first(all.waiting, now, Limits.WAY_MILLIS);
    }
    if (way == null && all.waiting.size() + all.answered.size() < Limits.WAYS) {
      way = new Way(all, real);
    }
    if (way == null) {
      way = first(all.answered, now, 0);
    }
    if (way == null) {
      way = all.nobodys;
    }
    if (way == null) {
      way = new Way(all, real);
      all.nobodys = way;
    }
    if (!sweeping) {
      sweeping = true;
      loop.later(Limits.WAY_MILLIS, this::sweep);
    }
    return way;
  }

  /** The one used longest ago, if that is long enough. */
  private static @Nullable Way first(SequencedSet<Way> from, long now, long millis) {
    if (from.isEmpty()) {
      return null;
    }
    Way way = from.getFirst();
    return (now - way.used) / 1_000_000 >= millis ? way : null;
  }

  private void sweep() {
    long now = System.nanoTime();
    Iterator<Ways> each = ways.values().iterator();
    while (each.hasNext()) {
      Ways all = each.next();
      close(all.answered, now);
      close(all.waiting, now);
      Way nobodys = all.nobodys;
      if (nobodys != null && nobodys.idle(now)) {
        nobodys.socket.close();
        all.nobodys = null;
      }
      if (all.answered.isEmpty() && all.waiting.isEmpty() && all.nobodys == null) {
        each.remove();
      }
    }
    sweeping = !ways.isEmpty();
    if (sweeping) {
      loop.later(Limits.WAY_MILLIS, this::sweep);
    }
  }

  private static void close(SequencedSet<Way> from, long now) {
    while (!from.isEmpty() && from.getFirst().idle(now)) {
      from.removeFirst().socket.close();
    }
  }

  /** A socket to a real server, and whose answers come from it. */
  private final class Way {
    private final Ways all;
    private final InetSocketAddress real;
    private final ReadyChannel socket;
    private long used;
    private @Nullable Errand last;
    private String lastReal = "";

    Way(Ways all, InetSocketAddress real) throws IOException {
      this.all = all;
      this.real = real;
      this.socket = ReadyChannel.to(real, loop, this::readable);
    }

    boolean idle(long now) {
      return (now - used) / 1_000_000 >= Limits.WAY_IDLE_MILLIS;
    }

    @SuppressWarnings("ReferenceEquality") // this very way
    boolean send(Errand errand, ByteBuffer data) throws IOException {
      used = System.nanoTime();
      last = errand;
      lastReal = errand.account.real();
      if (this != all.nobodys) {
        all.answered.remove(this);
        all.waiting.remove(this);
        all.waiting.addLast(this);
      }
      return socket.send(data, real);
    }

    private void readable() {
      ByteBuffer buffer = loop.flows().buffer();
      try {
        for (int i = 0; i < Limits.DATAGRAMS_A_TURN; i++) {
          InetSocketAddress from = socket.receive(buffer);
          if (from == null) {
            return;
          }
          if (from.equals(real)) {
            answer(buffer);
          }
        }
      } catch (IOException e) {
        refused(e);
      }
    }

    @SuppressWarnings("ReferenceEquality") // this very way
    private void answer(ByteBuffer data) {
      Errand errand = last;
      if (errand == null) {
        return;
      }
      Tally service = errand.port.shard(loop).tally();
      int length = data.remaining();
      if (this == all.nobodys || !errand.at.reply(errand.client, data)) {
        service.add(Contract.PACKETS_DROPPED, 1);
        return;
      }
      service.add(Contract.PACKETS_OUT, 1);
      service.add(Contract.SERVICE_BYTES_OUT, length);
      errand.port.real(loop, lastReal).add(Contract.REAL_BYTES_OUT, length);
      errand.exchange.succeeded(lastReal, real);
      answered();
    }

    private void answered() {
      if (all.waiting.remove(this)) {
        used = System.nanoTime();
        all.answered.addLast(this);
      }
    }

    private void refused(IOException cause) {
      Errand errand = last;
      if (errand != null && ConnectFailure.blamesRealServer(cause)) {
        errand.port.real(loop, lastReal).add(Contract.CONN_FAILURES, 1);
        errand.port.shard(loop).tally().add(Contract.PACKETS_DROPPED, 1);
        tell(errand, lastReal, real, cause);
      }
      answered();
    }
  }
}
