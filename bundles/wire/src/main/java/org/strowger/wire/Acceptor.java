package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.RingAcceptor;
import io.netty.channel.uring.RingLoop;
import java.io.IOException;
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
  private @Nullable Channel listening;
  private @Nullable RingAcceptor ring;
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
    loop.remove(this);
    pause(channel);
  }

  private void pause(Channel channel) {
    if (ring != null) {
      ring.stop();
    } else {
      channel.config().setAutoRead(false);
    }
  }

  private void resume(Channel channel) {
    if (ring != null) {
      ring.start();
    } else {
      channel.config().setAutoRead(true);
    }
  }

  /** What the ring accepts. */
  private final class Accepted implements RingAcceptor.Events {
    private final Channel socket;

    Accepted(Channel socket) {
      this.socket = socket;
    }

    @Override
    public void accepted(int descriptor) {
      InetSocketAddress known = destination;
      InetSocketAddress to = known != null ? known : loop.requireRing().local(descriptor);
      new LiveConnection(exchange, loop, port, to, it -> RingSide.accepted(it, descriptor)).start();
      exchange.watch().accepted(loop);
    }

    @Override
    public void failed(IOException cause) {
      acceptFailed(socket, cause);
    }

    @Override
    public boolean sparing() {
      return exchange.watch().sparing();
    }
  }

  /** Takes new connections, or leaves them to the kernel's backlog for now. */
  void accepting(boolean now) {
    if (listening == null || closing) {
      return;
    }
    if (now) {
      resume(listening);
    } else {
      pause(listening);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    Channel channel = context.channel();
    if (!channel.isOpen()) {
      return; // closed before its loop came to this: the descriptor may be another's by now
    }
    listening = channel;
    RingLoop direct = loop.ring();
    if (direct != null) { // where sockets go without channels, accepting does too
      ring = direct.accept(((UnixChannel) channel).fd().intValue(), new Accepted(channel));
      accepting(loop.accepting());
    }
    loop.add(this);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    loop.remove(this);
    if (ring != null) {
      ring.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel channel = (Channel) accepted;
    InetSocketAddress to = destination(channel);
    new LiveConnection(exchange, loop, port, to, it -> ChannelSide.accepted(it, channel)).start();
    exchange.watch().accepted(loop);
  }

  private InetSocketAddress destination(Channel accepted) {
    InetSocketAddress known = destination;
    if (known == null && accepted.localAddress() instanceof InetSocketAddress local) {
      known = local;
    }
    return known != null ? known : port.wanted().address();
  }

  /** Lets the kernel keep the new ones: for a moment, or until there are descriptors again. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    acceptFailed(context.channel(), cause);
  }

  private void acceptFailed(Channel channel, Throwable cause) {
    if (closing) {
      return;
    }
    if (ConnectFailure.wantsDescriptors(cause)) {
      exchange.watch().exhausted();
      return;
    }
    if (exchange.mayWarn()) {
      log.atWarn()
          .addKeyValue("service", port.name())
          .log("accept paused for {} ms: {}", Limits.ACCEPT_PAUSE_MILLIS, cause.toString());
    }
    pause(channel);
    loop.later(
        Limits.ACCEPT_PAUSE_MILLIS,
        () -> {
          if (!closing && loop.accepting()) {
            resume(channel);
          }
        });
  }
}
