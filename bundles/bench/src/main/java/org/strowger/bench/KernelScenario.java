package org.strowger.bench;

import java.util.Arrays;
import java.util.Optional;

/** What {@code bench kernel} measures through the directors; the order is that of a round. */
enum KernelScenario {
  CONNECTIONS("new connections", "connections_per_s", "1/s"),
  KEEP_ALIVE("keep-alive", "keepalive_requests_per_s", "1/s"),
  DOWN("bulk down", "bulk_down_gbit_per_s", "Gbit/s"),
  UP("bulk up", "bulk_up_gbit_per_s", "Gbit/s"),
  DATAGRAMS("datagrams", "udp_packets_per_s", "1/s");

  private final String word;
  private final String metric;
  private final String unit;

  KernelScenario(String word, String metric, String unit) {
    this.word = word;
    this.metric = metric;
    this.unit = unit;
  }

  String word() {
    return word;
  }

  String metric() {
    return metric;
  }

  String unit() {
    return unit;
  }

  static Optional<KernelScenario> measuring(String metric) {
    return Arrays.stream(values())
        .filter(each -> each.metric.equals(metric) || each.word.equals(metric))
        .findFirst();
  }
}
