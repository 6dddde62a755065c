package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.wire.WantedService.WantedReal;

/**
 * A client's connection from accept to end: finding a real server, then copying both ways. Touched
 * by its loop only.
 *
 * <p>Back-pressure: what one side sends waits in the other side's socket buffer; when that is full,
 * reading stops until it has drained, so that a reader who never reads costs a bounded amount. Each
 * direction ends by itself (half-close), after all of its bytes; a reset or an error on one side
 * resets the other at once.
 */
// Netty tells what comes of an ignored future to the handler or in the log.
@SuppressWarnings("FutureReturnValueIgnored")
final class LiveConnection implements Carried {
  private static final Logger log = LoggerFactory.getLogger(LiveConnection.class);

  /** Where a connection stands; the words are shown to operators. */
  private enum State {
    DECIDING("deciding"),
    CONNECTING("connecting"),
    ESTABLISHED("established"),
    HALF_CLOSED("halfClosed"),
    ENDED("ended");

    private final String word;

    State(String word) {
      this.word = word;
    }
  }

  private final Exchange exchange;
  private final Loop loop;
  private final ServicePort port;
  private final Account account;
  private final long id;
  private final Side client;
  private final InetSocketAddress clientAddress;
  private final InetSocketAddress destination;
  private final long started = System.nanoTime();
  private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
  private Set<String> tried = Set.of();
  private State state = State.DECIDING;
  private @Nullable Side server;
  private long lastActive = started;

  // Links of the loop's list.
  @Nullable LiveConnection older;
  @Nullable LiveConnection newer;

  LiveConnection(
      Exchange exchange,
      Loop loop,
      ServicePort port,
      Channel accepted,
      InetSocketAddress destination) {
    this.destination = destination;
    this.exchange = exchange;
    this.loop = loop;
    this.port = port;
    this.account = new Account(port, loop);
    this.id = loop.nextId();
    this.client = new Side(this, accepted, true);
    InetSocketAddress remote = (InetSocketAddress) accepted.remoteAddress();
    this.clientAddress = remote != null ? remote : new InetSocketAddress(0);
  }

  // --- finding a real server

  /** The connection was just accepted. */
  void start() {
    account.accepted();
    loop.add(this);
    Channel channel = client.channel();
    Sockets.prepare(channel, client);
    exchange.transport().prepare(channel);
    loop.events().register(channel);
    decide();
  }

