package org.strowger.api;

import java.net.InetAddress;

/**
 * How connections of a virtual service reach a real server.
 *
 * @param service name of the virtual service
 * @param address that its clients connect to
 * @param port that its clients connect to, the first of several; 0 if they may use all
 */
public record ServicePath(
    String service, InetAddress address, int port, Protocol protocol, ForwardingMethod method) {
  /** That of a virtual service to a real server of one of its pools. */
  public static ServicePath of(VirtualService service, RealServer real) {
    return new ServicePath(
        service.name(),
        service.address(),
        service.port().equals(PortRange.ALL) ? 0 : service.port().first(),
        service.protocol(),
        real.forwardingOf(service));
  }
}
