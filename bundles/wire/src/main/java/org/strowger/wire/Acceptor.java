package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes new connections of one virtual service on one loop, from one listening socket. */
final class Acceptor extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

  private final Exchange exchange;
  private final Loop loop;

  /** What its clients connect to; null if only the accepted socket knows. */
  private final @Nullable InetSocketAddress destination;

  private ServicePort port;
  private boolean closing;

  /**
   * For one socket.
   *
   * @param bound its address
   */
  Acceptor(Exchange exchange, Loop loop, ServicePort port, InetSocketAddress bound) {
    boolean any = bound.getAddress().isAnyLocalAddress() || port.wanted().steered();
    this.destination = any ? null : bound;
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
    InetSocketAddress to = destination(channel);
    new LiveConnection(exchange, loop, port, to, it -> ChannelSide.accepted(it, channel)).start();
  }

  private InetSocketAddress destination(Channel accepted) {
    InetSocketAddress known = destination;
    if (known == null && accepted.localAddress() instanceof InetSocketAddress local) {
      known = local;
    }
    return known != null ? known : port.wanted().address();
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
