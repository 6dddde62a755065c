package org.strowger.api;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A wanted pool; its real servers stand in the order of the configuration, which schedulers see.
 *
 * @param minUp real servers that must be up in the groups of larger priority, or the next one
 *     joins; 1 or more
 * @param slowStart time in which a real server that came back gets its whole weight; zero: at once
 * @param panicThreshold percentage of its real servers that must be up, or all are used, healthy or
 *     not; 0 is never
 * @param health what it makes of the evidence about its real servers
 */
public record Pool(
    String name,
    AdminState adminState,
    int minUp,
    Duration slowStart,
    int panicThreshold,
    HealthPolicy health,
    Map<String, RealServer> realServers) {
  public Pool {
    realServers = Collections.unmodifiableMap(new LinkedHashMap<>(realServers));
  }

  /** One that is in service, everything else at its default. */
  public static Pool plain(String name, Map<String, RealServer> realServers) {
    return new Pool(
        name, AdminState.IN_SERVICE, 1, Duration.ZERO, 0, HealthPolicy.NONE, realServers);
  }

  public Pool withAdminState(AdminState other) {
    return new Pool(name, other, minUp, slowStart, panicThreshold, health, realServers);
  }

  public Pool withRealServers(Map<String, RealServer> others) {
    return new Pool(name, adminState, minUp, slowStart, panicThreshold, health, others);
  }
}
