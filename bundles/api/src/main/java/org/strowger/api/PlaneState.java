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
 * @param programs of the plane in the kernel; zeros of others
 */
public record PlaneState(
    String name,
    String transport,
    long connsHeld,
    long openFiles,
    long maxFiles,
    long acceptPauses,
    long bufferPauses,
    long bufferBytes,
    KernelPrograms programs) {

  /**
   * What runs in the kernel. Times and runs are counted while {@link
   * KernelSettings#programStatistics} is on.
   *
   * @param tcNanos time spent in the program at traffic control, on all CPUs together
   * @param tcRuns how often it ran: packets, as large as they came
   * @param xdpNanos the same of the program in front of it, where a device has one
   * @param eventsLost begins and ends of connections that found no room on their way to Java: lines
   *     that the connection log lacks
   */
  public record KernelPrograms(
      long tcNanos, long tcRuns, long xdpNanos, long xdpRuns, long eventsLost) {
    public static final KernelPrograms NONE = new KernelPrograms(0, 0, 0, 0, 0);
  }

  /** Of a plane that has no programs in the kernel. */
  public PlaneState(
      String name,
      String transport,
      long connsHeld,
      long openFiles,
      long maxFiles,
      long acceptPauses,
      long bufferPauses,
      long bufferBytes) {
    this(
        name,
        transport,
        connsHeld,
        openFiles,
        maxFiles,
        acceptPauses,
        bufferPauses,
        bufferBytes,
        KernelPrograms.NONE);
  }
}
