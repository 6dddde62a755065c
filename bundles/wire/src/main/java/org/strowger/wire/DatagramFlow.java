package org.strowger.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagrams between one address and port of a client and one port of a virtual service, all of
 * them through one real server. Touched by its loop only.
 *
 * <p>It has a socket of its own towards the real server, connected, so that replies find it and a
 * refusal (ICMP port unreachable) is heard. Then the flow moves to another real server with what
 * has not been answered. It ends when no datagram came either way for the service's time.
 *
 * <p>Nobody accepts a datagram, so the verdict <em>accepted</em> is given with the first reply, or
 * when nobody has refused within the connect timeout.
 */
final class DatagramFlow implements Carried {
  private static final Logger log = LoggerFactory.getLogger(DatagramFlow.class);

  private final Exchange exchange;
  private final DatagramPort at;
  private final Loop loop;
  private final FlowTable table;
  private final ServicePort port;
  private final Account account;
  private final InetSocketAddress client;
  private final long id;
  private final long started;

  /** What came before there was a real server, or went to one that has not answered yet. */
  private final KeptDatagrams kept;

  private final FlowSearch search;
  private @Nullable FlowSocket server;
  private long lastActive;
  private long boundAt;
  private boolean answered;
  private boolean settled;
  private boolean ended;

  // Links of the table.
  @Nullable DatagramFlow sameBucket;
  @Nullable DatagramFlow older;
  @Nullable DatagramFlow newer;

  DatagramFlow(Exchange exchange, DatagramPort at, ServicePort port, InetSocketAddress client) {
    this(exchange, at, port, client, at.loop().nextId(), System.nanoTime());
  }

  private DatagramFlow(
      Exchange exchange,
      DatagramPort at,
      ServicePort port,
      InetSocketAddress client,
      long id,
      long started) {
    this.exchange = exchange;
    this.at = at;
    this.loop = at.loop();
    this.table = loop.flows();
    this.port = port;
    this.account = new Account(port, loop);
    this.kept = new KeptDatagrams(table);
    this.search = new FlowSearch(this);
    this.client = client;
    this.id = id;
    this.started = started;
    this.lastActive = started;
  }

  DatagramPort at() {
    return at;
  }

  Exchange exchange() {
    return exchange;
  }

  Loop loop() {
    return loop;
  }

  boolean ended() {
    return ended;
  }

  // --- its real server

  /** With its first datagram. */
  void begin(ByteBuffer data) {
    account.accepted();
    boolean room = table.room(exchange);
    table.add(this);
    account.count(Contract.PACKETS_IN);
    keep(data);
    if (room) {
      search.decide();
    } else {
      refuse(Contract.CONNECTION_LIMIT);
    }
  }

  /** Nobody takes it. */
  void refuse(int verdict) {
    if (!settled) {
      settled = true;
      account.verdict(verdict);
    }
    end();
  }

  /** The account is bound to the real server that has this address. */
  void connect(InetSocketAddress address) {
    try {
      server = new FlowSocket(this, address);
    } catch (IOException e) {
      search.failed(address, e);
      return;
    }
    boundAt = System.nanoTime();
    for (byte[] data : kept.take()) {
      if (!ended) { // sending one may find out that this real server does not take them either
        send(ByteBuffer.wrap(data));
      }
    }
  }

  /** The real server does not take datagrams: the flow moves with what is not answered. */
  private void failed(FlowSocket socket, IOException cause) {
    closeServer();
    if (ended) {
      return;
    }
    if (answered) {
      answered = false;
      search.anew();
    }
    search.failed(socket.address(), cause);
  }

  // --- datagrams

  void fromClient(ByteBuffer data) {
    account.count(Contract.PACKETS_IN);
    lastActive = System.nanoTime();
    if (server == null) {
      keep(data);
    } else {
      send(data);
    }
  }

  private void send(ByteBuffer data) {
    FlowSocket socket = server;
    if (socket == null) {
      keep(data); // the flow has just lost its real server
      return;
    }
    try {
      if (!socket.send(data)) {
        account.count(Contract.PACKETS_DROPPED);
        return;
      }
    } catch (IOException e) {
      notSent(socket, data, e);
      return;
    }
    account.moved(true, data.remaining());
    if (!answered) {
      keep(data);
    }
  }

  private void notSent(FlowSocket socket, ByteBuffer data, IOException cause) {
    if (ConnectFailure.blamesRealServer(cause)) {
      closeServer();
      keep(data);
      failed(socket, cause);
    } else {
      account.count(Contract.PACKETS_DROPPED);
      broken(cause);
    }
  }

