package org.strowger.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Knocks at real servers the way the kernel plane sends them packets: at the virtual service's
 * address, in the frame or tunnel of the forwarding method. So a real server is found out that
 * answers at its own address but lost that of the service. An OSGi service; any thread.
 */
public interface Knocker {
  /** UDP port of Generic UDP Encapsulation. */
  int GUE_PORT = 6080;

  /** Why it cannot, one sentence that says what to do; empty if it can. */
  Optional<String> unavailable();

  /**
   * Knocks once and waits for the answer.
   *
   * @throws KernelException if it is this machine that cannot send
   * @throws InterruptedException if interrupted
   */
  Answer knock(Knock knock) throws KernelException, InterruptedException;

  /**
   * Whether the real server answers the link when it is asked who has the address of the virtual
   * service. With direct routing and tunnels it has that address and must keep quiet about it, or
   * clients and routers on the link go past the director. Asked by ARP (RFC 826), until the time is
   * over; false of IPv6, where Linux answers for a device's own addresses only, and of a real
   * server behind a router.
   *
   * @throws KernelException if it is this machine that cannot ask
   * @throws InterruptedException if interrupted
   */
  boolean claims(Knock knock) throws KernelException, InterruptedException;

  /**
   * What to knock at.
   *
   * @param virtual address of the virtual service
   * @param port a TCP port, 1 to 65535: a SYN, and a reset when it is answered; 0: an ICMP echo
   * @param real address of the real server
   * @param method {@link ForwardingMethod#DIRECT}, {@link ForwardingMethod#TUNNEL_IPIP} or {@link
   *     ForwardingMethod#TUNNEL_GUE}
   * @param source local address to knock from; empty: that of the route to the real server
   */
  record Knock(
      InetAddress virtual,
      int port,
      InetAddress real,
      ForwardingMethod method,
      Optional<InetAddress> source,
      Duration timeout) {}

  /** What came of it. */
  enum Answer {
    /** It opened the connection, or echoed. */
    OPEN,
    /** It has the address, but nobody listens at the port. */
    REFUSED,
    /** Nothing came back. */
    SILENT,
    /** The link has no station of that address. */
    NOBODY
  }
}
