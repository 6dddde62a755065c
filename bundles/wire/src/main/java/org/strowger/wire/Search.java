package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
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
  private boolean fromClientsPort;

  Search(LiveConnection connection) {
    this.connection = connection;
    this.exchange = connection.exchange();
    this.loop = connection.loop();
    this.port = connection.port();
    this.account = connection.account();
    this.address = port.wanted().address();
  }

  /** Asks who takes this connection, or waits for somebody to ask. */
  void decide() {
    if (connection.ended()) {
      return;
    }
    Object answer =
        exchange.choose(
            port,
            connection.client(),
            connection.destination(),
            tried,
            tried.isEmpty() ? Contract.FIRST : 0,
            account);
    switch (answer) {
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

  private void connect(String id, InetSocketAddress to) {
    connect(id, to, true);
  }

  /**
   * Connects.
   *
   * @param samePort from the client's port, where the source is the client's address
   */
  private void connect(String id, InetSocketAddress to, boolean samePort) {
    chosen = id;
    address = to;
    fromClientsPort = samePort && port.wanted().transparentSource();
    connection.state(ConnectionState.CONNECTING);
    Side side;
    try {
      side = ChannelSide.open(connection);
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
  }

  void connectFailed(Throwable cause) {
    if (fromClientsPort && ConnectFailure.sourceTaken(cause)) {
      connect(chosen, address, false);
      return;
    }
    connection.state(ConnectionState.DECIDING);
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
    if (tried.size() >= port.wanted().connectTries()) {
      connection.refuse(Contract.CONNECT_FAILED);
    } else {
      decide();
    }
  }

  // --- what the client says before there is somebody to tell

  /** One read at most: epoll reads at a client's end although told not to. */
  void early(ByteBuf bytes) {
    early.add(bytes);
  }

  /** What the client has said so far; it belongs to the caller now. */
  Queue<ByteBuf> takeEarly() {
    return early;
  }

  /** The connection ended before anybody took it. */
  void drop() {
    early.forEach(ByteBuf::release);
    early.clear();
  }
}
