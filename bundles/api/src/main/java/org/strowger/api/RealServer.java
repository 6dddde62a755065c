package org.strowger.api;

import java.net.InetAddress;

/**
 * A wanted real server.
 *
 * @param port 1 to 65535
 * @param weight share of new connections, 0 to 65535; 0 is quiesced
 */
public record RealServer(
    RealServerId id, InetAddress address, int port, int weight, AdminState adminState) {}
