package org.strowger.api;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A wanted real server.
 *
 * @param port 1 to 65535, or {@link #SAME_PORT}
 * @param weight share of new connections, 0 to 65535; 0 is quiesced
 * @param priority group: while enough of a larger one are up, a smaller one does not serve
 * @param zone where it stands, or empty
 * @param upperThreshold most connections held at once, a hard limit; 0 is none
 * @param lowerThreshold once full it takes new ones below this many; 0 is three quarters of the
 *     upper one
 * @param forwarding how connections reach it; empty: as the virtual service says
 */
public record RealServer(
    RealServerId id,
    InetAddress address,
    int port,
    int weight,
    int priority,
    String zone,
    long upperThreshold,
    long lowerThreshold,
    AdminState adminState,
    Optional<ForwardingMethod> forwarding) {
  /** The port that the client connected to. */
  public static final int SAME_PORT = 0;

  /** One of weight 1 that is in service, everything else at its default. */
  public static RealServer plain(RealServerId id, InetAddress address, int port) {
    return new RealServer(
        id, address, port, 1, 0, "", 0, 0, AdminState.IN_SERVICE, Optional.empty());
  }

  public RealServer withWeight(int other) {
    return new RealServer(
        id,
        address,
        port,
        other,
        priority,
        zone,
        upperThreshold,
        lowerThreshold,
        adminState,
        forwarding);
  }

  public RealServer withAdminState(AdminState other) {
    return new RealServer(
        id,
        address,
        port,
        weight,
        priority,
        zone,
        upperThreshold,
        lowerThreshold,
        other,
        forwarding);
  }

  /** How connections of this virtual service reach it. */
  public ForwardingMethod forwardingOf(VirtualService service) {
    return forwarding.orElse(service.forwarding());
  }

  /** Where a connection to {@code port} of the virtual service goes. */
  public int portFor(int clientsPort) {
    return port == SAME_PORT ? clientsPort : port;
  }
}
