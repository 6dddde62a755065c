package org.strowger.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A wanted virtual service.
 *
 * @param port 1 to 65535
 * @param scheduler name under which a bundle offers it; need not be present to be configured
 * @param schedulerOptions options of that scheduler, checked by it
 * @param pool name of a configured pool
 * @param connectTimeout time a real server has to accept a connection
 * @param connectTries real servers tried for one connection before it is given up, 1 to 16
 */
public record VirtualService(
    String name,
    InetAddress address,
    int port,
    Protocol protocol,
    String scheduler,
    Map<String, Object> schedulerOptions,
    String pool,
    ForwardingMethod forwarding,
    Duration connectTimeout,
    int connectTries,
    AdminState adminState) {
  public VirtualService {
    schedulerOptions = Collections.unmodifiableMap(new LinkedHashMap<>(schedulerOptions));
  }
}
