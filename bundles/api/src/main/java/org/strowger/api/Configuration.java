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
 * @param kernel what concerns the plane in the kernel as a whole
 * @param hooks what is run when something happens
 * @param vrrp whom this director stands for, and who for it
 * @param sync whether directors tell each other their connections
 * @param checksOnStandby false: real servers are not looked at while the director is no active one
 */
public record Configuration(
    String directorName,
    String directorZone,
    long connectionLimit,
    Optional<Path> maintenanceFolder,
    KernelSettings kernel,
    Map<String, HealthCheck> checks,
    Map<String, Pool> pools,
    Map<String, VirtualService> virtualServices,
    Management management,
    Hooks hooks,
    boolean checksOnStandby,
    AlarmSettings alarms,
    Vrrp vrrp,
    Sync sync) {
  public Configuration {
    checks = Collections.unmodifiableMap(new LinkedHashMap<>(checks));
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    virtualServices = Collections.unmodifiableMap(new LinkedHashMap<>(virtualServices));
  }

  /** One without hooks, with alarms and kernel plane as they are where nothing is configured. */
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
        KernelSettings.at(dataInterface),
        checks,
        pools,
        virtualServices,
        management,
        Hooks.NONE,
        true,
        AlarmSettings.STANDARD,
        Vrrp.NONE,
        Sync.NONE);
  }

  /** The wanted real server, if it is configured. */
  public Optional<RealServer> realServer(RealServerId id) {
    return Optional.ofNullable(pools.get(id.pool())).map(pool -> pool.realServers().get(id.real()));
  }
}
