package org.strowger.wire;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done alike to both sockets of a connection. */
final class Sockets {
  private static final Logger log = LoggerFactory.getLogger(Sockets.class);
  private static final WriteBufferWaterMark MARKS =
      new WriteBufferWaterMark(Limits.WRITE_LOW_BYTES, Limits.WRITE_HIGH_BYTES);

  private Sockets() {}

  /** Sets the options and the handler; before the channel is registered. */
  static void prepare(Channel channel, ChannelHandler side) {
    ChannelConfig config = channel.config();
    // Each read is asked for: switching automatic reading off and on cancels reads under way, after
    // which io_uring (Netty 4.2.18) may forget to read at all.
    config.setAutoRead(false);
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setOption(ChannelOption.TCP_NODELAY, true);
    config.setWriteBufferWaterMark(MARKS);
    config.setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(2048, 8192, Limits.READ_BYTES));
    channel.pipeline().addLast(side);
  }

  /** Ends the socket with a reset instead of an orderly end. */
  @SuppressWarnings("FutureReturnValueIgnored") // Netty logs a failing close
  static void reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException alreadyClosed) {
      // The kernel has ended the socket before us: then there is nothing left to reset.
      log.trace("no reset: {}", alreadyClosed.toString());
    }
    channel.close();
  }
}
