package org.strowger.api;

import java.time.Duration;

/**
 * How alarms of one type are treated.
 *
 * @param severity with which they are raised unless their circumstances say otherwise
 * @param enabled whether they are raised at all
 * @param raiseDelay how long the condition must hold before it is raised
 * @param clearDelay how long it must be over before it is cleared
 * @param flapCount transitions of the condition within {@code flapWindow} after which the alarm
 *     stays active and further ones are only counted, until a whole window is quiet; 0: never
 */
public record AlarmProfile(
    Severity severity,
    boolean enabled,
    Duration raiseDelay,
    Duration clearDelay,
    int flapCount,
    Duration flapWindow) {}
