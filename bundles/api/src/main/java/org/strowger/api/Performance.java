package org.strowger.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What was measured, in bins of 15 minutes and of 24 hours (UTC). Immutable.
 *
 * @param taken when it was last measured
 * @param histories the director first, then virtual services, then real servers
 * @param leftOut objects that are not measured because there are more than {@value #MAX_OBJECTS}
 */
public record Performance(Instant taken, List<History> histories, long leftOut) {
  /** Objects that are measured. */
  public static final int MAX_OBJECTS = 1_000;

  /** Whole bins of 15 minutes that are kept. */
  public static final int INTERVALS = 96;

  /** Whole bins of a day that are kept. */
  public static final int DAYS = 7;

  public static final Duration INTERVAL = Duration.ofMinutes(15);
  public static final Duration DAY = Duration.ofDays(1);

  /** Time between two looks at the counters. */
  public static final Duration STEP = Duration.ofSeconds(5);

  public Performance {
    histories = List.copyOf(histories);
  }

  /** What can be measured. */
  public enum ObjectClass implements Coded {
    DIRECTOR(1, "director"),
    SERVICE(2, "service"),
    REAL(3, "real");

    private final int code;
    private final String word;

    ObjectClass(int code, String word) {
      this.code = code;
      this.word = word;
    }

    @Override
    public int code() {
      return code;
    }

    @Override
    public String word() {
      return word;
    }
  }

  /**
   * An object that is measured.
   *
   * @param name of the virtual service; {@code POOL/REAL} of a real server; empty for the director
   */
  public record ObjectId(ObjectClass objectClass, String name) {
    /** As in the configuration of a threshold: {@code director}, {@code service=web}. */
    @Override
    public String toString() {
      return name.isEmpty() ? objectClass.word() : objectClass.word() + "=" + name;
    }
  }

  /**
   * The bins of one object.
   *
   * @param interval the bin of 15 minutes that runs
   * @param intervals whole ones, newest first; the same list until one is added
   * @param day the bin of 24 hours that runs
   * @param days whole ones, newest first; the same list until one is added
   */
  public record History(ObjectId id, Bin interval, List<Bin> intervals, Bin day, List<Bin> days) {
    public History {
      intervals = List.copyOf(intervals);
      days = List.copyOf(days);
    }
  }

  /**
   * A bin. Counts are of this bin only; a count that the object does not have is 0.
   *
   * @param start when it began, at a multiple of its length
   * @param secondsMeasured so much of it was seen
   * @param suspect not all of it was seen, or a counter went back: the numbers are too low
   * @param conns connections
   * @param rejected connections that were not given to a real server or, of a real server, that it
   *     did not take
   * @param connsMax most connections at once, as seen each {@code STEP}
   * @param connRateMax most new connections a second, mean over a {@code STEP}
   * @param downSeconds seconds in which it was down
   * @param degradedSeconds seconds in which a virtual service was degraded
   */
  public record Bin(
      Instant start,
      long secondsMeasured,
      boolean suspect,
      long conns,
      long rejected,
      long bytesIn,
      long bytesOut,
      long packetsIn,
      long packetsOut,
      long connsMax,
      long connRateMax,
      long downSeconds,
      long degradedSeconds) {}
}
