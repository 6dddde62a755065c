package org.strowger.api;

import java.util.List;

/**
 * Why a real server is what it is: everything that has a say in it, and how it speaks.
 *
 * @param state what it came to
 * @param evidence in the order in which it counts: the first that speaks against it decides
 */
public record Why(RealServerId id, RealServerState state, List<Evidence> evidence) {
  public Why {
    evidence = List.copyOf(evidence);
  }

  /**
   * One that has a say.
   *
   * @param source {@code adminState}, {@code pool}, {@code maintenance}, {@code plane}, {@code
   *     check NAME}, {@code checks}, {@code outlier}, {@code track}, {@code damping}, {@code
   *     manualResume}, {@code agent}, {@code weight}, {@code slowStart}
   * @param speaksFor false if because of it the real server takes no new connections, or fewer
   * @param text what it says
   */
  public record Evidence(String source, boolean speaksFor, String text) {}
}
