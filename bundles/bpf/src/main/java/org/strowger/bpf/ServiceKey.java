package org.strowger.bpf;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.strowger.api.PortRange;
import org.strowger.api.Protocol;
import org.strowger.api.VirtualService;

/**
 * {@code struct service_key}.
 *
 * @param port 0: all ports that have no key of their own
 * @param protocol IANA's number
 */
record ServiceKey(InetAddress address, int port, int protocol) {
  static final int SIZE = 20;

  static ServiceKey of(VirtualService service) {
    Protocol protocol = service.protocol();
    int port = service.port().equals(PortRange.ALL) ? 0 : service.port().first();
    return new ServiceKey(service.address(), port, protocol.code());
  }

  ByteBuffer octets() {
    ByteBuffer octets = Octets.zeros(SIZE);
    Octets.address(octets, 0, address);
    Octets.port(octets, 16, port);
    octets.put(18, (byte) protocol);
    return octets;
  }

  static ServiceKey read(ByteBuffer octets) {
    return new ServiceKey(
        Octets.address(octets, 0), Octets.port(octets, 16), octets.get(18) & 0xff);
  }
}
