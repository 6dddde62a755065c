package org.strowger.api;

import java.time.Instant;

/** What is observed of a pool. */
public record PoolState(
    OperState operState,
    Reason reason,
    String reasonText,
    Instant lastChange,
    int realsTotal,
    int realsUp,
    int realsDraining,
    int realsDown,
    long weightTotal,
    long weightUp,
    int usedByServices) {}
