package org.strowger.bpf;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.strowger.api.ForwardingMethod;

/**
 * {@code struct real}, field by field; the meaning of each is told there.
 *
 * @param port 0: as the client has it
 * @param service index of the service that it belongs to
 */
record RealCell(
    InetAddress address,
    Optional<InetAddress> nextHop,
    Optional<InetAddress> tunnelSource,
    int port,
    int method,
    int flags,
    int device,
    int mtu,
    int upper,
    int lower,
    int service) {
  static final int SIZE = 80;
  static final int TAKES_NEW = 1;

  /** IANA's port of generic UDP encapsulation. */
  static final int GUE_PORT = 6080;

  private static final int METHOD = 50;

  ByteBuffer octets() {
    ByteBuffer octets = Octets.zeros(SIZE);
    Octets.address(octets, 0, address);
    nextHop.ifPresent(hop -> Octets.address(octets, 16, hop));
    tunnelSource.ifPresent(source -> Octets.address(octets, 32, source));
    Octets.port(octets, 48, port);
    octets.put(METHOD, (byte) method);
    octets.putInt(52, flags);
    octets.putInt(56, device);
    octets.putInt(60, mtu);
    octets.putInt(64, upper);
    octets.putInt(68, lower);
    if (method == ForwardingMethod.TUNNEL_GUE.code()) {
      Octets.port(octets, 72, GUE_PORT);
    }
    octets.putInt(76, service);
    return octets;
  }

  static RealCell read(ByteBuffer octets) {
    return new RealCell(
        Octets.address(octets, 0),
        optional(octets, 16),
        optional(octets, 32),
        Octets.port(octets, 48),
        octets.get(METHOD),
        octets.getInt(52),
        octets.getInt(56),
        octets.getInt(60),
        octets.getInt(64),
        octets.getInt(68),
        octets.getInt(76));
  }

  private static Optional<InetAddress> optional(ByteBuffer octets, int at) {
    return Octets.isZero(octets, at) ? Optional.empty() : Optional.of(Octets.address(octets, at));
  }

  /** The same but for what may change while connections have it. */
  boolean sameAs(RealCell other) {
    return address.equals(other.address)
        && port == other.port
        && method == other.method
        && service == other.service;
  }

  RealCell withFlags(int other) {
    return new RealCell(
        address, nextHop, tunnelSource, port, method, other, device, mtu, upper, lower, service);
  }
}
