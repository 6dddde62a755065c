package org.strowger.api;

import java.time.Instant;

/** What is observed of a virtual service. */
public record VirtualServiceState(
    OperState operState,
    Reason reason,
    String reasonText,
    Instant lastChange,
    long transitions,
    int realsTotal,
    int realsUp,
    int realsDraining) {}
