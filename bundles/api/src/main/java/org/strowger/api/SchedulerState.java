package org.strowger.api;

import java.time.Instant;

/**
 * A scheduler as a plug-in: shows hot swaps to the operator.
 *
 * @param bundleName symbolic name of the bundle that offers it, or empty while absent
 * @param version of that bundle
 * @param users virtual services that use it
 * @param invocations picks it made
 * @param failures picks in which the guard stepped in
 * @param evictions entries of bounded tables that were given up for newer ones
 * @param lastSwap when the present one came
 * @param swapCount times it was exchanged since the start
 */
public record SchedulerState(
    String name,
    SchedulerKind kind,
    String bundleName,
    String version,
    PluginState state,
    int users,
    long invocations,
    long failures,
    long evictions,
    Instant lastSwap,
    long swapCount) {
  /** One that has no table. */
  public SchedulerState(
      String name,
      SchedulerKind kind,
      String bundleName,
      String version,
      PluginState state,
      int users,
      long invocations,
      long failures,
      Instant lastSwap,
      long swapCount) {
    this(
        name,
        kind,
        bundleName,
        version,
        state,
        users,
        invocations,
        failures,
        0,
        lastSwap,
        swapCount);
  }
}
