package org.strowger.failover;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;

/**
 * The state machine of RFC 9568, 6.4, and what carriers learned since: one lower advert too many
 * has the addresses announced again, a director that was stopped does not go on as if nothing had
 * been, who handed over does not take back at once. A pure function: a seed replays any run.
 *
 * <p>It never becomes active by itself: when its time is over it is {@link #ripe}, and its {@link
 * Team} decides.
 */
final class Machine {
  /** After taking over: at once, and again for those who missed it. */
  private static final long[] ANNOUNCE_AFTER = {0, 200_000_000L, 1_000_000_000L, 5_000_000_000L};

  /** Because of a lower advert, at most so often. */
  static final long ANNOUNCE_APART = 1_000_000_000L;

  /** An advert against a lower one is not sent if one was within this part of the interval. */
  private static final int ASSERT_APART = 4;

  /**
   * An active one whose priority fell has a fault: so long it may go on telling its connections,
   * and then it is relieved, though they be lost.
   */
  static final long COPY_NANOS = 5 * Advert.SECOND;

  private Machine() {}

  /** What comes of an event. */
  record Step(Standing standing, List<Effect> effects) {}

  /** Its time is over: it becomes active if the team does. */
  static boolean ripe(Terms terms, Standing standing, long now) {
    return standing.role() == DirectorRole.BACKUP
        && !terms.forced()
        && terms.unusable().isEmpty()
        && now >= standing.due();
  }

  static Step step(Terms terms, Standing standing, Event event, long now) {
    return switch (event) {
      case Event.Tick _ -> tick(terms, standing, now);
      case Event.Heard heard -> heard(terms, standing, heard, now);
      case Event.TakeOver _ -> takeOver(terms, standing, now);
      case Event.Yield order -> handOver(terms, standing, order.why(), now);
      case Event.Stop _ -> leave(standing, DirectorRole.INITIALIZE, SwitchReason.USER, now);
    };
  }

  private static Step nothing(Standing standing) {
    return new Step(standing, List.of());
  }

  private static Step tick(Terms terms, Standing standing, long now) {
    if (terms.unusable().isPresent() && standing.role() != DirectorRole.INITIALIZE) {
      return leave(standing, DirectorRole.INITIALIZE, terms.unusable().get(), now);
    }
    return switch (standing.role()) {
      case INITIALIZE ->
          terms.unusable().isEmpty() && now >= terms.startAt()
              ? begin(terms, standing, now)
              : nothing(standing);
      case BACKUP -> nothing(standing);
      case ACTIVE -> active(terms, standing, now);
    };
  }

  /** It listens first; an address owner need not, if it knows the connections of the others. */
  private static Step begin(Terms terms, Standing standing, long now) {
    long interval = terms.intervalNanos();
    Standing next =
        standing
            .become(DirectorRole.BACKUP, standing.reason(), now)
            .due(terms.owner() && terms.takesOver() ? now : now + terms.downNanos(interval));
    return changed(standing, next, List.of());
  }

  private static Step active(Terms terms, Standing standing, long now) {
    if (terms.forced()) {
      return leave(standing.yields(), DirectorRole.BACKUP, SwitchReason.USER, now);
    }
    if (slept(terms, standing, now)) {
      return awake(terms, standing, now);
    }
    Standing next = standing;
    List<Effect> effects = new ArrayList<>();
    if (now >= next.due()) {
      effects.add(new Effect.Send(terms.priority()));
      long regular = next.due() + terms.intervalNanos();
      next = next.sent(now, regular > now ? regular : now + terms.intervalNanos());
    }
    if (now >= next.said().announceAt()) {
      effects.add(new Effect.Announce());
      int count = Math.min(next.said().announced() + 1, ANNOUNCE_AFTER.length);
      next = next.announced(count, now, nextAnnouncement(terms, next.since(), count, now));
    }
    return new Step(next, effects);
  }

  /** Stopped, or starved: the others have taken over by now. */
  private static boolean slept(Terms terms, Standing standing, long now) {
    return standing.role() == DirectorRole.ACTIVE
        && now - standing.due() > 3 * terms.intervalNanos();
  }

  /** No advert, not even one that resigns: it would confuse them. */
  private static Step awake(Terms terms, Standing standing, long now) {
    Standing next =
        standing
            .become(DirectorRole.BACKUP, SwitchReason.SELF_FAULT, now)
            .due(now + terms.downNanos(terms.intervalNanos()));
    return changed(standing, next, List.of());
  }

  private static long nextAnnouncement(Terms terms, long since, int count, long now) {
    if (count < ANNOUNCE_AFTER.length) {
      return Math.max(now + 1, since + ANNOUNCE_AFTER[count]);
    }
    return terms.announceNanos() > 0 ? now + terms.announceNanos() : Standing.NEVER;
  }

  private static Step takeOver(Terms terms, Standing standing, long now) {
    SwitchReason why = whyTakeOver(terms, standing, now);
    Standing next = standing.become(DirectorRole.ACTIVE, why, now).due(now);
    Step first = active(terms, next, now);
    return changed(standing, first.standing(), first.effects());
  }

  private static SwitchReason whyTakeOver(Terms terms, Standing standing, long now) {
    if (standing.heard().resigned()) {
      return SwitchReason.PEER_RESIGNED;
    }
    boolean lowerIsThere =
        standing
            .heard()
            .active()
            .filter(other -> now - other.at() <= 2 * interval(terms, standing))
            .isPresent();
    return lowerIsThere || terms.owner() ? SwitchReason.PRIORITY : SwitchReason.PEER_LOST;
  }

  private static long interval(Terms terms, Standing standing) {
    return Math.max(standing.heard().interval(), terms.intervalNanos());
  }

