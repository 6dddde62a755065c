package org.strowger.api;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A wanted virtual service.
 *
 * @param scheduler name under which a bundle offers it; need not be present to be configured
 * @param schedulerOptions options of that scheduler, checked by it
 * @param pool name of a configured pool
 * @param backupPool name of the pool that serves while nobody of {@code pool} can: its sorry
 *     servers
 * @param onePacket UDP only: each datagram is scheduled alone, and no flow is kept
 * @param connectTries real servers tried for one connection before it is given up, 1 to 16
 * @param transparentSource real servers see the client's address as the source; needs
 *     CAP_NET_ADMIN, and their replies must be routed through the director
 */
public record VirtualService(
    String name,
    InetAddress address,
    PortRange port,
    Protocol protocol,
    String scheduler,
    Map<String, Object> schedulerOptions,
    String pool,
    Optional<String> backupPool,
    ForwardingMethod forwarding,
    boolean onePacket,
    Timeouts timeouts,
    int connectTries,
    WaitingQueue queue,
    ServiceLimits limits,
    Persistence persistence,
    AccessList access,
    ProxyProtocol proxyProtocol,
    boolean transparentSource,
    ConnectionLog connectionLog,
    AdminState adminState) {
  public static final int DEFAULT_CONNECT_TRIES = 3;

  public VirtualService {
    schedulerOptions = Collections.unmodifiableMap(new LinkedHashMap<>(schedulerOptions));
  }

  /** One that is in service and relayed, everything else at its default. */
  public static VirtualService plain(
      String name,
      InetAddress address,
      int port,
      Protocol protocol,
      String scheduler,
      String pool) {
    return new VirtualService(
        name,
        address,
        PortRange.of(port),
        protocol,
        scheduler,
        Map.of(),
        pool,
        Optional.empty(),
        ForwardingMethod.RELAY,
        false,
        Timeouts.DEFAULT,
        DEFAULT_CONNECT_TRIES,
        WaitingQueue.NONE,
        ServiceLimits.NONE,
        Persistence.NONE,
        AccessList.ALL,
        ProxyProtocol.NONE,
        false,
        ConnectionLog.NONE,
        AdminState.IN_SERVICE);
  }

  public VirtualService withAdminState(AdminState state) {
    return new VirtualService(
        name,
        address,
        port,
        protocol,
        scheduler,
        schedulerOptions,
        pool,
        backupPool,
        forwarding,
        onePacket,
        timeouts,
        connectTries,
        queue,
        limits,
        persistence,
        access,
        proxyProtocol,
        transparentSource,
        connectionLog,
        state);
  }
}
