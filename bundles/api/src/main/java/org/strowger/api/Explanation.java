package org.strowger.api;

import java.util.List;

/**
 * Where a client would go, and why.
 *
 * @param chosen the real server, or {@code none}
 * @param why one sentence
 */
public record Explanation(
    String service, String scheduler, String chosen, String why, List<Candidate> candidates) {
  public Explanation {
    candidates = List.copyOf(candidates);
  }

  /** A real server as the scheduler saw it. */
  public record Candidate(
      RealServerId id, int weight, boolean available, long active, long inactive) {}
}
