package io.netty.channel.epoll;

import io.netty.channel.Channel;
import java.io.IOException;
import org.jspecify.annotations.NullUnmarked;

/**
 * Keeps a socket in the epoll set while nothing is waited for. Netty 4.2.18 takes a socket out of
 * the set when its last flag is cleared (the input has ended, nothing to write), but believes that
 * it is still there: the next wait for writability fails with ENOENT, and a half-closed connection
 * with a slow reader is lost. A flag that the kernel ignores (EPOLLMSG, epoll_ctl(2)) prevents
 * that. The method to set it is open to this package only, hence the place of this class.
 */
@NullUnmarked // like the Netty package it extends
public final class EpollHold {
  private static final int EPOLLMSG = 0x400;

  private EpollHold() {}

  /** To be called before the channel is registered: it costs no system call then. */
  public static void keep(Channel channel) {
    try {
      ((AbstractEpollChannel) channel).setFlag(EPOLLMSG);
    } catch (IOException impossible) { // nothing is submitted before the registration
      throw new IllegalStateException(impossible);
    }
  }
}
