package org.strowger.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All that is wanted, checked: references resolve, values are in range. */
public record Configuration(
    String directorName,
    Map<String, Pool> pools,
    Map<String, VirtualService> virtualServices,
    Management management) {
  public Configuration {
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    virtualServices = Collections.unmodifiableMap(new LinkedHashMap<>(virtualServices));
  }

  /** The wanted real server, if it is configured. */
  public Optional<RealServer> realServer(RealServerId id) {
    return Optional.ofNullable(pools.get(id.pool())).map(pool -> pool.realServers().get(id.real()));
  }
}
