package org.strowger.api;

import java.util.List;

/** The whole wanted set of one plane: it reconciles, so nothing can drift. */
public record ForwardingTable(long version, List<ForwardedService> services) {
  public ForwardingTable {
    services = List.copyOf(services);
  }
}
