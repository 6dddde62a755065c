package org.strowger.failover;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.VrrpTrack;

/** How one track is; of the thread failover. */
final class Track {
  private static final Logger LOG = LoggerFactory.getLogger(Track.class);

  /** After a look that saw nothing another one is not put off for longer. */
  private static final long AGAIN_NANOS = Advert.SECOND;

  private final VrrpTrack wanted;
  private final Looks.Pending pending = new Looks.Pending();
  private long dueAt = Long.MIN_VALUE;

  /** Looks in a row with the same result. */
  private int row;

  private boolean lastGood;
  private Optional<Boolean> good = Optional.empty();
  private String text = "";

  Track(VrrpTrack wanted) {
    this.wanted = wanted;
  }

  VrrpTrack wanted() {
    return wanted;
  }

  boolean known() {
    return good.isPresent();
  }

  boolean fails() {
    return good.filter(is -> !is).isPresent();
  }

  /** What the last look that failed saw. */
  String text() {
    return text;
  }

  void look(Looks looks, Around around, long now) {
    pending.take().ifPresent(this::take); // of a script that has ended meanwhile
    if (due(now) && !pending.runs()) {
      Optional<Looks.Outcome> seen = looks.look(wanted, around, pending);
      boolean nothing = seen.isEmpty() && !(wanted.subject() instanceof VrrpTrack.Subject.Script);
      long interval = wanted.interval().toNanos();
      dueAt = now + (nothing ? Math.min(interval, AGAIN_NANOS) : interval);
      seen.ifPresent(this::take);
    }
  }

  boolean due(long now) {
    return now >= dueAt;
  }

  private void take(Looks.Outcome outcome) {
    row = outcome.good() == lastGood ? row + 1 : 1;
    lastGood = outcome.good();
    int needed = lastGood ? wanted.rise() : wanted.fall();
    boolean first = good.isEmpty();
    boolean changes = first || good.get() != lastGood;
    if (!lastGood) {
      text = outcome.text();
    }
    if (changes && (first || row >= needed)) {
      good = Optional.of(lastGood);
      LOG.info("track {} is {}: {}", wanted.name(), lastGood ? "good" : "bad", outcome.text());
    }
  }
}
