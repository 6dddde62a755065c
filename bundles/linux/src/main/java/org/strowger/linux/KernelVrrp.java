package org.strowger.linux;

import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.VrrpPackets;

/** VRRP's packets by raw(7) sockets. */
final class KernelVrrp implements VrrpPackets {
  /** CAP_NET_RAW, include/uapi/linux/capability.h. */
  private static final int NET_RAW = 13;

  @Override
  public Optional<String> unavailable() {
    Optional<String> processor = SystemCall.unknownProcessor();
    return processor.isPresent() || Capabilities.has(NET_RAW)
        ? processor
        : Optional.of(
            "VRRP needs CAP_NET_RAW: start the director as root or, with systemd,"
                + " AmbientCapabilities=CAP_NET_RAW");
  }

  @Override
  public Link open() throws KernelException {
    return new VrrpLink();
  }
}
