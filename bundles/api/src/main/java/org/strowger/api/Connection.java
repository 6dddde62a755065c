package org.strowger.api;

import java.net.InetSocketAddress;
import java.time.Duration;

/** A live connection. */
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
