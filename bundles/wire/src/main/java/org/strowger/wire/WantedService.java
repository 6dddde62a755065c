package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A virtual service as the wire needs it, read from the map of {@link Wire#apply}. */
record WantedService(
    String name,
    InetSocketAddress address,
    boolean listening,
    int connectTimeoutMillis,
    int connectTries,
    List<WantedReal> reals) {

  /** A real server: where it is, and its share while no decider is there. */
  record WantedReal(String id, InetSocketAddress address, int weight) {}

  WantedService {
    reals = List.copyOf(reals);
  }

  static WantedService of(Map<String, Object> map) {
    String name = value(map, "a virtual service", Contract.NAME, String.class, null);
    String what = "virtual service " + name;
    return new WantedService(
        name,
        value(map, what, Contract.ADDRESS, InetSocketAddress.class, null),
        value(map, what, Contract.LISTENING, Boolean.class, true),
        Math.toIntExact(
            value(map, what, Contract.CONNECT_TIMEOUT, Long.class, Limits.CONNECT_TIMEOUT_MILLIS)),
        value(map, what, Contract.CONNECT_TRIES, Integer.class, Limits.CONNECT_TRIES),
        reals(value(map, what, Contract.REALS, List.class, List.of()), what));
  }

  /** The map it was read from, for another wire. */
  Map<String, Object> toMap() {
    List<Map<String, Object>> realMaps =
        reals.stream()
            .map(
                real ->
                    Map.<String, Object>of(
                        Contract.ID,
                        real.id(),
                        Contract.ADDRESS,
                        real.address(),
                        Contract.WEIGHT,
                        real.weight()))
            .toList();
    return Map.of(
        Contract.NAME,
        name,
        Contract.ADDRESS,
        address,
        Contract.LISTENING,
        listening,
        Contract.CONNECT_TIMEOUT,
        (long) connectTimeoutMillis,
        Contract.CONNECT_TRIES,
        connectTries,
        Contract.REALS,
        realMaps);
  }

  private static List<WantedReal> reals(List<?> maps, String what) {
    return maps.stream().map(map -> real(what, map)).toList();
  }

  private static WantedReal real(String service, Object object) {
    if (!(object instanceof Map<?, ?> map)) {
      throw wrong(service, Contract.REALS, object, "a list of maps");
    }
    String id = value(map, service, Contract.ID, String.class, null);
    String what = service + ", real server " + id;
    return new WantedReal(
        id,
        value(map, what, Contract.ADDRESS, InetSocketAddress.class, null),
        value(map, what, Contract.WEIGHT, Integer.class, 0));
  }

  private static <T> T value(
      Map<?, ?> map, String what, String key, Class<T> type, @Nullable T otherwise) {
    Object value = map.get(key);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    if (!type.isInstance(value)) {
      throw wrong(what, key, value, type.getSimpleName());
    }
    return type.cast(value);
  }

  private static IllegalArgumentException wrong(
      String what, String key, @Nullable Object value, String expected) {
    return new IllegalArgumentException(
        what + ": " + key + ": '" + value + "': expected " + expected);
  }
}