  /** Asks who takes this connection, or waits for somebody to ask. */
  void decide() {
    if (state == State.ENDED) {
      return;
    }
    Object answer =
        exchange.choose(
            port, clientAddress, destination, tried, tried.isEmpty() ? Contract.FIRST : 0, account);
    switch (answer) {
      case Integer code when code == Contract.WAIT -> refuse(Contract.NO_REAL_SERVER);
      case Integer code -> refuse(tried.isEmpty() ? code : Contract.CONNECT_FAILED);
      case Map.Entry<?, ?> chosen when account.bound() ->
          connect((String) chosen.getKey(), (InetSocketAddress) chosen.getValue());
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
    if (state == State.ENDED) {
      return;
    }
    WantedReal next = port.shard(loop).rotation().next(port.wanted().reals(), tried);
    if (next == null) {
      refuse(tried.isEmpty() ? Contract.CONTROL_ABSENT : Contract.CONNECT_FAILED);
      return;
    }
    account.count(Contract.CHOSEN_ALONE);
    account.bind(next.id());
    connect(next.id(), next.address());
  }

  private void refuse(int verdict) {
    account.verdict(verdict);
    abort();
  }

  private void connect(String chosen, InetSocketAddress address) {
    state = State.CONNECTING;
    Channel channel;
    try {
      channel = exchange.transport().socket();
    } catch (ChannelException e) { // out of descriptors
      connectFailed(chosen, address, e);
      return;
    }
    Side side = new Side(this, channel, false);
    server = side;
    Sockets.prepare(channel, side);
    channel
        .config()
        .setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, port.wanted().times().connect());
    loop.events().register(channel);
    channel
        .connect(address)
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess()) {
                connected(chosen, address);
              } else if (server == side) {
                server = null;
                connectFailed(chosen, address, done.cause());
              }
            });
  }

  private void connected(String chosen, InetSocketAddress address) {
    exchange.succeeded(chosen, address);
    if (state == State.ENDED) {
      return;
    }
    state = State.ESTABLISHED;
    account.established();
    lastActive = System.nanoTime();
    sendEarly();
    if (client.inputEnded() && server != null) {
      endOutput(server);
    } else {
      client.channel().read();
    }
    if (server != null) {
      server.channel().read();
    }
  }

  /** What the client said, with its end, before there was somebody to tell. */
  private void sendEarly() {
    for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
      relay(client, bytes);
    }
    if (server != null) {
      server.channel().flush();
    }
  }

  private void connectFailed(String chosen, InetSocketAddress address, Throwable cause) {
    if (state == State.ENDED) {
      return;
    }
    state = State.DECIDING;
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
      refuse(Contract.CONNECT_FAILED);
    } else {
      decide();
    }
  }

  // --- copying

  private @Nullable Side partner(Side side) {
    return side.client() ? server : client;
  }

  void relay(Side from, ByteBuf bytes) {
    Side to = partner(from);
    if (state == State.ENDED) {
      bytes.release();
      return;
    }
    if (to == null || state == State.CONNECTING || state == State.DECIDING) {
      early.add(bytes); // one read at most: epoll reads at a client's FIN although told not to
      return;
    }
    lastActive = System.nanoTime();
    account.moved(from.client(), bytes.readableBytes());
    Channel channel = to.channel();
    channel.write(bytes, channel.voidPromise());
  }

  /** Sends on what was read, and reads on unless the partner is slow. */
  void readOn(Side from) {
    Side to = partner(from);
    if (to == null || (state != State.ESTABLISHED && state != State.HALF_CLOSED)) {
      return;
    }
    to.channel().flush();
    from.paused(!to.channel().isWritable());
    if (!from.paused()) {
      from.channel().read();
    }
  }

  /** The side drained: its partner is read again. */
  void drained(Side side) {
    Side from = partner(side);
    if (from != null && from.paused()) {
      from.paused(false);
      from.channel().read();
    }
  }

  // --- ending

  /** One side will say no more: tells the other after all that was said. */
  void inputEnded(Side side) {
    Side to = partner(side);
    if (side.inputEnded() || state == State.ENDED) {
      return;
    }
    side.inputEnded(true);
    if (to == null || state == State.CONNECTING || state == State.DECIDING) {
      return; // passed on once there is somebody to tell; see connected()
    }
    endOutput(to);
  }

  private void endOutput(Side to) {
    account.halfClosed();
    state = State.HALF_CLOSED;
    to.channel()
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                failed(to, written.cause());
                return;
              }
              to.outputEnded(true);
              if (to.finished()) {
                to.channel().close();
              } else {
                ((DuplexChannel) to.channel()).shutdownOutput();
              }
              closeFinished(partner(to));
            });
  }

  private void closeFinished(@Nullable Side side) {
    if (side != null && side.finished()) {
      side.channel().close();
    }
  }

  /** A socket was closed. */
  void closed(Side side) {
    if (state == State.ENDED || (!side.client() && side != server)) {
      return;
    }
    if (!side.finished()) {
      abort();
      return;
    }
    Side other = partner(side);
    if (other == null || other.finished()) {
      end();
      if (other != null) {
        other.channel().close();
      }
    }
  }

  void failed(Side side, Throwable cause) {
    if (state == State.ENDED || (!side.client() && side != server)) {
      return;
    }
    if (!(cause instanceof IOException) && exchange.mayWarn()) {
      log.atError().addKeyValue("service", port.name()).setCause(cause).log("connection failed");
    }
    abort();
  }

  /** Resets both sides. */
  void abort() {
    end();
    Sockets.reset(client.channel());
    if (server != null) {
      Sockets.reset(server.channel());
    }
  }

  private void end() {
    if (state == State.ENDED) {
      return;
    }
    account.ended();
    state = State.ENDED;
    early.forEach(ByteBuf::release);
    early.clear();
    loop.remove(this);
    if (loop.live() == 0) {
      exchange.idle();
    }
  }

  // --- being asked

  @Override
  public long id() {
    return id;
  }

  @Override
  public String service() {
    return port.name();
  }

  @Override
  public String real() {
    return account.real();
  }

  @Override
  public InetSocketAddress client() {
    return clientAddress;
  }

  @Override
  public String state() {
    return state.word;
  }

  @Override
  public String protocol() {
    return "tcp";
  }

  @Override
  public long started() {
    return started;
  }

  @Override
  public long lastActive() {
    return lastActive;
  }

  @Override
  public long bytesIn() {
    return account.bytesIn();
  }

  @Override
  public long bytesOut() {
    return account.bytesOut();
  }

  @Override
  public void cut() {
    abort();
  }
}
