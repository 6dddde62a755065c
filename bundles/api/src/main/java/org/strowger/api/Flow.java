package org.strowger.api;

import java.net.InetSocketAddress;

/** A new connection or datagram flow, as the client made it. */
public record Flow(Protocol protocol, InetSocketAddress client, InetSocketAddress destination) {}
