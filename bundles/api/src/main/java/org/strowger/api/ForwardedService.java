package org.strowger.api;

import java.util.List;

/**
 * A virtual service as handed to a plane. Indexes of {@code realServers} are those of the chooser.
 *
 * @param listening false if nothing should listen: the service is out of service
 */
public record ForwardedService(
    VirtualService service, boolean listening, List<RealServer> realServers, Chooser chooser) {
  public ForwardedService {
    realServers = List.copyOf(realServers);
  }
}
