package org.strowger.api;

import java.time.Instant;

/**
 * What is observed of a real server.
 *
 * @param operWeight the weight the schedulers see now: 0 while it takes no new connections
 * @param transitions changes of the operational state since the start
 */
public record RealServerState(
    OperState operState,
    Reason reason,
    String reasonText,
    Instant lastChange,
    int operWeight,
    long transitions) {}
