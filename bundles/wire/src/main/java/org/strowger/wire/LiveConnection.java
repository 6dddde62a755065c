package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection from accept to end. First, from a trusted source, a {@link Preamble} tells
 * who the client is, then a {@link Search} finds a real server, then {@link Copying} moves bytes
 * both ways; this is what they have in common, and how it ends. Touched by its loop only.
 */
final class LiveConnection implements Carried {
  private static final Logger log = LoggerFactory.getLogger(LiveConnection.class);

  private final Exchange exchange;
  private final Loop loop;
  private final ServicePort port;
  private final Account account;
  private final long id;
  private final Side client;
  private final InetSocketAddress destination;
  private final long started = System.nanoTime();
  private Preamble.Ends ends;
  private ConnectionState state = ConnectionState.DECIDING;
  private @Nullable Preamble preamble;
  private @Nullable Search search;
  private @Nullable Copying copying;
  private @Nullable Side server;
  private @Nullable End firstEnd;
  private boolean logged;

  // Links of the loop's list.
  @Nullable LiveConnection older;
  @Nullable LiveConnection newer;

  /**
   * A connection that was just accepted.
   *
   * @param destination what the client connected to
   * @param accepted makes its client's side
   */
  LiveConnection(
      Exchange exchange,
      Loop loop,
      ServicePort port,
      InetSocketAddress destination,
      Function<LiveConnection, Side> accepted) {
    this.exchange = exchange;
    this.loop = loop;
    this.port = port;
    this.account = new Account(port, loop);
    this.id = loop.nextId();
    this.client = accepted.apply(this);
    this.destination = destination;
    this.ends = new Preamble.Ends(client.remote(), destination);
  }

  void start() {
    account.accepted();
    loop.add(this);
    logged = port.connectionLog().samples(port.wanted());
    if (logged) {
      port.connectionLog().started(this);
    }
    client.begin();
    if (Preamble.wanted(port.wanted(), ends.client().getAddress())) {
      Preamble begun = new Preamble(this);
      preamble = begun;
      begun.begin();
    } else {
      search(null);
    }
  }

  /**
   * The header of a trusted source has come.
   *
   * @param rest what the client said after it; this connection's now
   */
  void introduced(ProxyReader.Whole header, @Nullable ByteBuf rest) {
    preamble = null;
    ends = ends.told(header);
    search(rest);
  }

  private void search(@Nullable ByteBuf early) {
    Search begun = new Search(this);
    search = begun;
    if (early != null) {
      begun.early(early);
    }
    begun.decide();
    if (search != null) { // else it has found its end, or its real server, already
      client.read(); // so that a client that leaves is noticed
    }
  }

  // --- what its parts share

  Exchange exchange() {
    return exchange;
  }

  Loop loop() {
    return loop;
  }

  @Override
  public ServicePort port() {
    return port;
  }

  @Override
  public Account account() {
    return account;
  }

  /** What the client connected to. */
  InetSocketAddress destination() {
    return destination;
  }

  Side clientSide() {
    return client;
  }

  boolean ended() {
    return state == ConnectionState.ENDED;
  }

  void state(ConnectionState now) {
    state = now;
  }

  /** The socket to a real server while it connects and after; null if that failed. */
  void server(@Nullable Side side) {
    server = side;
  }

  // --- what its sockets tell

  /** A real server took it: the search is over. */
  void connected(Side side) {
    Search over = search;
    if (over == null || foreign(side)) {
      return;
    }
    over.connected();
    search = null;
    state = ConnectionState.ESTABLISHED;
    account.established();
    Copying begun = new Copying(this, client, side);
    copying = begun;
    int version = port.wanted().sendProxy();
    if (version > 0) { // before all that the client said, and at once if it said nothing yet
      side.write(ProxyHeader.of(version, ends.client(), ends.destination()));
    }
    begun.start(over.takeEarly());
    if (version > 0) {
      side.flush();
    }
  }

  void connectFailed(Side side, Throwable cause) {
    Search searching = search;
    if (searching != null && !foreign(side)) {
      server = null;
      searching.connectFailed(cause);
    }
  }

