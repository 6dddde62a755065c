package org.strowger.api;

import java.net.InetAddress;
import java.util.List;

/**
 * What the forwarding plane in the kernel is told beside the virtual services.
 *
 * @param dataInterface network device on which the addresses of virtual services that the kernel
 *     forwards are put, and {@code sourceAddresses}; empty: the operator puts them there
 * @param xdpInterfaces network devices that meet packets in the driver (XDP native); all others at
 *     traffic control (tc)
 * @param xdpGenericInterfaces network devices that meet packets behind the driver (XDP generic)
 * @param sourceAddresses that full NAT takes as sources towards real servers, of both families
 * @param programStatistics whether the kernel measures its programs: some 10 ns a packet
 */
public record KernelSettings(
    String dataInterface,
    List<String> xdpInterfaces,
    List<String> xdpGenericInterfaces,
    List<InetAddress> sourceAddresses,
    boolean programStatistics) {
  /** Most of {@link #sourceAddresses}. */
  public static final int MAX_SOURCES = 256;

  /** Nothing is put anywhere, and everything is at tc. */
  public static final KernelSettings NONE = at("");

  public KernelSettings {
    xdpInterfaces = List.copyOf(xdpInterfaces);
    xdpGenericInterfaces = List.copyOf(xdpGenericInterfaces);
    sourceAddresses = List.copyOf(sourceAddresses);
  }

  /** Only a device for the addresses. */
  public static KernelSettings at(String dataInterface) {
    return new KernelSettings(dataInterface, List.of(), List.of(), List.of(), false);
  }
}
