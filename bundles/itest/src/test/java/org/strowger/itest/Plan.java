package org.strowger.itest;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** An operator's file in the making: pools, virtual services and their ports. */
final class Plan {
  /** Below the ports that the kernel gives to clients, so that none is taken meanwhile. */
  private static final int FIRST_PORT = 11_000;

  private static final int LAST_PORT = 31_000;
  private final StringBuilder pools = new StringBuilder();
  private final StringBuilder services = new StringBuilder();
  private final Map<String, Integer> ports = new HashMap<>();

  /**
   * A pool.
   *
   * @param reals each as {@code name: { address: ..., port: ... }}
   */
  Plan pool(String name, String... reals) {
    pools.append("  %s: { realServers: { %s } }%n".formatted(name, String.join(", ", reals)));
    return this;
  }

  /** A virtual service on IPv4. */
  Plan service(String name, String pool, String... more) {
    return service(name, "127.0.0.1", free(1), pool, more);
  }

  /**
   * A virtual service.
   *
   * @param more keys of the service as {@code key: value}
   */
  Plan service(String name, String address, int port, String pool, String... more) {
    services.append(
        "  %s: { address: \"%s\", port: %d, pool: %s, forwarding: relay, %s }%n"
            .formatted(name, address, port, pool, String.join(", ", more)));
    ports.put(name, port);
    return this;
  }

  /** A virtual service on several ports. */
  Plan range(String name, int first, int last, String pool) {
    services.append(
        "  %s: { address: 127.0.0.1, port: %d-%d, pool: %s }%n".formatted(name, first, last, pool));
    return this;
  }

  int port(String service) {
    return ports.get(service);
  }

  String file(int jmx) {
    return """
    director: { name: relay-1 }
    pools:
    %svirtualServices:
    %smanagement:
      jmx: { address: 127.0.0.1, port: %d, users: { noc: { role: operator, passwordFile: jmx } } }
    """
        .formatted(pools, services, jmx);
  }

  /** The first of so many ports in a row that nobody uses, neither for TCP nor for UDP. */
  static int free(int count) {
    for (int tries = 0; tries < 1_000; tries++) {
      int first = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      boolean free = true;
      for (int port = first; port < first + count && free; port++) {
        free = isFree(port);
      }
      if (free) {
        return first;
      }
    }
    throw new IllegalStateException("no " + count + " free ports in a row");
  }

  private static boolean isFree(int port) {
    // On every address, of both families.
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::"), port);
    try (ServerSocket tcp = new ServerSocket();
        DatagramSocket udp = new DatagramSocket(null)) {
      tcp.setReuseAddress(true);
      tcp.bind(any);
      udp.bind(any);
      return tcp.isBound() && udp.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
