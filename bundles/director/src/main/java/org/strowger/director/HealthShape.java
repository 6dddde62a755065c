package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.time.Duration;
import org.strowger.api.HealthPolicy;

/** The part of the {@link Shape} that is about health. */
final class HealthShape {
  /** The shortest and the longest time between two looks. */
  static final Duration SHORTEST = Duration.ofMillis(50);

  static final Duration LONGEST = Duration.ofDays(1);

  private HealthShape() {}

  static Key.Branch check() {
    return branch(
        "A health check.",
        "type",
        required(Type.name("a type of check"), "What is looked at, such as tcp or http."),
        "interval",
        withDefault(Type.duration(SHORTEST, LONGEST), "2s", "Between two looks while it passes."),
        "risingInterval",
        optional(
            Type.duration(SHORTEST, LONGEST), "While it passes again after it failed; interval."),
        "downInterval",
        optional(Type.duration(SHORTEST, LONGEST), "Once it has failed; interval."),
        "retryInterval",
        optional(Type.duration(SHORTEST, LONGEST), "After a miss, until it has failed; interval."),
        "longestInterval",
        optional(
            Type.duration(SHORTEST, LONGEST),
            "downInterval doubles up to this while it stays failed; downInterval."),
        "timeout",
        withDefault(
            Type.duration(Duration.ofMillis(10), Duration.ofMinutes(10)), "1s", "Of one look."),
        "rise",
        withDefault(Type.integer(1, 100, "looks"), 2L, "Looks in a row that must pass."),
        "fall",
        withDefault(Type.integer(1, 100, "looks"), 3L, "Looks in a row that must fail."),
        "address",
        optional(Type.address(), "Where to look; the real server."),
        "port",
        optional(Type.port(), "Where to look; the real server's."),
        "source",
        optional(Type.address(), "Local address to look from; the kernel's choice."),
        "options",
        new Key.Open("Options of that type.", false, true));
  }

  static Key.Branch outlier() {
    return branch(
        "Ejection of real servers by what the traffic itself shows.",
        "failures",
        withDefault(
            Type.integer(0, 1_000_000, "connections"),
            0L,
            "Refused or reset by it within a second; 0: no ejection by them."),
        "responseFactor",
        withDefault(
            Type.integer(0, 1_000, "times"),
            0L,
            "Its response time, as times of the pool's median; 0: no ejection by it."),
        "ejection",
        withDefault(
            Type.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
            "30s",
            "First ejection; each further one is longer by this."),
        "longestEjection",
        withDefault(
            Type.duration(Duration.ofSeconds(1), Duration.ofDays(1)), "5m", "Longest ejection."),
        "maxEjected",
        withDefault(Type.integer(1, 100, "percent"), 10L, "Of the pool at once; at least one."));
  }

  static Key.Branch damping() {
    return branch(
        "One that comes and goes stays down until it is quiet.",
        "transitions",
        withDefault(
            Type.integer(0, 1_000, "times"), 0L, "More falls within the window; 0: no damping."),
        "window",
        withDefault(Type.duration(Duration.ofSeconds(1), Duration.ofDays(1)), "1m", "How long."),
        "maxHeld",
        withDefault(
            Type.integer(0, 100, "percent"),
            (long) HealthPolicy.Damping.DEFAULT_MAX_HELD,
            "Of the pool at once, rounded down; what exceeds it is not damped."));
  }

  static Type liveWeight() {
    return Type.integer(0, 65_535L * Shape.MAX_REAL_SERVERS, "weight");
  }
}
