package org.strowger.performance;

import java.time.Instant;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;

/** A bin that is being filled. The recorder's thread only. */
final class Filling {
  /** So much of a bin may be missing before it is suspect, in seconds. */
  static final long TOLERATED_SECONDS = 2 * Performance.STEP.toSeconds();

  /** A rate over less would tell of single connections. */
  private static final long SHORTEST_NANOS = Performance.STEP.toNanos() / 2;

  private final Instant start;
  private final long lengthSeconds;
  private long nanosMeasured;
  private boolean spoilt;
  private long conns;
  private long rejected;
  private long bytesIn;
  private long bytesOut;
  private long packetsIn;
  private long packetsOut;
  private long connsMax;
  private long connRateMax;
  private long downNanos;
  private long degradedNanos;

  Filling(Instant start, long lengthSeconds) {
    this.start = start;
    this.lengthSeconds = lengthSeconds;
  }

  /** Goes on with one that was saved. */
  Filling(Bin saved, long lengthSeconds) {
    this(saved.start(), lengthSeconds);
    nanosMeasured = saved.secondsMeasured() * Recorder.NANOS;
    spoilt = saved.suspect();
    conns = saved.conns();
    rejected = saved.rejected();
    bytesIn = saved.bytesIn();
    bytesOut = saved.bytesOut();
    packetsIn = saved.packetsIn();
    packetsOut = saved.packetsOut();
    connsMax = saved.connsMax();
    connRateMax = saved.connRateMax();
    downNanos = saved.downSeconds() * Recorder.NANOS;
    degradedNanos = saved.degradedSeconds() * Recorder.NANOS;
  }

  Instant start() {
    return start;
  }

  Instant end() {
    return start.plusSeconds(lengthSeconds);
  }

  /**
   * Adds what happened between two readings.
   *
   * @param nanos time between them
   * @param gap whether that was longer than it should be: it is counted but was not seen
   */
  void add(Reading before, Reading now, long nanos, boolean gap) {
    boolean anew = now.wentBack(before);
    Reading base = anew ? Reading.NONE : before;
    spoilt |= anew;
    conns += now.conns() - base.conns();
    rejected += now.rejected() - base.rejected();
    bytesIn += now.bytesIn() - base.bytesIn();
    bytesOut += now.bytesOut() - base.bytesOut();
    packetsIn += now.packetsIn() - base.packetsIn();
    packetsOut += now.packetsOut() - base.packetsOut();
    connsMax = Math.max(connsMax, now.connsActive());
    if (gap) {
      return;
    }
    if (nanos >= SHORTEST_NANOS) {
      connRateMax = Math.max(connRateMax, (now.conns() - base.conns()) * Recorder.NANOS / nanos);
    }
    nanosMeasured += nanos;
    downNanos += now.down() ? nanos : 0;
    degradedNanos += now.degraded() ? nanos : 0;
  }

  /** As it is now: suspect only if something is known to be wrong with it. */
  Bin running() {
    return bin(spoilt);
  }

  /** As it is when its time is over. */
  Bin whole() {
    return bin(spoilt || seconds(nanosMeasured) < lengthSeconds - TOLERATED_SECONDS);
  }

  private Bin bin(boolean suspect) {
    return new Bin(
        start,
        Math.min(lengthSeconds, seconds(nanosMeasured)),
        suspect,
        conns,
        rejected,
        bytesIn,
        bytesOut,
        packetsIn,
        packetsOut,
        connsMax,
        connRateMax,
        seconds(downNanos),
        seconds(degradedNanos));
  }

  private static long seconds(long nanos) {
    return (nanos + Recorder.NANOS / 2) / Recorder.NANOS;
  }
}
