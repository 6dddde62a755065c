package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;

/** What a virtual service needs from the kernel that not every process may have. */
final class Privileges {
  private static final String NEEDED =
      "the process needs CAP_NET_ADMIN or CAP_NET_RAW: start it as root or, with"
          + " systemd, AmbientCapabilities=CAP_NET_ADMIN";

  private Privileges() {}

  /**
   * Why this service cannot be had here and what to do, one clause; or empty. Asked by doing it on
   * a socket that is thrown away, since nothing else tells for sure.
   */
  static String missing(WantedService wanted, Transport transport) {
    if (wanted.transparentSource()) {
      String why = transparentSource(transport);
      if (!why.isEmpty()) {
        return why;
      }
    }
    if (wanted.steered()) {
      return Steering.missing(wanted, transport);
    }
    return "";
  }

  private static String transparentSource(Transport transport) {
    if (transport == Transport.NIO) {
      return "transparentSource is not possible with transport nio: use io_uring or epoll"
          + " (strowger.transport)";
    }
    Channel trial = transport.socket();
    try {
      TransparentSource.allow(trial, transport);
      return "";
    } catch (ChannelException refused) {
      Throwable cause = refused.getCause() != null ? refused.getCause() : refused;
      return "transparentSource is refused by the kernel (" + cause.getMessage() + "): " + NEEDED;
    } finally {
      trial.unsafe().closeForcibly();
    }
  }
}
