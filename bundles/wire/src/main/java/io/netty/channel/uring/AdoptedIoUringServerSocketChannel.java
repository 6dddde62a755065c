package io.netty.channel.uring;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import java.nio.ByteBuffer;
import org.jspecify.annotations.NullUnmarked;

/**
 * A listening socket that somebody else opened. Netty offers this for epoll ({@code new
 * EpollServerSocketChannel(int)}) but not for io_uring, whose base class is open to its own package
 * only: hence the place of this class. Netty is embedded in this bundle, so it is the same package
 * at run time too.
 */
@NullUnmarked // like the Netty package it extends
public final class AdoptedIoUringServerSocketChannel extends AbstractIoUringServerChannel {
  private final ChannelConfig config;

  /**
   * Adopts a listening socket.
   *
   * @param descriptor owned by this channel from now on
   */
  public AdoptedIoUringServerSocketChannel(int descriptor) {
    super(new LinuxSocket(descriptor), true);
    config = new IoUringServerSocketChannelConfig(this);
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  Channel newChildChannel(int descriptor, ByteBuffer acceptedAddress) {
    // The address is asked from the socket: with multi-shot accept the memory is not filled.
    return new IoUringSocketChannel(this, new LinuxSocket(descriptor));
  }
}
