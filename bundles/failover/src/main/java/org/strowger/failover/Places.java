package org.strowger.failover;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDevice;
import org.strowger.api.VrrpInstance;

/** Finds the device and the source that an instance speaks from. One look at the kernel. */
final class Places {
  private final List<NetworkDevice> devices;
  private final List<NetworkAddress> addresses;

  Places(Network network) throws KernelException {
    devices = network.devices();
    addresses = network.addresses();
  }

  /**
   * The place of an instance.
   *
   * @param why told if there is none
   */
  Optional<Instance.Place> find(VrrpInstance wanted, Consumer<String> why) {
    Optional<NetworkDevice> device =
        devices.stream().filter(each -> each.name().equals(wanted.device())).findFirst();
    if (device.isEmpty()) {
      why.accept("there is no network device " + wanted.device());
      return Optional.empty();
    }
    if (!device.get().up() || !device.get().running()) {
      String state = device.get().up() ? "has no carrier" : "is down";
      why.accept("the network device " + wanted.device() + " " + state);
      return Optional.empty();
    }
    int index = device.get().index();
    Optional<InetAddress> source =
        wanted.source().isPresent()
            ? wanted.source().filter(wish -> has(index, wish))
            : addresses.stream()
                .filter(each -> each.device() == index && !each.held() && !each.tentative())
                .map(NetworkAddress::address)
                .filter(address -> fits(address, wanted))
                .findFirst();
    if (source.isEmpty()) {
      why.accept(
          "the network device %s has %s to send adverts from"
              .formatted(
                  wanted.device(),
                  wanted
                      .source()
                      .map(wish -> "not the address " + wish.getHostAddress())
                      .orElse(
                          wanted.ipv6()
                              ? "no link-local address of IPv6 that is free to use"
                              : "no address of IPv4 of its own")));
    }
    return source.map(address -> new Instance.Place(index, plain(address)));
  }

  private boolean has(int device, InetAddress address) {
    return addresses.stream()
        .anyMatch(
            each -> each.device() == device && !each.tentative() && each.address().equals(address));
  }

  /** An owner's own address serves as the source too: RFC 9568, 5.1.1.1. */
  private static boolean fits(InetAddress address, VrrpInstance wanted) {
    if (wanted.ipv6() != address instanceof Inet6Address) {
      return false;
    }
    boolean own = !wanted.addresses().contains(address) || wanted.priority() == VrrpInstance.OWNER;
    return own && (!wanted.ipv6() || address.isLinkLocalAddress());
  }

  /** Without the scope that a name server of the JDK would add. */
  private static InetAddress plain(InetAddress address) {
    return InetAddress.ofLiteral(address.getHostAddress().replaceFirst("%.*", ""));
  }
}
