package org.strowger.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A wanted pool; its real servers stand in the order of the configuration, which schedulers see.
 */
public record Pool(String name, AdminState adminState, Map<String, RealServer> realServers) {
  public Pool {
    realServers = Collections.unmodifiableMap(new LinkedHashMap<>(realServers));
  }
}
