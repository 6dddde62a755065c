package org.strowger.bpf;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AdminState;
import org.strowger.api.ForwardedService;
import org.strowger.api.KernelException;
import org.strowger.api.KernelSettings;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDevice;

/**
 * The addresses of the virtual services on the director's device, if it has one configured: set
 * when they are wanted and announced to the link, taken away when they are not. What an operator
 * has set is left alone, for the kernel marks what a director sets.
 */
final class WantedAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(WantedAddresses.class);
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  private final Network network;

  WantedAddresses(Network network) {
    this.network = network;
  }

  /**
   * Makes it so.
   *
   * @param kernel without a device nothing of ours is to be anywhere
   * @param floating addresses that others set and take away
   * @return why it cannot be, or empty
   */
  Optional<String> apply(
      KernelSettings kernel, Set<InetAddress> floating, List<ForwardedService> services)
      throws KernelException {
    String deviceName = kernel.dataInterface();
    Optional<NetworkDevice> device =
        network.devices().stream().filter(each -> each.name().equals(deviceName)).findFirst();
    if (!deviceName.isEmpty() && device.isEmpty()) {
      return Optional.of("director.dataInterface: there is no network device " + deviceName);
    }
    Set<InetAddress> wanted =
        device.isEmpty()
            ? new HashSet<>()
            : services.stream()
                .map(ForwardedService::service)
                .filter(service -> service.adminState() != AdminState.OUT_OF_SERVICE)
                .map(service -> service.address())
                .collect(Collectors.toCollection(HashSet::new));
    if (device.isPresent()) {
      wanted.addAll(kernel.sourceAddresses()); // answers to full NAT's come to them
    }
    wanted.removeAll(floating); // failover sets these, on the active one only
    for (NetworkAddress there : network.addresses()) {
      boolean here = device.isPresent() && device.get().index() == there.device();
      if (here && wanted.remove(there.address())) {
        continue;
      }
      if (there.ours()) {
        network.removeAddress(there.device(), there.address(), there.prefixLength());
        LOG.atInfo().log("address {} taken away", there.address().getHostAddress());
      }
    }
    for (InetAddress each : wanted) {
      network.addAddress(device.orElseThrow().index(), each, bits(each));
      LOG.atInfo().log("address {} set on {}", each.getHostAddress(), deviceName);
      announce(device.orElseThrow().index(), each);
    }
    return Optional.empty();
  }

  /** Without it the link learns a little later: no reason not to take the table. */
  private void announce(int device, InetAddress address) {
    try {
      network.announce(device, address);
    } catch (KernelException e) {
      LOG.atWarn().log("{}", e.getMessage());
    }
  }

  private static int bits(InetAddress address) {
    return address instanceof Inet4Address ? IPV4_BITS : IPV6_BITS;
  }
}
