package org.strowger.api;

/**
 * How the kernel's clock stands to the time, as whoever disciplines it (chrony, systemd-timesyncd,
 * ntpd) has told the kernel: adjtimex(2).
 *
 * @param offsetMicros what is still to be slewed, in microseconds; ahead of the time if positive
 * @param maxErrorMicros bound of the error, in microseconds; grows by 500 a second while nobody
 *     disciplines the clock; 0 where nobody can tell
 */
public record TimeSync(TimeSyncState syncState, long offsetMicros, long maxErrorMicros) {
  /**
   * Above this bound of the error the clock is in holdover: it was left alone for an hour.
   * systemd-timesyncd leaves it alone for 2,048 seconds, in which the bound grows by 1,024,000.
   */
  public static final long HOLDOVER_MICROS = 2_000_000;

  /** Where nobody can tell. */
  public static final TimeSync UNKNOWN = new TimeSync(TimeSyncState.UNKNOWN, 0, 0);

  /**
   * One of what the kernel says.
   *
   * @param unsynchronized the flag STA_UNSYNC, or the return value TIME_ERROR
   */
  public static TimeSync of(boolean unsynchronized, long offsetMicros, long maxErrorMicros) {
    TimeSyncState state =
        unsynchronized
            ? TimeSyncState.UNSYNCED
            : maxErrorMicros > HOLDOVER_MICROS ? TimeSyncState.HOLDOVER : TimeSyncState.SYNCED;
    return new TimeSync(state, offsetMicros, maxErrorMicros);
  }
}
