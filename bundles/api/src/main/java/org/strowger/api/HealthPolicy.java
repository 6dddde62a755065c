package org.strowger.api;

import java.time.Duration;
import java.util.List;

/**
 * What a pool makes of the evidence about its real servers.
 *
 * @param checks names of the health checks, each done for every real server
 * @param checksRequired how many of them must pass; 0 is all
 * @param initState what a real server is until its checks have a first verdict
 * @param onDown what becomes of the live connections of one that went down
 * @param manualResume one that went down stays down until {@link Director#resume}
 * @param quorum live weight that the pool needs; 0 is none
 * @param quorumHysteresis it is lost below {@code quorum - quorumHysteresis}, and back from {@code
 *     quorum + quorumHysteresis}
 * @param outlier ejection by what the traffic itself shows
 * @param damping of real servers that come and go
 */
public record HealthPolicy(
    List<String> checks,
    int checksRequired,
    InitState initState,
    OnDown onDown,
    boolean manualResume,
    long quorum,
    long quorumHysteresis,
    Outlier outlier,
    Damping damping) {
  /** No checks; the forwarding plane's evidence alone. */
  public static final HealthPolicy NONE =
      new HealthPolicy(
          List.of(), 0, InitState.UP, OnDown.KEEP, false, 0, 0, Outlier.NONE, Damping.NONE);

  public HealthPolicy {
    checks = List.copyOf(checks);
  }

  /**
   * Passive ejection: a real server of which {@code failures} connections failed or were reset
   * within a second, or which answers much slower than its pool, takes no new connections for a
   * while; the longer the more often, the shorter the longer it has behaved.
   *
   * @param failures connections that it refused or reset within a second; 0 is no ejection by them
   * @param responseFactor times the pool's median response time; 0 is no ejection by it
   * @param ejection how long the first time
   * @param longestEjection how long at most
   * @param maxEjected percentage of the pool that may be ejected at once; the last one never is
   */
  public record Outlier(
      int failures,
      int responseFactor,
      Duration ejection,
      Duration longestEjection,
      int maxEjected) {
    public static final Outlier NONE =
        new Outlier(0, 0, Duration.ofSeconds(30), Duration.ofMinutes(5), 10);

    public boolean enabled() {
      return failures > 0 || responseFactor > 0;
    }
  }

  /**
   * A real server that goes down more than {@code transitions} times within {@code window} stays
   * down until its evidence has not changed for that long.
   *
   * @param transitions 0 is no damping
   * @param maxHeld percentage of the pool that is held down so at once, rounded down; what exceeds
   *     it comes and goes as its evidence says
   */
  public record Damping(int transitions, Duration window, int maxHeld) {
    public static final int DEFAULT_MAX_HELD = 50;
    public static final Damping NONE = new Damping(0, Duration.ofMinutes(1));

    /** One that holds half of the pool at most. */
    public Damping(int transitions, Duration window) {
      this(transitions, window, DEFAULT_MAX_HELD);
    }

    public boolean enabled() {
      return transitions > 0;
    }
  }
}
