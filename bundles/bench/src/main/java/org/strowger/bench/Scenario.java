package org.strowger.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is measured; the order is that of a round. */
enum Scenario {
  CONNECTIONS("new connections", "connections_per_s", "cpu_s_per_1000_connections"),
  KEEP_ALIVE("keep-alive", "keepalive_requests_per_s"),
  DOWN("bulk down", "bulk_down_gbit_per_s", "cpu_s_per_gb"),
  UP("bulk up", "bulk_up_gbit_per_s", "cpu_s_per_gb"),
  LATENCY_NEW("a connection a request", "added_p50_ms", "added_p99_ms", "added_p999_ms"),
  LATENCY_KEPT("kept connections", "added_p50_ms", "added_p99_ms", "added_p999_ms"),
  HELD("held", "kib_per_idle_connection", "rss_kib_per_idle_connection"),
  CLIENTS("clients", "clients");

  private final String word;
  private final String metrics; // with blanks between

  Scenario(String word, String... metrics) {
    this.word = word;
    this.metrics = String.join(" ", metrics);
  }

  /** As the table and the JSON have it. */
  String word() {
    return word;
  }

  private List<String> metrics() {
    return List.of(metrics.split(" "));
  }

  /** Those that a metric needs. */
  static List<Scenario> measuring(String metric) {
    return Arrays.stream(values())
        .filter(scenario -> scenario.metrics().contains(metric) || scenario.word.equals(metric))
        .toList();
  }

  /** The metrics that can be asked for. */
  static List<String> words() {
    return Arrays.stream(values())
        .flatMap(scenario -> scenario.metrics().stream())
        .distinct()
        .toList();
  }

  /** Of {@link #HELD} with so many connections. */
  static String held(int count) {
    return "held " + count;
  }

  static Optional<Integer> heldCount(String scenario) {
    return scenario.matches("held \\d+")
        ? Optional.of(Integer.valueOf(scenario.substring(5)))
        : Optional.empty();
  }
}