  private void closeServer() {
    FlowSocket socket = server;
    server = null;
    if (socket != null) {
      socket.close();
    }
  }

  /** An error that is not the real server's: the flow goes on unless the socket is gone. */
  private void broken(IOException cause) {
    if (exchange.mayWarn()) {
      log.atWarn().addKeyValue("service", port.name()).log("datagram lost: {}", cause.toString());
    }
    if (cause instanceof ClosedChannelException) {
      end();
    }
  }

  /** Keeps a copy if there is room; the newest ones once they have been sent. */
  private void keep(ByteBuffer data) {
    if (server != null) {
      kept.makeRoom();
    }
    if (!kept.add(data) && server == null) {
      account.count(Contract.PACKETS_DROPPED);
    }
  }

  /** An error came in place of a datagram. */
  void unreadable(FlowSocket socket, IOException cause) {
    if (ConnectFailure.blamesRealServer(cause)) {
      failed(socket, cause);
    } else {
      broken(cause);
    }
  }

  void reply(FlowSocket socket, ByteBuffer data) {
    lastActive = System.nanoTime();
    if (!answered) {
      answered = true;
      kept.take();
      exchange.succeeded(account.real(), socket.address());
      settle();
    }
    int length = data.remaining();
    if (at.reply(client, data)) {
      account.count(Contract.PACKETS_OUT);
      account.moved(false, length);
    } else {
      account.count(Contract.PACKETS_DROPPED);
    }
  }

  private void settle() {
    if (!settled) {
      settled = true;
      account.established();
    }
  }

  // --- ending

  /** Ends it if it was idle for long enough. */
  void sweep(long now) {
    long idle = (now - lastActive) / 1_000_000;
    WantedService.Times times = port.wanted().times();
    if (idle >= times.flow()) {
      account.count(Contract.TIMED_OUT);
      end();
    } else if (!answered && server != null && (now - boundAt) / 1_000_000 >= times.connect()) {
      answered = true; // as far as anybody can know
      kept.take();
      settle();
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (account.bound()) {
      settle();
    }
    int lost = kept.take().size();
    if (server == null) {
      account.count(Contract.PACKETS_DROPPED, lost);
    }
    closeServer();
    account.ended(End.CLIENT_CLOSED);
    table.remove(this);
  }

  // --- beside another wire

  void pause(boolean pausing) {
    FlowSocket socket = server;
    if (socket != null) {
      socket.pause(pausing);
    }
  }

  /** All of it, for another wire. */
  HandedFlow handed() {
    return new HandedFlow(
        id,
        port.name(),
        client,
        at.channel(),
        started,
        lastActive,
        account.bytesIn(),
        account.bytesOut(),
        answered,
        settled,
        search.tried(),
        kept.all(),
        Optional.ofNullable(server).map(FlowSocket::handed));
  }

  /** The flow as another wire had it; it is read from now on. */
  static void adopt(Exchange exchange, DatagramPort at, ServicePort port, HandedFlow handed)
      throws IOException {
    DatagramFlow flow =
        new DatagramFlow(exchange, at, port, handed.client(), handed.id(), handed.started());
    flow.lastActive = handed.active();
    flow.boundAt = System.nanoTime();
    flow.answered = handed.answered();
    flow.settled = handed.settled();
    flow.search.adopt(handed.tried());
    flow.account.adopted(handed.bytesIn(), handed.bytesOut());
    flow.table.add(flow);
    handed.kept().forEach(data -> flow.keep(ByteBuffer.wrap(data)));
    if (handed.bound().isPresent()) {
      HandedFlow.Bound bound = handed.bound().get();
      flow.account.adopt(bound.real(), bound.tallies());
      FlowSocket socket = new FlowSocket(flow, bound.address(), bound.socket());
      flow.server = socket;
      socket.register();
    } else {
      flow.search.resume();
    }
  }

  /** Another wire has it now. */
  void abandon() {
    ended = true;
    kept.take();
    FlowSocket socket = server;
    if (socket != null) {
      socket.leave();
    }
    account.abandoned();
    table.remove(this);
  }

  // --- being asked

  @Override
  public long id() {
    return id;
  }

  @Override
  public ServicePort port() {
    return port;
  }

  @Override
  public Account account() {
    return account;
  }

  @Override
  public InetSocketAddress client() {
    return client;
  }

  @Override
  public String state() {
    return "flow";
  }

  @Override
  public String protocol() {
    return "udp";
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
  public void cut() {
    if (!table.frozen()) { // else it is another wire's already
      end();
    }
  }
}
