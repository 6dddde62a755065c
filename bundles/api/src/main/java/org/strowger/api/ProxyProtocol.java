package org.strowger.api;

import java.util.List;

/**
 * The PROXY protocol (haproxy.org, proxy-protocol.txt): how the client's address is told.
 *
 * @param send header towards the real servers
 * @param acceptFrom who in front must send a header; from others it is payload
 */
public record ProxyProtocol(ProxyVersion send, List<Prefix> acceptFrom) {
  public static final ProxyProtocol NONE = new ProxyProtocol(ProxyVersion.NONE, List.of());

  public ProxyProtocol {
    acceptFrom = List.copyOf(acceptFrom);
  }
}
