package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes new connections of one virtual service on one loop. */
final class Acceptor extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

  private final Exchange exchange;
  private final Loop loop;
  private ServicePort port;
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
    channel.config().setAutoRead(false);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel channel = (Channel) accepted;
    new LiveConnection(exchange, loop, port, it -> ChannelSide.accepted(it, channel)).start();
  }

  /** Out of descriptors, most likely: lets the kernel keep the new ones for a moment. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (closing) {
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
          if (!closing) {
            channel.config().setAutoRead(true);
          }
        });
  }
}