  void read(Side from, ByteBuf bytes) {
    Copying moving = copying;
    Search searching = search;
    if (ended()) {
      bytes.release();
    } else if (moving != null) {
      moving.relay(from, bytes);
    } else if (searching != null) {
      searching.early(bytes);
    } else if (preamble != null) {
      preamble.read(bytes);
    } else {
      bytes.release();
    }
  }

  void readComplete(Side from) {
    Copying moving = copying;
    Search searching = search;
    if (moving != null && !ended()) {
      moving.readOn(from);
    } else if (searching != null && searching.readsOn()) {
      from.read();
    } else if (preamble != null) {
      client.read();
    }
  }

  /** The side drained: its partner is read again. */
  void drained(Side side) {
    Copying moving = copying;
    if (moving != null && !ended()) {
      moving.drained(side);
    }
  }

  /** One side will say no more. */
  void inputEnded(Side side) {
    if (side.state().inputEnded() || foreign(side)) {
      return;
    }
    side.state().endInput();
    if (firstEnd == null) {
      firstEnd = side.state().client() ? End.CLIENT_CLOSED : End.REAL_CLOSED;
    }
    Copying moving = copying;
    Search searching = search;
    if (moving != null) {
      moving.inputEnded(side);
    } else if (searching != null) { // it is passed on once there is somebody to tell
      searching.clientEnded();
    } else if (preamble != null) {
      preamble.ended();
    }
  }

  /** All bytes and the end were sent to this side. */
  void outputEnded(Side side) {
    Copying moving = copying;
    if (moving != null && !foreign(side)) {
      moving.outputEnded(side);
    }
  }

  /** A socket was closed. */
  void closed(Side side) {
    if (foreign(side)) {
      return;
    }
    if (!side.state().finished()) {
      leftEarly();
      abort(side.state().client() ? End.CLIENT_RESET : End.REAL_RESET);
      return;
    }
    Side other = side.state().client() ? server : client;
    if (other == null || other.state().finished()) {
      end(firstEnd == null ? End.FAILED : firstEnd);
      if (other != null) {
        other.close();
      }
    }
  }

  void failed(Side side, Throwable cause) {
    if (foreign(side)) {
      return;
    }
    if (cause instanceof IOException) {
      leftEarly();
      abort(side.state().client() ? End.CLIENT_RESET : End.REAL_RESET);
      return;
    }
    if (exchange.mayWarn()) {
      log.atError().addKeyValue("service", port.name()).setCause(cause).log("connection failed");
    }
    leftEarly();
    abort(End.FAILED);
  }

  private void leftEarly() {
    if (preamble != null) {
      account.verdict(Contract.CLIENT_GONE);
    }
  }

  /** News of a socket that this connection has done with. */
  private boolean foreign(Side side) {
    return ended() || (!side.state().client() && !side.equals(server));
  }

  // --- ending

  /** The sweep comes by: ends it if it is idle for too long. */
  void visit(long now) {
    Copying moving = copying;
    End idle = moving == null || ended() ? null : moving.idle(now, port.wanted().times());
    if (idle != null) {
      abort(idle);
    }
  }

  /** Nobody takes it. */
  void refuse(int verdict) {
    account.verdict(verdict);
    abort(End.REFUSED);
  }

  /** Resets both sides. */
  void abort(End why) {
    end(why);
    client.reset();
    if (server != null) {
      server.reset();
    }
  }

  private void end(End how) {
    if (ended()) {
      return;
    }
    state = ConnectionState.ENDED;
    if (preamble != null) {
      preamble.drop();
      preamble = null;
    }
    if (search != null) {
      search.drop();
      search = null;
    }
    if (copying != null) {
      copying.end();
    }
    if (account.verdict() == 0) { // every exit has one
      boolean left = how == End.CLIENT_RESET || how == End.CLIENT_CLOSED;
      account.verdict(left ? Contract.CLIENT_GONE : Contract.NOT_IN_SERVICE);
    }
    account.ended(how);
    if (logged) {
      port.connectionLog().ended(this, how);
    }
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
  public InetSocketAddress client() {
    return ends.client();
  }

  @Override
  public String state() {
    return state.word();
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
    return copying == null ? started : copying.lastActive();
  }

  @Override
  public void cut() {
    cut(End.DISCONNECTED);
  }

  @Override
  public void cut(End why) {
    abort(why);
  }
}
