package org.strowger.upgrade;

import org.osgi.framework.BundleContext;

/**
 * The limits of an upgrade and of memory, set by lines of felix-config/config.properties.
 *
 * @param lost connections that may fail meanwhile, whatever the reason ({@code
 *     strowger.upgrade.lostLimit}, default 100)
 * @param gateSeconds by when the health gate must hold after a step ({@code
 *     strowger.upgrade.gateSeconds}, default 30)
 * @param stepSeconds by when a step must be done ({@code strowger.upgrade.stepSeconds}, default 90)
 * @param heapPercent of the heap in use after collections from which memory counts as leaked away
 *     ({@code strowger.supervision.heapPercent}, default 90)
 */
record Limits(long lost, int gateSeconds, int stepSeconds, int heapPercent) {
  static Limits of(BundleContext context) {
    return new Limits(
        number(context, "strowger.upgrade.lostLimit", 100),
        number(context, "strowger.upgrade.gateSeconds", 30),
        number(context, "strowger.upgrade.stepSeconds", 90),
        number(context, "strowger.supervision.heapPercent", 90));
  }

  static int number(BundleContext context, String name, int otherwise) {
    String set = context.getProperty(name);
    if (set == null) {
      return otherwise;
    }
    if (!set.matches("[1-9][0-9]{0,6}")) {
      throw new IllegalStateException(name + ": expected a number from 1, not " + set);
    }
    return Integer.parseInt(set);
  }
}
