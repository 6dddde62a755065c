package org.strowger.simulation;

import java.util.List;
import java.util.Map;

/**
 * A service, its real servers, and what happens to them.
 *
 * @param line the JSON object it was read from
 * @param options of the scheduler
 * @param persistentSeconds a client keeps to its real server for so long; 0 for not at all
 */
record Scenario(
    Map<String, Object> line,
    String scheduler,
    Map<String, Object> options,
    int persistentSeconds,
    List<Server> servers,
    List<Step> steps) {
  /** Most connections that the steps of one scenario may open. */
  static final int MAX_CONNECTIONS = 1_000_000;

  Scenario {
    options = Map.copyOf(options);
    servers = List.copyOf(servers);
    steps = List.copyOf(steps);
  }

  /**
   * A real server.
   *
   * @param weight 0 to 65535
   * @param upper threshold, 0 for none
   * @param lower threshold, 0 for none
   */
  record Server(int weight, int upper, int lower) {}
}
