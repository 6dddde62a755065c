package org.strowger.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A virtual service as the wire needs it, read from the map of {@link Wire#apply}.
 *
 * @param address with the first port
 * @param proxyFrom prefixes whose connections begin with a PROXY protocol header
 */
record WantedService(
    String name,
    boolean udp,
    InetSocketAddress address,
    int lastPort,
    boolean listening,
    boolean onePacket,
    Times times,
    int connectTries,
    int queueSize,
    int sendProxy,
    List<Map.Entry<InetAddress, Integer>> proxyFrom,
    boolean transparentSource,
    int logSample,
    int logRate,
    List<WantedReal> reals) {

  /** A real server: where it is, and its share while no decider is there. */
  record WantedReal(String id, InetSocketAddress address, int weight) {
    /** In the place of its port: the one that the client connected to. */
    static final int SAME_PORT = 0;
  }

  /** Times in milliseconds. */
  record Times(
      int connect, long clientIdle, long serverIdle, long halfClosed, long flow, long queue) {
    /** The shortest time after which a connection counts as idle; one that is 0 is never over. */
    long shortest() {
      return Math.min(orNever(clientIdle), Math.min(orNever(serverIdle), orNever(halfClosed)));
    }

    private static long orNever(long millis) {
      return millis > 0 ? millis : Long.MAX_VALUE;
    }
  }

  WantedService {
    proxyFrom = List.copyOf(proxyFrom);
    reals = List.copyOf(reals);
  }

  static WantedService of(Map<String, Object> map) {
    String name = new Reader(map, "a virtual service").value(Contract.NAME, String.class, null);
    Reader read = new Reader(map, "virtual service " + name);
    InetSocketAddress address = read.value(Contract.ADDRESS, InetSocketAddress.class, null);
    int lastPort = read.value(Contract.LAST_PORT, Integer.class, address.getPort());
    if (lastPort < address.getPort() || lastPort > 65_535) {
      throw Reader.wrong(
          "virtual service " + name,
          Contract.LAST_PORT,
          lastPort,
          "a port from " + address.getPort() + " to 65535");
    }
    return new WantedService(
        name,
        read.value(Contract.PROTOCOL, String.class, "tcp").equals("udp"),
        address,
        lastPort,
        read.value(Contract.LISTENING, Boolean.class, true),
        read.value(Contract.ONE_PACKET, Boolean.class, false),
        times(read),
        read.value(Contract.CONNECT_TRIES, Integer.class, Limits.CONNECT_TRIES),
        read.value(Contract.QUEUE_SIZE, Integer.class, 0),
        read.value(Contract.SEND_PROXY, Integer.class, 0),
        read.prefixes(Contract.PROXY_FROM),
        read.value(Contract.TRANSPARENT_SOURCE, Boolean.class, false),
        read.value(Contract.LOG_SAMPLE, Integer.class, 0),
        read.value(Contract.LOG_RATE, Integer.class, Limits.LOG_RATE),
        reals(name, read.value(Contract.REALS, List.class, List.of())));
  }

  private static Times times(Reader read) {
    return new Times(
        Math.toIntExact(
            read.value(Contract.CONNECT_TIMEOUT, Long.class, Limits.CONNECT_TIMEOUT_MILLIS)),
        read.value(Contract.CLIENT_IDLE, Long.class, Limits.IDLE_MILLIS),
        read.value(Contract.SERVER_IDLE, Long.class, Limits.IDLE_MILLIS),
        read.value(Contract.HALF_CLOSED, Long.class, Limits.HALF_CLOSED_MILLIS),
        read.value(Contract.FLOW, Long.class, Limits.FLOW_MILLIS),
        read.value(Contract.QUEUE_TIMEOUT, Long.class, Limits.QUEUE_MILLIS));
  }

  private static List<WantedReal> reals(String service, List<?> maps) {
    return maps.stream().map(each -> real(service, each)).toList();
  }

  private static WantedReal real(String service, @Nullable Object each) {
    if (!(each instanceof Map<?, ?> map)) {
      throw Reader.wrong("virtual service " + service, Contract.REALS, each, "a list of maps");
    }
    String of = "virtual service " + service;
    String id = new Reader(map, of).value(Contract.ID, String.class, null);
    Reader read = new Reader(map, of + ", real server " + id);
    return new WantedReal(
        id,
        read.value(Contract.ADDRESS, InetSocketAddress.class, null),
        read.value(Contract.WEIGHT, Integer.class, 0));
  }

  /** How many ports it has. */
  int ports() {
    return lastPort - address.getPort() + 1;
  }

  boolean hasPort(int port) {
    return port >= address.getPort() && port <= lastPort;
  }

  /** Too many ports for a socket each: the kernel is told to give us what comes to any of them. */
  boolean steered() {
    return ports() > Limits.PORTS_BOUND;
  }

  /** None of the sockets of {@code before} serves. */
  boolean listensElsewhere(WantedService before) {
    boolean steeredOtherwise =
        (steered() || before.steered())
            && (!address.equals(before.address) || lastPort != before.lastPort);
    return steeredOtherwise
        || udp != before.udp
        || listening != before.listening
        || !address.getAddress().equals(before.address.getAddress());
  }

  /** As people write it. */
  String where() {
    String host = address.getAddress().getHostAddress();
    int first = address.getPort();
    return host + (ports() == 1 ? " port " + first : " ports " + first + "-" + lastPort);
  }

  /** The map it was read from, for another wire. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new HashMap<>();
    map.put(Contract.NAME, name);
    map.put(Contract.PROTOCOL, udp ? "udp" : "tcp");
    map.put(Contract.ADDRESS, address);
    map.put(Contract.LAST_PORT, lastPort);
    map.put(Contract.LISTENING, listening);
    map.put(Contract.ONE_PACKET, onePacket);
    map.put(Contract.CONNECT_TIMEOUT, (long) times.connect);
    map.put(Contract.CLIENT_IDLE, times.clientIdle);
    map.put(Contract.SERVER_IDLE, times.serverIdle);
    map.put(Contract.HALF_CLOSED, times.halfClosed);
    map.put(Contract.FLOW, times.flow);
    map.put(Contract.QUEUE_TIMEOUT, times.queue);
    map.put(Contract.CONNECT_TRIES, connectTries);
    map.put(Contract.QUEUE_SIZE, queueSize);
    map.put(Contract.SEND_PROXY, sendProxy);
    map.put(Contract.PROXY_FROM, proxyFrom);
    map.put(Contract.TRANSPARENT_SOURCE, transparentSource);
    map.put(Contract.LOG_SAMPLE, logSample);
    map.put(Contract.LOG_RATE, logRate);
    map.put(Contract.REALS, reals.stream().map(WantedService::toMap).toList());
    return map;
  }

  private static Map<String, Object> toMap(WantedReal real) {
    return Map.of(
        Contract.ID, real.id, Contract.ADDRESS, real.address, Contract.WEIGHT, real.weight);
  }

  /** Reads a map whose writer may be older or newer. */
  private record Reader(Map<?, ?> map, String what) {
    <T> T value(String key, Class<T> type, @Nullable T otherwise) {
      Object value = map.get(key);
      if (value == null && otherwise != null) {
        return otherwise;
      }
      if (!type.isInstance(value)) {
        throw wrong(what, key, value, type.getSimpleName());
      }
      return type.cast(value);
    }

    List<Map.Entry<InetAddress, Integer>> prefixes(String key) {
      List<?> list = value(key, List.class, List.of());
      return list.stream().map(each -> prefix(key, each)).toList();
    }

    private Map.Entry<InetAddress, Integer> prefix(String key, @Nullable Object each) {
      if (each instanceof Map.Entry<?, ?> entry
          && entry.getKey() instanceof InetAddress address
          && entry.getValue() instanceof Integer length) {
        return Map.entry(address, length);
      }
      throw wrong(what, key, each, "addresses with prefix lengths");
    }

    static IllegalArgumentException wrong(
        String what, String key, @Nullable Object value, String expected) {
      return new IllegalArgumentException(
          what + ": " + key + ": '" + value + "': expected " + expected);
    }
  }
}
