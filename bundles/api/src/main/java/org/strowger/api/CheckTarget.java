package org.strowger.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a check looks at.
 *
 * @param id the real server it is done for
 * @param address of the real server, or the other one its check asks at
 * @param port 1 to 65535; 0 if the check's type needs none and none is configured
 * @param source local address to ask from; empty for what the kernel chooses
 * @param weight configured weight of the real server, for checks that tell of a share of it
 * @param paths how connections of virtual services reach it, each once
 * @param timeout the whole call may take this long
 */
public record CheckTarget(
    RealServerId id,
    InetAddress address,
    int port,
    Optional<InetAddress> source,
    int weight,
    List<ServicePath> paths,
    Duration timeout) {
  public CheckTarget {
    paths = List.copyOf(paths);
  }

  /** One that no virtual service uses. */
  public CheckTarget(
      RealServerId id,
      InetAddress address,
      int port,
      Optional<InetAddress> source,
      int weight,
      Duration timeout) {
    this(id, address, port, source, weight, List.of(), timeout);
  }
}
