package org.strowger.api;

import java.net.InetAddress;
import java.util.List;

/** Tells syslog servers what happens; an OSGi service. Any thread. */
public interface Syslog {
  /** The configured servers, by name. */
  List<Server> servers();

  /**
   * A syslog server.
   *
   * @param problem why it is not reached; empty if nothing is known against it
   * @param sent messages that were handed to the network, since the bundle started or the server
   *     was last configured
   * @param dropped messages that were thrown away, as too many waited
   * @param waiting messages that wait now
   */
  record Server(
      String name,
      SyslogTransport transport,
      InetAddress address,
      int port,
      String problem,
      long sent,
      long dropped,
      long waiting) {}
}
