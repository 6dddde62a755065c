package org.strowger.api;

import java.time.Instant;

/** A line of the history of revisions. */
public record RevisionSummary(long number, Instant time, Origin origin, String comment) {}
