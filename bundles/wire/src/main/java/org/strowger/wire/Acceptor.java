package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes new connections of one virtual service on one loop. */
final class Acceptor extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

  private final Exchange exchange;
  private final Loop loop;
  private ServicePort port;
  private @Nullable Channel listening;
  private boolean closing;

  Acceptor(Exchange exchange, Loop loop, ServicePort port) {
    this.exchange = exchange;
    this.loop = loop;
    this.port = port;
  }

  /** The service was renamed; on the loop. */
  void serve(ServicePort other) {
    port = other;
  }

  /** Accepts no more; on the loop. */
  void close(Channel channel) {
    closing = true;
    loop.remove(this);
    channel.config().setAutoRead(false);
  }

  /** Takes new connections, or leaves them to the kernel's backlog for now. */
  void accepting(boolean now) {
    if (listening != null && !closing) {
      listening.config().setAutoRead(now);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    listening = context.channel();
    loop.add(this);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    loop.remove(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel channel = (Channel) accepted;
    new LiveConnection(exchange, loop, port, it -> ChannelSide.accepted(it, channel)).start();
    exchange.watch().accepted(loop);
  }

  /** Lets the kernel keep the new ones: for a moment, or until there are descriptors again. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (closing) {
      return;
    }
    if (ConnectFailure.wantsDescriptors(cause)) {
      exchange.watch().exhausted();
      return;
    }
    Channel channel = context.channel();
    if (exchange.mayWarn()) {
      log.atWarn()
          .addKeyValue("service", port.name())
          .log("accept paused for {} ms: {}", Limits.ACCEPT_PAUSE_MILLIS, cause.toString());
    }
    channel.config().setAutoRead(false);
    loop.later(
        Limits.ACCEPT_PAUSE_MILLIS,
        () -> {
          if (!closing && loop.accepting()) {
            channel.config().setAutoRead(true);
          }
        });
  }
}
