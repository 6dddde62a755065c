package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.uring.RingSocket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.wire.WantedService.WantedReal;

/**
 * Finds a real server for a connection: asks who takes it, connects, and asks again if that failed.
 * It keeps what the client says meanwhile, and is forgotten once a real server has taken the
 * connection.
 */
final class Search {
  private static final Logger log = LoggerFactory.getLogger(Search.class);

  private final LiveConnection connection;
  private final Exchange exchange;
  private final Loop loop;
  private final ServicePort port;
  private final Account account;
  private final Queue<ByteBuf> early = new ArrayDeque<>(0);
  private Set<String> tried = Set.of();
  private String chosen = "";
  private InetSocketAddress address;
  private long connecting;
  private long waitingSince;
  private boolean asked;
  private boolean waiting;
  private boolean fromClientsPort;
  private int earlyBytes;

  Search(LiveConnection connection) {
    this.connection = connection;
    this.exchange = connection.exchange();
    this.loop = connection.loop();
    this.port = connection.port();
    this.account = connection.account();
    this.address = port.wanted().address();
  }

  Loop loop() {
    return loop;
  }

  // --- asking

  /** Asks who takes this connection, or waits for somebody to ask. */
  void decide() {
    int room = port.wanted().queueSize();
    if (room == 0 || !port.line().holdBack(this, room)) {
      decideNow();
    }
  }

  /** The same, whoever may be waiting. */
  void decideNow() {
    if (connection.ended()) {
      return;
    }
    boolean mayWait = port.wanted().queueSize() > 0;
    long freed = port.line().freed();
    Object answer = ask(mayWait);
    if (mayWait && waits(answer)) {
      queue(freed);
    } else {
      take(answer, 0);
    }
  }

  private @Nullable Object ask(boolean mayWait) {
    int attempt = (asked ? 0 : Contract.FIRST) | (mayWait ? Contract.MAY_WAIT : 0);
    Object answer =
        exchange.choose(
            port, connection.client(), connection.destination(), tried, attempt, account);
    asked |= answer != null;
    return answer;
  }

  private static boolean waits(@Nullable Object answer) {
    return answer instanceof Integer code && code == Contract.WAIT;
  }

  /**
   * Does what was answered.
   *
   * @param waitedFor the verdict if it is refused after a wait, or for want of room to wait; or 0
   */
  private void take(@Nullable Object answer, int waitedFor) {
    switch (answer) {
      case Integer code when waitedFor != 0 -> connection.refuse(waitedFor);
      case Integer code when code == Contract.WAIT -> connection.refuse(Contract.NO_REAL_SERVER);
      case Integer code -> connection.refuse(tried.isEmpty() ? code : Contract.CONNECT_FAILED);
      case Map.Entry<?, ?> real when account.bound() ->
          connect((String) real.getKey(), (InetSocketAddress) real.getValue());
      case null, default -> {
        account.release();
        park();
      }
    }
  }

  // --- waiting for a place

  private void queue(long freed) {
    waitingSince = System.nanoTime();
    if (!port.line().join(this, port.wanted().queueSize(), freed)) {
      take(ask(false), Contract.QUEUE_FULL);
      return;
    }
    waiting = true;
    account.waiting(true);
    connection.state(ConnectionState.WAITING);
    if (connection.clientSide().state().inputEnded()) {
      clientEnded();
    }
  }

  /** By System.nanoTime; any thread once it stands in the line. */
  long waitingSince() {
    return waitingSince;
  }

  long mayWaitMillis() {
    return port.wanted().times().queue();
  }

  /** It is the first in the line, and a place may be free. */
  void askAgain() {
    boolean served = true;
    try {
      if (waiting && port.line().holds(this)) {
        Object answer = ask(true);
        served = !waits(answer);
        if (served) {
          port.line().leave(this);
          waitNoMore();
          take(answer, 0);
        }
      }
    } finally {
      port.line().asked(served);
    }
  }

  /** It has waited for as long as it may. */
  void expired() {
    if (waiting) {
      waitNoMore();
      take(ask(false), Contract.QUEUE_EXPIRED);
    }
  }

  private void waitNoMore() {
    waiting = false;
    account.waiting(false);
    connection.state(ConnectionState.DECIDING);
  }

  // --- nobody to ask

  private void park() {
    if (loop.park(this)) {
      account.count(Contract.PARKED_TOTAL);
    } else {
      decideAlone();
    }
  }

