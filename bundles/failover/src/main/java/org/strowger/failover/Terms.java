package org.strowger.failover;

import java.net.InetAddress;
import java.util.Optional;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpInstance;

/**
 * Under what a machine runs at this moment. Times are nanoseconds of a clock that only goes on.
 *
 * @param priority 1 to 255
 * @param source of this director's adverts: among equal priorities the higher one wins
 * @param unusable why it cannot take part now
 * @param forced an operator wants it to be no active one
 * @param startAt it takes part from then on
 * @param behind it does not know the connections of the active one: it does not preempt, unless
 *     that one gives way on purpose
 */
record Terms(
    int version,
    int priority,
    long intervalNanos,
    boolean preempt,
    long preemptDelayNanos,
    long announceNanos,
    InetAddress source,
    Optional<SwitchReason> unusable,
    boolean forced,
    long startAt,
    boolean behind) {

  /** The same with what holds for the whole team. */
  Terms with(Optional<SwitchReason> why, boolean standby) {
    return new Terms(
        version,
        priority,
        intervalNanos,
        preempt,
        preemptDelayNanos,
        announceNanos,
        source,
        unusable.or(() -> why),
        standby,
        startAt,
        behind);
  }

  boolean owner() {
    return priority == VrrpInstance.OWNER;
  }

  /** Whether it takes over from an active one of lower priority that lives. */
  boolean takesOver() {
    return !behind && preempts();
  }

  /** The same, whatever it knows of the connections of that one. */
  boolean preempts() {
    return preempt || owner();
  }

  /**
   * How long an active one that advertises so often may be silent: RFC 9568, 6.1, and RFC 3768,
   * 6.1.
   */
  long downNanos(long interval) {
    return 3 * interval + skewNanos(interval);
  }

  /** The lower the priority, the later: so the highest is the first. */
  long skewNanos(long interval) {
    return (version == 2 ? Advert.SECOND : interval) * (256 - priority) / 256;
  }
}