  private static Step handOver(Terms terms, Standing standing, SwitchReason why, long now) {
    if (standing.role() != DirectorRole.ACTIVE) {
      return nothing(standing.yields());
    }
    if (slept(terms, standing, now)) {
      Step woke = awake(terms, standing, now);
      return new Step(woke.standing().yields(), woke.effects());
    }
    Step step = leave(standing.yields(), DirectorRole.BACKUP, why, now);
    // If nobody wants it, it comes back: an address without a director helps nobody.
    long until = now + 2 * terms.downNanos(terms.intervalNanos());
    return new Step(step.standing().due(until), step.effects());
  }

  private static Step leave(Standing standing, DirectorRole to, SwitchReason why, long now) {
    if (standing.role() == to) {
      return nothing(standing);
    }
    List<Effect> effects =
        standing.role() == DirectorRole.ACTIVE ? List.of(new Effect.Send(0)) : List.of();
    return changed(standing, standing.become(to, why, now).due(Standing.NEVER), effects);
  }

  private static Step changed(Standing from, Standing to, List<Effect> then) {
    List<Effect> effects = new ArrayList<>();
    effects.add(new Effect.Changed(from.role(), to.role(), to.reason()));
    effects.addAll(then);
    return new Step(to, effects);
  }

  private static Step heard(Terms terms, Standing standing, Event.Heard heard, long now) {
    if (slept(terms, standing, now)) { // what waited to be read is of who took over
      Step woke = awake(terms, standing, now);
      Step then = heard(terms, woke.standing(), heard, now);
      List<Effect> effects = new ArrayList<>(woke.effects());
      effects.addAll(then.effects());
      return new Step(then.standing(), effects);
    }
    Standing.Other other = new Standing.Other(heard.source(), heard.advert().priority(), now);
    return switch (standing.role()) {
      case INITIALIZE -> nothing(standing);
      case BACKUP -> heardAsBackup(terms, standing, heard.advert(), other, now);
      case ACTIVE -> heardAsActive(terms, standing, heard.advert(), other, now);
    };
  }

  private static Step heardAsBackup(
      Terms terms, Standing standing, Advert advert, Standing.Other other, long now) {
    long interval = advert.intervalNanos();
    if (advert.priority() == 0) {
      // Who resigns is not the one that counts, if another is active (a rival that gave in).
      boolean mine =
          standing.heard().active().map(a -> a.source().equals(other.source())).orElse(true);
      long until = Math.min(standing.due(), now + terms.skewNanos(interval));
      return nothing(mine ? standing.follows(other, interval, until, true) : standing);
    }
    boolean higher = advert.priority() >= terms.priority();
    if (higher || !terms.preempts() || standing.yielded() || terms.forced()) {
      return nothing(follow(terms, standing, interval, other, now));
    }
    if (terms.behind() && !standing.heard().fall().lasts(COPY_NANOS, now)) {
      return nothing(follow(terms, standing, interval, other, now));
    }
    long at =
        standing.heard().preemptAt() == Standing.NEVER
            ? now + terms.preemptDelayNanos()
            : standing.heard().preemptAt();
    if (now < at) {
      Standing waits = follow(terms, standing, interval, other, now).tolerates(other, at);
      // It may be over before the next advert comes.
      return nothing(waits);
    }
    return nothing(standing.tolerates(other, at));
  }

  private static Standing follow(
      Terms terms, Standing standing, long interval, Standing.Other other, long now) {
    return standing.follows(other, interval, now + terms.downNanos(interval), false);
  }

  private static Step heardAsActive(
      Terms terms, Standing standing, Advert advert, Standing.Other other, long now) {
    if (advert.priority() == 0) {
      Step sent = assertRole(terms, standing, now);
      return new Step(sent.standing().withRival(Optional.empty()), sent.effects());
    }
    boolean better =
        advert.priority() > terms.priority()
            || (advert.priority() == terms.priority() && higher(other.source(), terms.source()));
    if (better) {
      Standing next = standing.become(DirectorRole.BACKUP, SwitchReason.PRIORITY, now);
      return changed(standing, follow(terms, next, advert.intervalNanos(), other, now), List.of());
    }
    Step sent = assertRole(terms, standing, now);
    Standing next = sent.standing().withRival(Optional.of(rival(standing, advert, other, now)));
    // Its frames may have taught the link that the addresses are there.
    long again = Math.max(now, next.said().announcedAt() + ANNOUNCE_APART);
    if (again < next.said().announceAt()) {
      next = next.announced(next.said().announced(), next.said().announcedAt(), again);
    }
    return new Step(next, sent.effects());
  }

  private static Standing.Rival rival(
      Standing standing, Advert advert, Standing.Other other, long now) {
    long pause = 3 * advert.intervalNanos();
    return standing
        .rival()
        .filter(known -> known.source().equals(other.source()) && now - known.last() <= pause)
        .map(
            known ->
                new Standing.Rival(
                    other.source(), other.priority(), known.first(), now, known.heard() + 1))
        .orElseGet(() -> new Standing.Rival(other.source(), other.priority(), now, now, 1));
  }

  private static Step assertRole(Terms terms, Standing standing, long now) {
    if (now - standing.said().sentAt() < terms.intervalNanos() / ASSERT_APART) {
      return nothing(standing);
    }
    Standing next = standing.sent(now, now + terms.intervalNanos());
    return new Step(next, List.of(new Effect.Send(terms.priority())));
  }

  /** As unsigned numbers in the order of the wire. */
  static boolean higher(InetAddress one, InetAddress than) {
    return Arrays.compareUnsigned(one.getAddress(), than.getAddress()) > 0;
  }
}
