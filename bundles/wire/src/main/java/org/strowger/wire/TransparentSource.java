package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Makes a real server see the client's address as the source of the connection.
 *
 * <p>The socket towards the real server is marked IP_TRANSPARENT (ip(7); the flag is the same for
 * IPv6 sockets) and bound to the client's address, which is not one of this machine. The replies
 * must therefore come back through the director and be taken in by it although they are addressed
 * to the client. With a real server {@code 10.0.2.2:80} behind interface {@code eth1}, as root:
 *
 * <pre>
 * ip rule add iif eth1 ipproto tcp sport 80 lookup 100     # replies of the real servers ...
 * ip route add local default dev lo table 100              # ... are for this machine
 * ip route replace default via DIRECTOR                    # on the real server
 * </pre>
 *
 * <p>For IPv6 the same with {@code ip -6}. Where the real server's port does not tell replies from
 * other traffic, a firewall mark does: {@code nft add rule inet mangle prerouting socket
 * transparent 1 meta mark set 1} with {@code ip rule add fwmark 1 lookup 100}. Reverse path
 * filtering on the interface must not be strict ({@code rp_filter} 0 or 2).
 */
final class TransparentSource {
  private static final int SOL_IP = 0;

  /** Linux, include/uapi/linux/in.h: IP_BIND_ADDRESS_NO_PORT. */
  private static final IntegerUnixChannelOption NO_PORT =
      new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", SOL_IP, 24);

  private TransparentSource() {}

  /**
   * Allows the socket to be bound to an address that is not this machine's.
   *
   * @throws io.netty.channel.ChannelException if this process may not
   */
  static void allow(Channel socket, Transport transport) {
    switch (transport) {
      case IO_URING -> socket.config().setOption(IoUringChannelOption.IP_TRANSPARENT, true);
      case EPOLL -> socket.config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
      case NIO -> throw new UnsupportedOperationException("transport nio");
    }
  }

  /**
   * Prepares a socket to be connected from the client's address.
   *
   * @param samePort with the client's port too; else the kernel chooses one when the socket is
   *     connected, so that one port serves for many real servers
   * @return what to bind to
   * @throws IOException if client and real server are of different families
   */
  static InetSocketAddress prepare(
      Channel socket,
      Transport transport,
      InetSocketAddress client,
      InetSocketAddress real,
      boolean samePort)
      throws IOException {
    InetAddress source = client.getAddress();
    if (!source.getClass().equals(real.getAddress().getClass())) {
      throw new IOException(
          "transparentSource: client %s and real server %s are of different families"
              .formatted(source.getHostAddress(), real.getAddress().getHostAddress()));
    }
    allow(socket, transport);
    // What another connection left in TIME_WAIT does not keep the client's port from being used.
    socket.config().setOption(ChannelOption.SO_REUSEADDR, true);
    if (!samePort) {
      socket.config().setOption(NO_PORT, 1);
    }
    return new InetSocketAddress(source, samePort ? client.getPort() : 0);
  }
}