  /** Nobody came to decide: by rotation over the last known real servers. */
  void decideAlone() {
    if (connection.ended()) {
      return;
    }
    WantedReal next = port.shard(loop).rotation().next(port.wanted().reals(), tried);
    if (next == null) {
      connection.refuse(tried.isEmpty() ? Contract.CONTROL_ABSENT : Contract.CONNECT_FAILED);
      return;
    }
    account.count(Contract.CHOSEN_ALONE);
    account.bind(next.id());
    InetSocketAddress to = next.address();
    connect(
        next.id(),
        to.getPort() != WantedReal.SAME_PORT
            ? to
            : new InetSocketAddress(to.getAddress(), connection.destination().getPort()));
  }

  // --- connecting

  private void connect(String id, InetSocketAddress to) {
    if (!tried.isEmpty()) {
      account.count(Contract.RETRIES);
    }
    connect(id, to, true);
  }

  /**
   * Connects.
   *
   * @param samePort from the client's port, where the source is the client's address
   */
  private void connect(String id, InetSocketAddress to, boolean samePort) {
    connecting = System.nanoTime();
    chosen = id;
    address = to;
    fromClientsPort = samePort && port.wanted().transparentSource();
    connection.state(ConnectionState.CONNECTING);
    Side side;
    try {
      side = loop.open(connection);
    } catch (ChannelException e) { // out of descriptors
      connectFailed(e);
      return;
    }
    connection.server(side);
    int timeout = port.wanted().times().connect();
    if (port.wanted().transparentSource()) {
      side.connectFrom(connection.client(), samePort, to, timeout);
    } else {
      side.connect(to, timeout);
    }
  }

  /** The real server has taken the connection. */
  void connected() {
    exchange.succeeded(chosen, address);
    account.connectedAfter(System.nanoTime() - connecting);
  }

  void connectFailed(Throwable cause) {
    connecting = 0;
    if (fromClientsPort && ConnectFailure.sourceTaken(cause)) {
      connect(chosen, address, false);
      return;
    }
    connection.state(ConnectionState.DECIDING);
    if (ConnectFailure.wantsDescriptors(cause)) {
      exchange.watch().exhausted();
    }
    boolean blamed = ConnectFailure.blamesRealServer(cause);
    account.connectFailed(blamed);
    if (blamed) {
      exchange.failed(chosen + "@" + address);
      exchange.tellFailure(port, chosen, address, ConnectFailure.text(cause));
    } else if (exchange.mayWarn()) {
      log.atWarn().addKeyValue("service", port.name()).log("cannot connect: {}", cause.toString());
    }
    if (tried.isEmpty()) {
      tried = new LinkedHashSet<>();
    }
    tried.add(chosen);
    if (connection.clientSide().state().inputEnded() && early.isEmpty()) {
      connection.abort(End.CLIENT_CLOSED);
    } else if (tried.size() >= port.wanted().connectTries()) {
      connection.refuse(Contract.CONNECT_FAILED);
    } else {
      decide();
    }
  }

  // --- what the client says before there is somebody to tell

  /** Not more than {@link Limits#EARLY_BYTES}, and what comes with the last read. */
  void early(ByteBuf bytes) {
    earlyBytes += bytes.readableBytes();
    early.add(connecting != 0 ? RingSocket.keep(bytes) : compact(bytes));
  }

  /** It may be long until they are sent: a few bytes should not hold the memory of a whole read. */
  private static ByteBuf compact(ByteBuf bytes) {
    try {
      return bytes.alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
    } finally {
      bytes.release();
    }
  }

  boolean readsOn() {
    return earlyBytes < Limits.EARLY_BYTES;
  }

  /**
   * The client will say no more. If it has said something, or a real server is just being connected
   * to, it may wait for an answer, as {@code nc -N} does: a TCP does not tell whether it still
   * listens. But one that said nothing does not keep a place in the line.
   */
  void clientEnded() {
    if (early.isEmpty() && connecting == 0) {
      connection.abort(End.CLIENT_CLOSED);
    }
  }

  /** What the client has said so far; it belongs to the caller now. */
  Queue<ByteBuf> takeEarly() {
    return early;
  }

  /** The connection ended before anybody took it. */
  void drop() {
    early.forEach(ByteBuf::release);
    early.clear();
    if (waiting) {
      waiting = false;
      account.waiting(false);
      port.line().leave(this);
    }
  }
}
