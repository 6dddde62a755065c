package org.strowger.wire;

import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A flow on its way from one wire to another; see {@link Contract} for its form as a map.
 *
 * @param at the socket that its client sends to
 * @param started by System.nanoTime, which all wires of a process share, as is {@code active}
 * @param bound absent while it has no real server
 */
record HandedFlow(
    long id,
    String service,
    InetSocketAddress client,
    DatagramChannel at,
    long started,
    long active,
    long bytesIn,
    long bytesOut,
    boolean answered,
    boolean settled,
    List<String> tried,
    List<byte[]> kept,
    Optional<Bound> bound) {

  /**
   * The real server of a flow.
   *
   * @param tallies what the decider counts it in; passed on as they are
   */
  record Bound(String real, InetSocketAddress address, DatagramChannel socket, List<?> tallies) {}

  static HandedFlow of(Map<String, Object> map) {
    Optional<Bound> bound =
        map.containsKey(Contract.FLOW_SOCKET)
            ? Optional.of(
                new Bound(
                    value(map, Contract.REAL, String.class),
                    value(map, Contract.ADDRESS, InetSocketAddress.class),
                    value(map, Contract.FLOW_SOCKET, DatagramChannel.class),
                    value(map, Contract.FLOW_TALLIES, List.class)))
            : Optional.empty();
    return new HandedFlow(
        value(map, Contract.ID, Long.class),
        value(map, Contract.SERVICE_NAME, String.class),
        value(map, Contract.CLIENT, InetSocketAddress.class),
        value(map, Contract.FLOW_AT, DatagramChannel.class),
        value(map, Contract.FLOW_STARTED, Long.class),
        value(map, Contract.FLOW_ACTIVE, Long.class),
        value(map, Contract.BYTES_IN, Long.class),
        value(map, Contract.BYTES_OUT, Long.class),
        value(map, Contract.FLOW_ANSWERED, Boolean.class),
        value(map, Contract.FLOW_SETTLED, Boolean.class),
        list(map, Contract.FLOW_TRIED, String.class),
        list(map, Contract.FLOW_KEPT, byte[].class),
        bound);
  }

  private static <T> T value(Map<String, Object> map, String key, Class<T> type) {
    return type.cast(Objects.requireNonNull(map.get(key), () -> "flow without '" + key + "'"));
  }

  private static <T> List<T> list(Map<String, Object> map, String key, Class<T> type) {
    List<?> list = value(map, key, List.class);
    return list.stream().map(type::cast).toList();
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new HashMap<>();
    map.put(Contract.ID, id);
    map.put(Contract.SERVICE_NAME, service);
    map.put(Contract.CLIENT, client);
    map.put(Contract.FLOW_AT, at);
    map.put(Contract.FLOW_STARTED, started);
    map.put(Contract.FLOW_ACTIVE, active);
    map.put(Contract.BYTES_IN, bytesIn);
    map.put(Contract.BYTES_OUT, bytesOut);
    map.put(Contract.FLOW_ANSWERED, answered);
    map.put(Contract.FLOW_SETTLED, settled);
    map.put(Contract.FLOW_TRIED, tried);
    map.put(Contract.FLOW_KEPT, kept);
    bound.ifPresent(
        to -> {
          map.put(Contract.REAL, to.real);
          map.put(Contract.ADDRESS, to.address);
          map.put(Contract.FLOW_SOCKET, to.socket);
          map.put(Contract.FLOW_TALLIES, to.tallies);
        });
    return map;
  }
}
