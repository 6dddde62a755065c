package org.strowger.api;

/**
 * A forwarding plane as a whole.
 *
 * @param transport how it moves bytes: {@code io_uring}, {@code epoll}, {@code nio}; empty if it is
 *     not able to forward now
 * @param connsHeld connections and flows held now
 * @param openFiles file descriptors the process has open
 * @param maxFiles file descriptors the process may open
 * @param acceptPauses times that accepting stopped because they ran short
 * @param bufferPauses times that reading stopped because the plane's buffers were full
 * @param bufferBytes bytes that wait in its buffers now
 */
public record PlaneState(
    String name,
    String transport,
    long connsHeld,
    long openFiles,
    long maxFiles,
    long acceptPauses,
    long bufferPauses,
    long bufferBytes) {}
