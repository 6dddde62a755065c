package org.strowger.api;

import java.time.Instant;

/**
 * A type of health check as a plug-in: shows hot swaps to the operator.
 *
 * @param bundleName symbolic name of the bundle that offers it, or empty while absent
 * @param version of that bundle
 * @param users health checks of this type
 * @param lastSwap when the present one came
 * @param swapCount times it was exchanged since the start
 */
public record CheckTypeState(
    String name,
    String bundleName,
    String version,
    PluginState state,
    int users,
    Instant lastSwap,
    long swapCount) {}
