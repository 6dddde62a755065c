package org.strowger.api;

import java.net.InetAddress;
import java.util.Optional;

/** Which connections; an empty part matches all. */
public record ConnectionFilter(
    Optional<String> service, Optional<RealServerId> real, Optional<InetAddress> client) {
  public static final ConnectionFilter ALL =
      new ConnectionFilter(Optional.empty(), Optional.empty(), Optional.empty());

  public boolean matches(Connection connection) {
    return service.map(s -> s.equals(connection.service())).orElse(true)
        && real.map(r -> r.equals(connection.real())).orElse(true)
        && client.map(c -> c.equals(connection.client().getAddress())).orElse(true);
  }
}
