package org.strowger.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.strowger.api.AdminState;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.Prefix;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Timeouts;
import org.strowger.api.VirtualService;

/** Says in the words of the {@link Contract} what the vocabulary says. */
final class WireForm {
  private WireForm() {}

  /**
   * @param reachable whether a real server at this address may be chosen by the wire alone
   */
  static Map<String, Object> of(
      ForwardedService forwarded, BiPredicate<RealServerId, InetSocketAddress> reachable) {
    VirtualService service = forwarded.service();
    Map<String, Object> map = new HashMap<>();
    map.put(Contract.NAME, service.name());
    map.put(Contract.PROTOCOL, service.protocol().word());
    map.put(Contract.ADDRESS, new InetSocketAddress(service.address(), service.port().first()));
    map.put(Contract.LAST_PORT, service.port().last());
    map.put(Contract.LISTENING, forwarded.listening());
    map.put(Contract.ONE_PACKET, service.onePacket());
    map.put(Contract.CONNECT_TRIES, service.connectTries());
    map.put(Contract.QUEUE_SIZE, service.queue().size());
    map.put(Contract.QUEUE_TIMEOUT, service.queue().timeout().toMillis());
    map.put(Contract.SEND_PROXY, service.proxyProtocol().send().code() - 1);
    map.put(
        Contract.PROXY_FROM,
        service.proxyProtocol().acceptFrom().stream().map(WireForm::prefix).toList());
    map.put(Contract.TRANSPARENT_SOURCE, service.transparentSource());
    map.put(Contract.LOG_SAMPLE, service.connectionLog().sample());
    map.put(Contract.LOG_RATE, service.connectionLog().rate());
    timeouts(map, service.timeouts());
    map.put(Contract.REALS, reals(forwarded, reachable));
    return map;
  }

  private static Map.Entry<InetAddress, Integer> prefix(Prefix prefix) {
    return Map.entry(prefix.address(), prefix.length());
  }

  private static void timeouts(Map<String, Object> map, Timeouts timeouts) {
    map.put(Contract.CONNECT_TIMEOUT, timeouts.connect().toMillis());
    map.put(Contract.CLIENT_IDLE, timeouts.clientIdle().toMillis());
    map.put(Contract.SERVER_IDLE, timeouts.serverIdle().toMillis());
    map.put(Contract.HALF_CLOSED, timeouts.halfClosed().toMillis());
    map.put(Contract.FLOW, timeouts.flow().toMillis());
  }

  private static List<Map<String, Object>> reals(
      ForwardedService forwarded, BiPredicate<RealServerId, InetSocketAddress> reachable) {
    String pool = forwarded.service().pool();
    return forwarded.realServers().stream()
        .map(
            real -> {
              InetSocketAddress address = new InetSocketAddress(real.address(), real.port());
              boolean takes =
                  real.id().pool().equals(pool)
                      && real.adminState() == AdminState.IN_SERVICE
                      && reachable.test(real.id(), address);
              return real(real, address, takes ? real.weight() : 0);
            })
        .toList();
  }

  private static Map<String, Object> real(RealServer real, InetSocketAddress address, int weight) {
    return Map.of(
        Contract.ID, real.id().toString(), Contract.ADDRESS, address, Contract.WEIGHT, weight);
  }

  static Map<String, Object> of(ConnectionFilter filter) {
    Map<String, Object> map = new HashMap<>();
    filter.service().ifPresent(service -> map.put(Contract.SERVICE_NAME, service));
    filter.real().ifPresent(real -> map.put(Contract.REAL, real.toString()));
    filter
        .client()
        .ifPresent(
            client -> {
              map.put(Contract.CLIENT, client.address());
              map.put(Contract.CLIENT_PREFIX, client.length());
            });
    filter.state().ifPresent(state -> map.put(Contract.STATE, state));
    filter.minAge().ifPresent(age -> map.put(Contract.AGE, age.toMillis()));
    filter.minIdle().ifPresent(idle -> map.put(Contract.IDLE, idle.toMillis()));
    filter.minBytes().ifPresent(bytes -> map.put(Contract.BYTES, bytes));
    filter.after().ifPresent(id -> map.put(Contract.AFTER, id));
    return map;
  }
}
