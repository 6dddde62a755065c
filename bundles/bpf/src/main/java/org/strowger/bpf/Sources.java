package org.strowger.bpf;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.strowger.api.KernelException;
import org.strowger.api.KernelSettings;

/**
 * The addresses that full NAT takes as sources, all services the same: those of IPv4 from the first
 * cell on, those of IPv6 from the middle. Guarded by the lock of the table that owns it.
 */
final class Sources {
  private static final int IPV6 = 512;

  private final KernelMaps maps;
  private List<InetAddress> ipv4 = List.of();
  private List<InetAddress> ipv6 = List.of();

  Sources(KernelMaps maps) {
    this.maps = maps;
  }

  /** The cells are written before the services that name them. */
  void write(List<InetAddress> wanted) throws KernelException {
    List<InetAddress> some = wanted.stream().limit(KernelSettings.MAX_SOURCES).toList();
    ipv4 = write(some.stream().filter(each -> !(each instanceof Inet6Address)).toList(), 0, ipv4);
    ipv6 = write(some.stream().filter(Inet6Address.class::isInstance).toList(), IPV6, ipv6);
  }

  private List<InetAddress> write(List<InetAddress> wanted, int offset, List<InetAddress> before)
      throws KernelException {
    if (!wanted.equals(before)) {
      for (int i = 0; i < wanted.size(); i++) {
        ByteBuffer cell = Octets.zeros(Octets.ADDRESS);
        Octets.address(cell, 0, wanted.get(i));
        maps.put("sources", Octets.key(offset + i), cell);
      }
    }
    return wanted;
  }

  /** Those of the family of a virtual service. */
  Cells cells(InetAddress service) {
    boolean six = service instanceof Inet6Address;
    int count = (six ? ipv6 : ipv4).size();
    return count == 0 ? Cells.NONE : new Cells(six ? IPV6 : 0, count);
  }
}
