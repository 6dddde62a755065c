package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A socket as a channel of Netty's. */
// Netty tells what comes of an ignored future to the handler or in the log.
@SuppressWarnings("FutureReturnValueIgnored")
final class ChannelSide extends ChannelInboundHandlerAdapter implements Side {
  private final LiveConnection connection;
  private final Channel channel;
  private final SideState state;

  private ChannelSide(LiveConnection connection, Channel channel, boolean client) {
    this.connection = connection;
    this.channel = channel;
    this.state = new SideState(client);
    Sockets.prepare(channel, this);
  }

  /** The socket of a client that was just accepted. */
  static ChannelSide accepted(LiveConnection connection, Channel channel) {
    connection.exchange().transport().prepare(channel);
    return new ChannelSide(connection, channel, true);
  }

  /**
   * A socket to be connected to a real server.
   *
   * @throws io.netty.channel.ChannelException if there is no descriptor for it
   */
  static ChannelSide open(LiveConnection connection) {
    return new ChannelSide(connection, connection.exchange().transport().socket(), false);
  }

  @Override
  public SideState state() {
    return state;
  }

  @Override
  public InetSocketAddress remote() {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    return remote != null ? remote : new InetSocketAddress(0); // it has gone already
  }

  @Override
  public void begin() {
    connection.loop().events().register(channel);
  }

  @Override
  public void connect(InetSocketAddress address, int timeoutMillis) {
    connect(address, null, timeoutMillis);
  }

  @Override
  public void connectFrom(
      InetSocketAddress source, boolean samePort, InetSocketAddress address, int timeoutMillis) {
    Transport transport = connection.exchange().transport();
    InetSocketAddress bound;
    try {
      bound = TransparentSource.prepare(channel, transport, source, address, samePort);
    } catch (IOException | ChannelException e) {
      connection.loop().events().register(channel); // only then can it be closed
      channel.close();
      connection.connectFailed(this, e);
      return;
    }
    connect(address, bound, timeoutMillis);
  }

  private void connect(
      InetSocketAddress address, @Nullable InetSocketAddress source, int timeoutMillis) {
    channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis);
    connection.loop().events().register(channel);
    channel
        .connect(address, source)
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess()) {
                connection.connected(this);
              } else {
                // Netty's epoll closes what is refused at once, but not what is refused later
                // (AbstractEpollChannel.finishConnect): its descriptor would stay, and wake us.
                channel.close();
                connection.connectFailed(this, done.cause());
              }
            });
  }

  @Override
  public void read() {
    channel.read();
  }

  @Override
  public void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public long pendingBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : Math.max(0, waiting.totalPendingWriteBytes());
  }

  @Override
  public long unsentBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    if (waiting == null || waiting.isEmpty()) {
      return 0;
    }
    long[] bytes = {0};
    try {
      waiting.forEachFlushedMessage(
          message -> {
            bytes[0] += message instanceof ByteBuf part ? part.readableBytes() : 0;
            return true;
          });
    } catch (Exception impossible) { // the visitor throws nothing
      throw new IllegalStateException(impossible);
    }
    return bytes[0];
  }

  @Override
  public void awaitSent() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (written.isSuccess()) {
                connection.drained(this);
              }
            });
  }

  @Override
  public void endOutput() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (written.isSuccess()) {
                state.endOutput();
                if (!state.finished()) { // else it is closed at once
                  ((DuplexChannel) channel).shutdownOutput();
                }
                connection.outputEnded(this);
              } else {
                connection.failed(this, written.cause());
              }
            });
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public void reset() {
    Sockets.reset(channel);
  }

  // --- what Netty tells

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    connection.read(this, (ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    connection.readComplete(this);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      connection.drained(this);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      connection.inputEnded(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.closed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.failed(this, cause);
  }
}
