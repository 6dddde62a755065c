package org.strowger.api;

import java.util.List;

/**
 * The whole wanted set of one plane: it reconciles, so nothing can drift.
 *
 * @param kernel what concerns the plane in the kernel as a whole; others look at none of it
 */
public record ForwardingTable(
    long version, List<ForwardedService> services, KernelSettings kernel) {
  public ForwardingTable {
    services = List.copyOf(services);
  }

  /** One of a director that puts no addresses anywhere. */
  public ForwardingTable(long version, List<ForwardedService> services) {
    this(version, services, KernelSettings.NONE);
  }
}
