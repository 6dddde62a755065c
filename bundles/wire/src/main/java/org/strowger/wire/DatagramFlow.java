package org.strowger.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.wire.WantedService.WantedReal;

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

  private Set<String> tried = Set.of();
  private @Nullable ReadyChannel server;
  private @Nullable InetSocketAddress realAddress;
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
    this.client = client;
    this.id = id;
    this.started = started;
    this.lastActive = started;
  }

  DatagramPort at() {
    return at;
  }

  // --- finding a real server

  /** With its first datagram. */
  void begin(ByteBuffer data) {
    account.accepted();
    boolean room = table.room(exchange);
    table.add(this);
    account.count(Contract.PACKETS_IN);
    keep(data);
    if (room) {
      decide();
    } else {
      refuse(Contract.CONNECTION_LIMIT);
    }
  }

  /** Asks who takes this flow, or waits for somebody to ask. */
  void decide() {
    if (ended) {
      return;
    }
    Object answer =
        exchange.choose(
            port, client, at.local(), tried, tried.isEmpty() ? Contract.FIRST : 0, account);
    switch (answer) {
      case Integer code when code == Contract.WAIT -> refuse(Contract.NO_REAL_SERVER);
      case Integer code -> refuse(tried.isEmpty() ? code : Contract.CONNECT_FAILED);
      case Map.Entry<?, ?> chosen when account.bound() ->
          connect((InetSocketAddress) chosen.getValue());
      case null, default -> {
        account.release();
        park();
      }
    }
  }

  private void park() {
    if (table.park(this)) {
      account.count(Contract.PARKED_TOTAL);
    } else {
      decideAlone();
    }
  }

  /** Nobody came to decide: by rotation over the last known real servers. */
  void decideAlone() {
    if (ended) {
      return;
    }
    WantedReal next = port.shard(loop).rotation().next(port.wanted().reals(), tried);
    if (next == null) {
      refuse(tried.isEmpty() ? Contract.CONTROL_ABSENT : Contract.CONNECT_FAILED);
      return;
    }
    account.count(Contract.CHOSEN_ALONE);
    account.bind(next.id());
    connect(withPort(next.address(), at.local()));
  }

  /** A real server without a port gets what came to a port on the same one. */
  static InetSocketAddress withPort(InetSocketAddress real, InetSocketAddress local) {
    return real.getPort() != 0 ? real : new InetSocketAddress(real.getAddress(), local.getPort());
  }

  private void refuse(int verdict) {
    if (!settled) {
      settled = true;
      account.verdict(verdict);
    }
    end();
  }

  private void connect(InetSocketAddress address) {
    realAddress = address;
    try {
      server = ReadyChannel.to(address, loop, this::readable);
    } catch (IOException e) {
      failed(e);
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
  private void failed(IOException cause) {
    InetSocketAddress address = realAddress;
    closeServer();
    if (ended || address == null) {
      return;
    }
    boolean blamed = ConnectFailure.blamesRealServer(cause);
    String real = account.real();
    account.connectFailed(blamed);
    if (!blamed) {
      if (exchange.mayWarn()) {
        log.atWarn().addKeyValue("service", port.name()).log("no socket: {}", cause.toString());
      }
      refuse(Contract.CONNECTION_LIMIT);
      return;
    }
    exchange.failed(real + "@" + address);
    exchange.tellFailure(port, real, address, ConnectFailure.text(cause));
    if (answered) {
      answered = false;
      tried = Set.of();
    }
    if (tried.isEmpty()) {
      tried = new LinkedHashSet<>();
    }
    tried.add(real);
    if (tried.size() >= port.wanted().connectTries()) {
      refuse(Contract.CONNECT_FAILED);
    } else {
      account.count(Contract.RETRIES);
      decide();
    }
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
    ReadyChannel socket = server;
    InetSocketAddress address = realAddress;
    if (socket == null || address == null) {
      keep(data); // the flow has just lost its real server
      return;
    }
    int start = data.position();
    int length = data.remaining();
    boolean sent;
    try {
      sent = socket.send(data, address);
    } catch (IOException e) {
      data.position(start);
      notSent(data, e);
      return;
    }
    if (!sent) {
      account.count(Contract.PACKETS_DROPPED);
      return;
    }
    account.moved(true, length);
    if (!answered) {
      data.position(start);
      keep(data);
    }
  }

  private void notSent(ByteBuffer data, IOException cause) {
    if (ConnectFailure.blamesRealServer(cause)) {
      closeServer();
      keep(data);
      failed(cause);
    } else {
      account.count(Contract.PACKETS_DROPPED);
      broken(cause);
    }
  }

  private void closeServer() {
    ReadyChannel socket = server;
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

  @SuppressWarnings("ReferenceEquality") // this very socket
  private void readable() {
    ReadyChannel socket = server;
    ByteBuffer buffer = table.buffer();
    try {
      for (int i = 0; i < Limits.DATAGRAMS_A_TURN && socket != null && socket == server; i++) {
        InetSocketAddress from = socket.receive(buffer);
        if (from == null) {
          return;
        }
        reply(from, buffer);
      }
    } catch (IOException e) {
      if (ConnectFailure.blamesRealServer(e)) {
        failed(e);
      } else {
        broken(e);
      }
    }
  }

  private void reply(InetSocketAddress from, ByteBuffer data) {
    if (!from.equals(realAddress)) {
      account.count(Contract.PACKETS_DROPPED); // see ReadyChannel.send
      return;
    }
    lastActive = System.nanoTime();
    if (!answered) {
      answered = true;
      kept.take();
      exchange.succeeded(account.real(), from);
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
    leaveTable();
  }

  private void leaveTable() {
    table.remove(this);
    if (loop.live() == 0) {
      exchange.idle();
    }
  }

  // --- beside another wire

  void pause(boolean pausing) {
    ReadyChannel socket = server;
    if (socket != null) {
      socket.pause(pausing);
    }
  }

  /** All of it, for another wire. */
  HandedFlow handed() {
    ReadyChannel socket = server;
    InetSocketAddress address = realAddress;
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
        List.copyOf(tried),
        kept.all(),
        socket == null || address == null
            ? Optional.empty()
            : Optional.of(
                new HandedFlow.Bound(
                    account.real(), address, socket.channel(), account.tallies())));
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
    flow.tried = new LinkedHashSet<>(handed.tried());
    flow.account.adopted(handed.bytesIn(), handed.bytesOut());
    flow.table.add(flow);
    handed.kept().forEach(data -> flow.keep(ByteBuffer.wrap(data)));
    if (handed.bound().isPresent()) {
      flow.adopt(handed.bound().get());
    } else if (!flow.table.park(flow)) {
      flow.decideAlone();
    }
  }

  private void adopt(HandedFlow.Bound bound) throws IOException {
    account.adopt(bound.real(), bound.tallies());
    realAddress = bound.address();
    ReadyChannel socket = new ReadyChannel(bound.socket(), this::readable);
    server = socket;
    socket.register(loop);
  }

  /** Another wire has it now. */
  void abandon() {
    ended = true;
    kept.take();
    ReadyChannel socket = server;
    if (socket != null) {
      socket.leave();
    }
    account.abandoned();
    leaveTable();
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
  public long bytesIn() {
    return account.bytesIn();
  }

  @Override
  public long bytesOut() {
    return account.bytesOut();
  }

  @Override
  public void cut() {
    if (!table.frozen()) { // else it is another wire's already
      end();
    }
  }
}
