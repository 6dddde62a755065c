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
 * @param heardInterval between the adverts of the active one
 * @param resigned the active one did so
 * @param preemptAt a lower active one is tolerated until then; {@link #NEVER}: none was heard
 * @param yielded this director handed over: it does not preempt, until the other one is lost
 * @param sentAt last advert
 * @param announceAt next announcement
 * @param announced how many there were since it became active
 * @param announcedAt the last one
 * @param active who is, as last heard
 * @param rival another one that was heard while this one was active
 */
record Standing(
    DirectorRole role,
    SwitchReason reason,
    long since,
    long due,
    long heardInterval,
    boolean resigned,
    long preemptAt,
    boolean yielded,
    long sentAt,
    long announceAt,
    int announced,
    long announcedAt,
    Optional<Other> active,
    Optional<Rival> rival) {
  static final long NEVER = Long.MAX_VALUE;

  /** Another director, as it was last heard. */
  record Other(InetAddress source, int priority, long at) {}

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
        0,
        false,
        NEVER,
        false,
        now,
        NEVER,
        0,
        now,
        Optional.empty(),
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
        heardInterval,
        false,
        NEVER,
        yielded && !acts,
        sentAt,
        acts ? now : NEVER,
        0,
        announcedAt,
        active,
        Optional.empty());
  }

  Standing due(long at) {
    return new Standing(
        role,
        reason,
        since,
        at,
        heardInterval,
        resigned,
        preemptAt,
        yielded,
        sentAt,
        announceAt,
        announced,
        announcedAt,
        active,
        rival);
  }

  /** The active one was heard and is accepted. */
  Standing follows(Other other, long interval, long until, boolean resigns) {
    return new Standing(
        role,
        reason,
        since,
        until,
        interval,
        resigns,
        resigns ? preemptAt : NEVER,
        yielded,
        sentAt,
        announceAt,
        announced,
        announcedAt,
        Optional.of(other),
        rival);
  }

  Standing tolerates(Other other, long at) {
    return new Standing(
        role,
        reason,
        since,
        due,
        heardInterval,
        resigned,
        at,
        yielded,
        sentAt,
        announceAt,
        announced,
        announcedAt,
        Optional.of(other),
        rival);
  }

  Standing sent(long now, long next) {
    return new Standing(
        role,
        reason,
        since,
        next,
        heardInterval,
        resigned,
        preemptAt,
        yielded,
        now,
        announceAt,
        announced,
        announcedAt,
        active,
        rival);
  }

  Standing announced(int count, long at, long next) {
    return new Standing(
        role,
        reason,
        since,
        due,
        heardInterval,
        resigned,
        preemptAt,
        yielded,
        sentAt,
        next,
        count,
        at,
        active,
        rival);
  }

  Standing withRival(Optional<Rival> other) {
    return new Standing(
        role,
        reason,
        since,
        due,
        heardInterval,
        resigned,
        preemptAt,
        yielded,
        sentAt,
        announceAt,
        announced,
        announcedAt,
        active,
        other);
  }

  Standing yields() {
    return yields(true);
  }

  Standing yields(boolean does) {
    return new Standing(
        role,
        reason,
        since,
        due,
        heardInterval,
        resigned,
        preemptAt,
        does,
        sentAt,
        announceAt,
        announced,
        announcedAt,
        active,
        rival);
  }
}
