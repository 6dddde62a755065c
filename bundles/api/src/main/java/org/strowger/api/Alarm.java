package org.strowger.api;

import java.time.Instant;

/**
 * An active alarm. Its identity is (type, resource); the index is unique until the next restart.
 *
 * @param resource DN-like: {@code service=web}, {@code pool=web,real=a}, {@code bundle=NAME}
 * @param sequence number of the last notification about it
 */
public record Alarm(
    long index,
    AlarmType type,
    String resource,
    Severity severity,
    String text,
    Instant raisedTime,
    Instant changedTime,
    long sequence) {}
