package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** One of the two sockets of a live connection. */
final class Side extends ChannelInboundHandlerAdapter {
  private final LiveConnection connection;
  private final Channel channel;
  private final boolean client;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean paused;

  Side(LiveConnection connection, Channel channel, boolean client) {
    this.connection = connection;
    this.channel = channel;
    this.client = client;
  }

  Channel channel() {
    return channel;
  }

  boolean client() {
    return client;
  }

  /** Both directions have been ended in order. */
  boolean finished() {
    return inputEnded && outputEnded;
  }

  boolean inputEnded() {
    return inputEnded;
  }

  /** Not read, because the partner is slow. */
  boolean paused() {
    return paused;
  }

  void paused(boolean nowPaused) {
    paused = nowPaused;
  }

  /** The socket will say no more. */
  void inputEnded(boolean ended) {
    inputEnded = ended;
  }

  /** Nothing more will be said to it. */
  void outputEnded(boolean ended) {
    outputEnded = ended;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    connection.relay(this, (ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    connection.readOn(this);
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
