package org.strowger.failover;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.VrrpPackets;

/** The kernel's services. */
record Kernel(Network network, VrrpPackets packets) {
  private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);
  private static final List<String> BIND_ELSEWHERE =
      List.of("net/ipv4/ip_nonlocal_bind", "net/ipv6/ip_nonlocal_bind");

  /**
   * Lets services listen at addresses that are not here, so that a take-over takes no time to open
   * sockets.
   *
   * @return whether they may
   */
  static boolean listenElsewhere(Network network) {
    return BIND_ELSEWHERE.stream().filter(key -> allow(network, key)).count()
        == BIND_ELSEWHERE.size();
  }

  private static boolean allow(Network network, String key) {
    try {
      if (!network.setting(key).equals("1")) {
        network.set(key, "1");
        LOG.info("{} set to 1: services listen at addresses that another director has", key);
      }
      return true;
    } catch (KernelException e) {
      LOG.error("services do not listen before this director is active: {}", e.sentence());
      return false;
    }
  }
}
