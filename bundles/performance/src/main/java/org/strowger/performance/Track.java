package org.strowger.performance;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.Performance.ObjectId;

/** The bins of one object. The recorder's thread only. */
final class Track {
  private static final long INTERVAL = Performance.INTERVAL.toSeconds();
  private static final long DAY = Performance.DAY.toSeconds();

  /** Longer between two looks was not measured. */
  private static final Duration LONGEST = Performance.STEP.multipliedBy(2);

  /** So far a clock may be set back without a bin of the past beginning anew. */
  private static final Duration CORRECTION = Duration.ofMinutes(1);

  private final ObjectId id;
  private List<Bin> intervals;
  private List<Bin> days;
  private Filling interval;
  private Filling day;
  private @Nullable Reading last;

  /** One that is new. */
  Track(ObjectId id, Instant now) {
    this.id = id;
    intervals = List.of();
    days = List.of();
    interval = begin(now, INTERVAL);
    day = begin(now, DAY);
  }

  /** Goes on where the process before this one ended. */
  Track(History saved, Instant now) {
    id = saved.id();
    intervals = saved.intervals();
    days = saved.days();
    interval = new Filling(saved.interval(), INTERVAL);
    day = new Filling(saved.day(), DAY);
    roll(now);
  }

  private static Filling begin(Instant now, long seconds) {
    return new Filling(start(now, seconds), seconds);
  }

  /** The begin of the bin that a moment is in. */
  static Instant start(Instant now, long seconds) {
    return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), seconds) * seconds);
  }

  /**
   * Adds what happened since the last look to the bins in which that was.
   *
   * @param now wall clock, which bins are aligned to
   * @param nanos since the last look, by a clock that nobody sets
   * @return whether a bin became whole
   */
  boolean look(Reading reading, Instant now, long nanos) {
    Reading before = last;
    if (before != null) {
      boolean gap = nanos > LONGEST.toNanos();
      interval.add(before, reading, nanos, gap);
      day.add(before, reading, nanos, gap);
    }
    last = reading;
    return roll(now);
  }

  private boolean roll(Instant now) {
    boolean rolled = false;
    if (over(interval, now, INTERVAL)) {
      intervals = with(intervals, interval.whole(), Performance.INTERVALS);
      interval = begin(now, INTERVAL);
      rolled = true;
    }
    if (over(day, now, DAY)) {
      days = with(days, day.whole(), Performance.DAYS);
      day = begin(now, DAY);
      rolled = true;
    }
    return rolled;
  }

  /** A clock that is corrected by a little right after the begin of a bin does not end it. */
  private static boolean over(Filling bin, Instant now, long seconds) {
    return !bin.start().equals(start(now, seconds))
        && !(now.isBefore(bin.start()) && now.isAfter(bin.start().minus(CORRECTION)));
  }

  private static List<Bin> with(List<Bin> bins, Bin newest, int most) {
    List<Bin> all = new ArrayList<>();
    all.add(newest);
    all.addAll(bins.subList(0, Math.min(bins.size(), most - 1)));
    return List.copyOf(all);
  }

  History history() {
    return new History(id, interval.running(), intervals, day.running(), days);
  }
}
