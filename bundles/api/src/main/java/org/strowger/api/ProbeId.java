package org.strowger.api;

import java.net.InetAddress;
import java.util.Comparator;

/**
 * Identity of a probe: a health check at an endpoint. Every real server of that address and port
 * whose pool wants the check shares it.
 *
 * @param check name of the {@link HealthCheck}
 * @param port 0 if nobody says which
 */
public record ProbeId(String check, InetAddress address, int port) implements Comparable<ProbeId> {
  private static final Comparator<ProbeId> ORDER =
      Comparator.comparing(ProbeId::check)
          .thenComparing(id -> id.address.getHostAddress())
          .thenComparingInt(ProbeId::port);

  @Override
  public int compareTo(ProbeId other) {
    return ORDER.compare(this, other);
  }

  /** {@code http-ok at 192.0.2.1 port 80}. */
  @Override
  public String toString() {
    String at = check + " at " + address.getHostAddress();
    return port == 0 ? at : at + " port " + port;
  }
}
