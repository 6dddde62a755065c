package org.strowger.upgrade;

import java.time.Duration;
import org.osgi.framework.BundleContext;

/**
 * How much the supervision may do by itself; lines of felix-config/config.properties.
 *
 * @param components restarts of the components of one bundle in {@code window} ({@code
 *     strowger.supervision.componentRestarts}, default 2)
 * @param bundles restarts of one bundle in {@code window} ({@code
 *     strowger.supervision.bundleRestarts}, default 2)
 * @param window of both ({@code strowger.supervision.windowSeconds}, default 600)
 * @param processes restarts of the process in {@code processWindow} ({@code
 *     strowger.supervision.processRestarts}, default 2)
 * @param processWindow of these and of hand-overs ({@code
 *     strowger.supervision.processWindowSeconds}, default 3600)
 * @param reboots of the machine in a day ({@code strowger.supervision.reboots}, default 1)
 * @param hold how long a fault must last before anything is done ({@code
 *     strowger.supervision.holdSeconds}, default 5)
 * @param grace how long one act may take to help before the next ({@code
 *     strowger.supervision.graceSeconds}, default 20)
 */
record Budgets(
    int components,
    int bundles,
    Duration window,
    int processes,
    Duration processWindow,
    int reboots,
    Duration hold,
    Duration grace) {
  static final Duration REBOOT_WINDOW = Duration.ofDays(1);

  static Budgets of(BundleContext context) {
    return new Budgets(
        number(context, "componentRestarts", 2),
        number(context, "bundleRestarts", 2),
        Duration.ofSeconds(number(context, "windowSeconds", 600)),
        number(context, "processRestarts", 2),
        Duration.ofSeconds(number(context, "processWindowSeconds", 3600)),
        number(context, "reboots", 1),
        Duration.ofSeconds(number(context, "holdSeconds", 5)),
        Duration.ofSeconds(number(context, "graceSeconds", 20)));
  }

  private static int number(BundleContext context, String name, int otherwise) {
    return Limits.number(context, "strowger.supervision." + name, otherwise);
  }
}
