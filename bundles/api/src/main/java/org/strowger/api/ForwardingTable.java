package org.strowger.api;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * The whole wanted set of one plane: it reconciles, so nothing can drift.
 *
 * @param floating addresses that are here only while this director is active for them: failover
 *     sets them and takes them away, not the plane
 * @param kernel what concerns the plane in the kernel as a whole; others look at none of it
 */
public record ForwardingTable(
    long version,
    List<ForwardedService> services,
    KernelSettings kernel,
    Set<InetAddress> floating) {
  public ForwardingTable {
    services = List.copyOf(services);
    floating = Set.copyOf(floating);
  }

  /** One of a director that puts no addresses anywhere. */
  public ForwardingTable(long version, List<ForwardedService> services) {
    this(version, services, KernelSettings.NONE);
  }

  /** One of a director that is alone. */
  public ForwardingTable(long version, List<ForwardedService> services, KernelSettings kernel) {
    this(version, services, kernel, Set.of());
  }
}
