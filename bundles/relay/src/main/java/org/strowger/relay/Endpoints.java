package org.strowger.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.PortRange;
import org.strowger.api.RealServer;

/**
 * Where the wanted real servers are. Of one that takes the client's port, every port of the virtual
 * service is such a place; they are too many to be listed, but each is known when it is met.
 */
final class Endpoints {
  /** A real server that takes the client's port, for one virtual service. */
  private record Same(String real, InetAddress address, PortRange ports) {
    boolean has(String id, InetSocketAddress at) {
      return real.equals(id) && address.equals(at.getAddress()) && ports.contains(at.getPort());
    }
  }

  private final Map<String, InetSocketAddress> fixed = new HashMap<>();
  private final Collection<Same> same = new java.util.ArrayList<>();

  private Endpoints() {}

  static Endpoints of(Collection<BoundService> services) {
    Endpoints all = new Endpoints();
    for (BoundService service : services) {
      PortRange ports = service.forwarded().service().port();
      for (RealServer real : service.forwarded().realServers()) {
        all.add(real, ports);
      }
    }
    return all;
  }

  private void add(RealServer real, PortRange ports) {
    String id = real.id().toString();
    if (real.port() == RealServer.SAME_PORT) {
      same.add(new Same(id, real.address(), ports));
    } else {
      InetSocketAddress address = new InetSocketAddress(real.address(), real.port());
      fixed.put(Evidence.key(id, address), address);
    }
  }

  boolean has(String real, InetSocketAddress address) {
    return fixed.containsKey(Evidence.key(real, address)) || samePort(real, address);
  }

  /** It is one of the ports of a real server that takes the client's. */
  boolean samePort(String real, InetSocketAddress address) {
    return same.stream().anyMatch(each -> each.has(real, address));
  }

  /** Whether a key of {@link Evidence} is wanted still. */
  boolean has(String key) {
    return fixed.containsKey(key) || met(key) != null;
  }

  /** The addresses of those of these keys that are wanted still. */
  Map<String, InetSocketAddress> wanted(Collection<String> keys) {
    Map<String, InetSocketAddress> found = new HashMap<>();
    for (String key : keys) {
      InetSocketAddress address = fixed.getOrDefault(key, met(key));
      if (address != null) {
        found.put(key, address);
      }
    }
    return found;
  }

  private @Nullable InetSocketAddress met(String key) {
    int at = key.indexOf('@');
    int colon = key.lastIndexOf(':');
    if (at < 0 || colon < at || !key.substring(colon + 1).matches("[0-9]{1,5}")) {
      return null;
    }
    String real = key.substring(0, at);
    int port = Integer.parseInt(key, colon + 1, key.length(), 10);
    for (Same each : same) {
      if (each.real.equals(real) && each.ports.contains(port)) {
        InetSocketAddress address = new InetSocketAddress(each.address, port);
        if (Evidence.key(real, address).equals(key)) {
          return address;
        }
      }
    }
    return null;
  }
}
