package org.strowger.api;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A live connection, or a flow of datagrams.
 *
 * @param id grows with the time of its beginning; no other one of this director has it
 * @param client as it is told: from the PROXY protocol's header, if there was one
 * @param state {@code waiting}, {@code connecting}, {@code established}, {@code halfClosed}
 * @param idle since the last byte or datagram
 */
public record Connection(
    long id,
    String service,
    Protocol protocol,
    InetSocketAddress client,
    RealServerId real,
    String state,
    Duration age,
    Duration idle,
    long bytesIn,
    long bytesOut) {}
