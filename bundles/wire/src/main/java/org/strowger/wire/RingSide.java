package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.uring.RingSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose operations go to io_uring directly. Cheaper than a channel by the most of what a
 * short connection costs in this process; the figures are those of {@code bench relay}.
 */
final class RingSide implements Side, RingSocket.Events {
  private final LiveConnection connection;
  private final SideState state;
  private @Nullable RingSocket socket;
  private boolean connecting;
  private boolean ending;

  private RingSide(LiveConnection connection, boolean client) {
    this.connection = connection;
    this.state = new SideState(client);
  }

  /** The socket of a client that was just accepted. */
  static RingSide accepted(LiveConnection connection, int descriptor) {
    RingSide side = new RingSide(connection, true);
    side.socket = connection.loop().requireRing().adopt(descriptor, side);
    return side;
  }

  /** A socket to be connected to a real server. */
  static RingSide unconnected(LiveConnection connection) {
    return new RingSide(connection, false);
  }

  private RingSocket socket() {
    return Objects.requireNonNull(socket);
  }

  @Override
  public SideState state() {
    return state;
  }

  @Override
  public InetSocketAddress remote() {
    return socket().peer();
  }

  /** What the client says first is asked for at once: it may come while we connect. */
  @Override
  public void begin() {
    socket().receive();
  }

  @Override
  public void connect(InetSocketAddress address, int timeoutMillis) {
    try {
      RingSocket opened = connection.loop().requireRing().open(address, this);
      socket = opened;
      connecting = true;
      opened.connect(address);
      connection.loop().connectDeadlines().add(this, timeoutMillis);
    } catch (IOException e) { // out of descriptors
      connecting = false;
      connection.connectFailed(this, e);
    }
  }

  /** {@link Loop#open} gives channels for this. */
  @Override
  public void connectFrom(
      InetSocketAddress source, boolean samePort, InetSocketAddress address, int timeoutMillis) {
    throw new UnsupportedOperationException("a source of its own needs a channel");
  }

  /** The time to connect is over. */
  void connectTimedOut() {
    if (connecting) {
      connecting = false;
      socket().close();
      connection.connectFailed(this, new ConnectTimeoutException());
    }
  }

  /** It still waits for the real server to accept. */
  boolean connecting() {
    return connecting;
  }

  @Override
  public void read() {
    socket().receive();
  }

  @Override
  public void write(ByteBuf bytes) {
    socket().send(bytes);
  }

  /** What was written is on its way already. */
  @Override
  public void flush() {}

  @Override
  public boolean writable() {
    return socket().pending() < Limits.RING_HIGH_BYTES;
  }

  @Override
  public long pendingBytes() {
    return socket().pending();
  }

  @Override
  public long unsentBytes() {
    return socket().pending();
  }

  /** The socket tells in any case. */
  @Override
  public void awaitSent() {}

  @Override
  public void endOutput() {
    ending = true;
    if (socket().pending() == 0) {
      finishOutput();
    }
  }

  private void finishOutput() {
    ending = false;
    state.endOutput();
    if (!state.finished()) { // else it is closed at once
      socket().endOutput();
    }
    connection.outputEnded(this);
  }

  @Override
  public void close() {
    connecting = false;
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  public void reset() {
    connecting = false;
    if (socket != null) {
      socket.reset();
    }
  }

  // --- what the socket tells

  @Override
  public void received(ByteBuf bytes) {
    connection.read(this, bytes);
    connection.readComplete(this);
  }

  @Override
  public void inputEnded() {
    connection.inputEnded(this);
  }

  @Override
  public void drained() {
    if (ending) {
      finishOutput();
    } else {
      connection.drained(this);
    }
  }

  @Override
  public void failed(IOException cause) {
    connection.failed(this, cause);
  }

  @Override
  public void connected(@Nullable IOException failure) {
    connecting = false;
    if (failure == null) {
      connection.connected(this);
    } else {
      socket().close();
      connection.connectFailed(this, failure);
    }
  }

  @Override
  public void closed() {
    connection.closed(this);
  }
}
