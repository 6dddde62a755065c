package org.strowger.metrics;

import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * One number of a kind of object, as MIB and JMX have it: the metric {@code connsActive} of a
 * virtual service is {@code strowger_service_conns_active}.
 *
 * @param counter true if it only grows while the process lives, false for a gauge
 * @param name as the record component is called
 */
record Family<S>(boolean counter, String name, String help, ToLongFunction<S> read) {
  /**
   * The metric's name without {@code _total} and {@code _count}, which OpenMetrics keeps for
   * counters, where the exporter puts the former, and for histograms.
   */
  String metric(String kind) {
    String bare = name.replaceAll(counter ? "Total$" : "(Total|Count)$", "");
    return "strowger_" + snake(kind) + "_" + snake(bare);
  }

  /** {@code connsActive} as {@code conns_active}. */
  static String snake(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
