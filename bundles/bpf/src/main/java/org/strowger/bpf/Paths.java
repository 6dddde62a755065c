package org.strowger.bpf;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkDevice;
import org.strowger.api.Route;

/** How the kernel reaches real servers, asked once for each address of a look. */
final class Paths {
  /** A way to an address, or why there is none. */
  sealed interface Path {
    /**
     * A way.
     *
     * @param mtuBytes of the device
     */
    record Way(Route route, int mtuBytes) implements Path {}

    record None(String why) implements Path {}
  }

  private final Network network;
  private final Map<Integer, NetworkDevice> devices = new HashMap<>();
  private final Map<InetAddress, Path> known = new HashMap<>();

  private Paths(Network network) {
    this.network = network;
  }

  /** A fresh look. */
  static Function<InetAddress, Path> look(Network network) throws KernelException {
    Paths paths = new Paths(network);
    network.devices().forEach(device -> paths.devices.put(device.index(), device));
    return paths::to;
  }

  private Path to(InetAddress address) {
    return known.computeIfAbsent(address, this::ask);
  }

  private Path ask(InetAddress address) {
    try {
      Route route = network.route(address);
      return Optional.ofNullable(devices.get(route.device()))
          .<Path>map(device -> new Path.Way(route, device.mtuBytes()))
          .orElseGet(() -> new Path.None("the device of the route to it is gone"));
    } catch (KernelException none) {
      return new Path.None(String.valueOf(none.getMessage()));
    }
  }
}
