package org.strowger.snmp;

/**
 * What was counted of one target. Immutable; the target publishes a new one after each step.
 *
 * @param queue informs that wait for their acknowledgement or their turn; over TLS all that wait
 *     for a session
 * @param missed sequence number of the first notification of an alarm that it is known to have
 *     missed and did not get again; 0 if there is none
 * @param replays how often it got again what it had missed
 */
record TargetCounters(
    long lastSequence,
    long trapsSent,
    long informsSent,
    long informsAcked,
    long informsTimedOut,
    long dropped,
    int queue,
    TargetState state,
    long missed,
    long replays) {
  static final TargetCounters ZERO =
      new TargetCounters(0, 0, 0, 0, 0, 0, 0, TargetState.UNTESTED, 0, 0);
}
