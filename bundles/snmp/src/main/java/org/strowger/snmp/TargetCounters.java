package org.strowger.snmp;

/**
 * What was counted of one target. Immutable; the target publishes a new one after each step.
 *
 * @param queue informs that wait for their acknowledgement or their turn
 */
record TargetCounters(
    long lastSequence,
    long trapsSent,
    long informsSent,
    long informsAcked,
    long informsTimedOut,
    long dropped,
    int queue,
    TargetState state) {
  static final TargetCounters ZERO = new TargetCounters(0, 0, 0, 0, 0, 0, 0, TargetState.UNTESTED);
}
