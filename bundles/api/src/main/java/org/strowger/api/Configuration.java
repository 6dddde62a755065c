package org.strowger.api;

import java.nio.file.Path;
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
 * @param maintenanceFolder a file in it named as a real server ({@code POOL_REAL}, its address, or
 *     address and port as {@code 192.0.2.1_80}) drains it
 * @param dataInterface network device on which the addresses of virtual services that the kernel
 *     forwards are put; empty: the operator puts them there
 */
public record Configuration(
    String directorName,
    String directorZone,
    long connectionLimit,
    Optional<Path> maintenanceFolder,
    String dataInterface,
    Map<String, HealthCheck> checks,
    Map<String, Pool> pools,
    Map<String, VirtualService> virtualServices,
    Management management,
    AlarmSettings alarms) {
  public Configuration {
    checks = Collections.unmodifiableMap(new LinkedHashMap<>(checks));
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    virtualServices = Collections.unmodifiableMap(new LinkedHashMap<>(virtualServices));
  }

  /** One whose alarms are treated as they are where nothing is configured. */
  public Configuration(
      String directorName,
      String directorZone,
      long connectionLimit,
      Optional<Path> maintenanceFolder,
      String dataInterface,
      Map<String, HealthCheck> checks,
      Map<String, Pool> pools,
      Map<String, VirtualService> virtualServices,
      Management management) {
    this(
        directorName,
        directorZone,
        connectionLimit,
        maintenanceFolder,
        dataInterface,
        checks,
        pools,
        virtualServices,
        management,
        AlarmSettings.STANDARD);
  }

  /** The wanted real server, if it is configured. */
  public Optional<RealServer> realServer(RealServerId id) {
    return Optional.ofNullable(pools.get(id.pool())).map(pool -> pool.realServers().get(id.real()));
  }
}
