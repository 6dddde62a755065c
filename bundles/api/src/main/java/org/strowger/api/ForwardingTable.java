package org.strowger.api;

import java.util.List;

/**
 * The whole wanted set of one plane: it reconciles, so nothing can drift.
 *
 * @param dataInterface see {@link Configuration#dataInterface}
 */
public record ForwardingTable(long version, List<ForwardedService> services, String dataInterface) {
  public ForwardingTable {
    services = List.copyOf(services);
  }

  /** One of a director that puts no addresses anywhere. */
  public ForwardingTable(long version, List<ForwardedService> services) {
    this(version, services, "");
  }
}
