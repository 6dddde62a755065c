package org.strowger.failover;

import java.net.InetAddress;
import java.util.Optional;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;

/**
 * The whole state of one VRRP instance. Times are those of the clock of {@link Terms}.
 *
 * @param reason of the last change of role
 * @param due when active, the next advert; else when it acts if nothing is heard
 * @param yielded this director handed over: it does not preempt, until the other one is lost
 * @param heard of the active one
 * @param said by this one
 * @param rival another one that was heard while this one was active
 */
record Standing(
    DirectorRole role,
    SwitchReason reason,
    long since,
    long due,
    boolean yielded,
    Heard heard,
    Said said,
    Optional<Rival> rival) {
  static final long NEVER = Long.MAX_VALUE;

  /** Another director, as it was last heard. */
  record Other(InetAddress source, int priority, long at) {}

  /**
   * What was heard of the active one.
   *
   * @param active who is, as last heard
   * @param interval between its adverts
   * @param resigned it did so
   * @param preemptAt a lower one is tolerated until then; {@link #NEVER}: none was heard
   * @param fall of the priority of the active one
   */
  record Heard(Optional<Other> active, long interval, boolean resigned, long preemptAt, Fall fall) {
    static final Heard NOTHING = new Heard(Optional.empty(), 0, false, NEVER, Fall.NONE);

    /** Of another role the same one is remembered, but not what it did. */
    Heard anew() {
      return new Heard(active, interval, false, NEVER, Fall.NONE);
    }

    private Fall fall(Other next) {
      boolean same = active.map(one -> one.source().equals(next.source())).orElse(false);
      return (same ? fall : Fall.NONE).with(next);
    }
  }

  /**
   * That the active one has a lower priority than it had: it gives way on purpose, as what it
   * tracks fails.
   *
   * @param highest that was heard of it
   * @param at since when it is lower; {@link #NEVER}: it is not
   */
  record Fall(int highest, long at) {
    static final Fall NONE = new Fall(0, NEVER);

    private Fall with(Other heard) {
      if (heard.priority() == 0) {
        return this; // it resigned, which says nothing about what it tracks
      }
      if (heard.priority() >= highest) {
        return new Fall(heard.priority(), NEVER);
      }
      return at == NEVER ? new Fall(highest, heard.at()) : this;
    }

    boolean lasts(long nanos, long now) {
      return at != NEVER && now - at >= nanos;
    }
  }

  /**
   * What this one said.
   *
   * @param sentAt last advert
   * @param announcedAt last announcement
   * @param announceAt next announcement
   * @param announced how many there were since it became active
   */
  record Said(long sentAt, long announcedAt, long announceAt, int announced) {
    Said sent(long now) {
      return new Said(now, announcedAt, announceAt, announced);
    }

    Said anew(long next) {
      return new Said(sentAt, announcedAt, next, 0);
    }
  }

  /**
   * Another director that does not yield.
   *
   * @param first when it was first heard, without a pause since
   */
  record Rival(InetAddress source, int priority, long first, long last, int heard) {}

  /** Before anything. */
  static Standing initial(long now) {
    return new Standing(
        DirectorRole.INITIALIZE,
        SwitchReason.NONE,
        now,
        NEVER,
        false,
        Heard.NOTHING,
        new Said(now, now, NEVER, 0),
        Optional.empty());
  }

  /** One that was active before this process's bundle was exchanged, and goes on. */
  static Standing resumed(long now) {
    return initial(now).become(DirectorRole.ACTIVE, SwitchReason.UPGRADE, now).due(now);
  }

  Standing become(DirectorRole next, SwitchReason why, long now) {
    boolean acts = next == DirectorRole.ACTIVE;
    return new Standing(
        next,
        why,
        now,
        due,
        yielded && !acts,
        heard.anew(),
        said.anew(acts ? now : NEVER),
        Optional.empty());
  }

  Standing due(long at) {
    return new Standing(role, reason, since, at, yielded, heard, said, rival);
  }

  /** The active one was heard and is accepted. */
  Standing follows(Other other, long interval, long until, boolean resigns) {
    long preemptAt = resigns ? heard.preemptAt : NEVER;
    return due(until)
        .hears(new Heard(Optional.of(other), interval, resigns, preemptAt, heard.fall(other)));
  }

  Standing tolerates(Other other, long at) {
    return hears(
        new Heard(Optional.of(other), heard.interval, heard.resigned, at, heard.fall(other)));
  }

  private Standing hears(Heard next) {
    return new Standing(role, reason, since, due, yielded, next, said, rival);
  }

  Standing sent(long now, long next) {
    return due(next).says(said.sent(now));
  }

  Standing announced(int count, long at, long next) {
    return says(new Said(said.sentAt, at, next, count));
  }

  private Standing says(Said next) {
    return new Standing(role, reason, since, due, yielded, heard, next, rival);
  }

  Standing withRival(Optional<Rival> other) {
    return new Standing(role, reason, since, due, yielded, heard, said, other);
  }

  Standing yields() {
    return yields(true);
  }

  Standing yields(boolean does) {
    return new Standing(role, reason, since, due, does, heard, said, rival);
  }
}
