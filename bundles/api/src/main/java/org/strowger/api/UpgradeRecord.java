package org.strowger.api;

import java.time.Instant;

/**
 * One line of the history of upgrades.
 *
 * @param number grows by one with each
 * @param why it ended so; empty if it was committed
 * @param connsLost connections that failed meanwhile, whatever the reason
 * @param longestStepMillis the longest exchange
 */
public record UpgradeRecord(
    long number,
    Instant start,
    Instant end,
    String fromRelease,
    String toRelease,
    UpgradeClass upgradeClass,
    UpgradeResult result,
    String user,
    String why,
    long connsLost,
    long longestStepMillis) {}
