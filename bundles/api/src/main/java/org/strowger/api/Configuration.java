package org.strowger.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that is wanted, checked: references resolve, values are in range.
 *
 * @param directorZone where the director stands: real servers of its zone are preferred; empty for
 *     no preference
 * @param connectionLimit most connections the director holds at once, over all virtual services; 0
 *     is no limit
 * @param dataInterface network device on which the addresses of virtual services that the kernel
 *     forwards are put; empty: the operator puts them there
 */
public record Configuration(
    String directorName,
    String directorZone,
    long connectionLimit,
    String dataInterface,
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
