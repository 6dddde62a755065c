package org.strowger.bpf;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.RealServer;
import org.strowger.api.VirtualService;

/** Turns a wanted real server into its cell. */
final class RealCells {
  private RealCells() {}

  /**
   * The cell of a real server; one that no way leads to takes no new connections.
   *
   * @param serves whether it takes new connections as far as the director knows
   */
  static RealCell of(
      VirtualService service,
      RealServer real,
      int serviceIndex,
      boolean serves,
      Function<InetAddress, Paths.Path> paths) {
    ForwardingMethod method = real.forwardingOf(service);
    Paths.Path path = paths.apply(real.address());
    Optional<Paths.Path.Way> way =
        path instanceof Paths.Path.Way found ? Optional.of(found) : Optional.empty();
    int flags = serves && way.isPresent() ? RealCell.TAKES_NEW : 0;
    boolean tunnel =
        method == ForwardingMethod.TUNNEL_IPIP || method == ForwardingMethod.TUNNEL_GUE;
    return new RealCell(
        real.address(),
        way.flatMap(found -> found.route().gateway()),
        way.filter(found -> tunnel).flatMap(found -> found.route().source()),
        translates(method) && real.port() != RealServer.SAME_PORT ? real.port() : 0,
        method.code(),
        flags,
        way.map(found -> found.route().device()).orElse(0),
        way.map(Paths.Path.Way::mtuBytes).orElse(0),
        number(real.upperThreshold()),
        number(lower(real)),
        serviceIndex);
  }

  private static boolean translates(ForwardingMethod method) {
    return method == ForwardingMethod.MASQUERADING || method == ForwardingMethod.FULLNAT;
  }

  /** Below three quarters of the upper one, rounded up, where none is told. */
  private static long lower(RealServer real) {
    return real.lowerThreshold() > 0 ? real.lowerThreshold() : (3 * real.upperThreshold() + 3) / 4;
  }

  private static int number(long value) {
    return (int) Math.min(value, Integer.MAX_VALUE);
  }
}
