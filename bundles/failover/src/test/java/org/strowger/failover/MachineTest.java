package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;

/** Single steps, as RFC 9568, 6.4 and the notes beside it have them. */
class MachineTest {
  private static final long INTERVAL = 100_000_000;
  private static final InetAddress OURS = InetAddress.ofLiteral("10.77.0.5");
  private static final InetAddress LOWER = InetAddress.ofLiteral("10.77.0.4");
  private static final InetAddress HIGHER = InetAddress.ofLiteral("10.77.0.200");

  private long now = 1_000;
  private Terms terms = terms(100, true, 0);
  private Standing standing = Standing.initial(now);
  private List<Effect> effects = List.of();

  private static Terms terms(int priority, boolean preempt, long delay) {
    return new Terms(
        3,
        priority,
        INTERVAL,
        preempt,
        delay,
        60 * Advert.SECOND,
        OURS,
        Optional.empty(),
        false,
        0,
        false);
  }

  /** The same of a director that does not know the connections of the others. */
  private static Terms behind(Terms terms) {
    return new Terms(
        terms.version(),
        terms.priority(),
        terms.intervalNanos(),
        terms.preempt(),
        terms.preemptDelayNanos(),
        terms.announceNanos(),
        terms.source(),
        terms.unusable(),
        terms.forced(),
        terms.startAt(),
        true);
  }

  private void step(Event event) {
    Machine.Step step = Machine.step(terms, standing, event, now);
    standing = step.standing();
    effects = step.effects();
  }

  private void heard(InetAddress from, int priority) {
    step(new Event.Heard(from, new Advert(3, 1, priority, INTERVAL, List.of(OURS))));
  }

  private void backup() {
    step(new Event.Tick());
    assertEquals(DirectorRole.BACKUP, standing.role());
  }

  private void active() {
    backup();
    now = standing.due();
    step(new Event.TakeOver());
    assertEquals(DirectorRole.ACTIVE, standing.role());
  }

  @Test
  void theMasterDownIntervalIsThreeIntervalsAndTheSkew() {
    assertEquals(3 * INTERVAL + INTERVAL * 156 / 256, terms.downNanos(INTERVAL));
    backup();
    assertEquals(now + terms.downNanos(INTERVAL), standing.due());
    assertFalse(Machine.ripe(terms, standing, standing.due() - 1));
    assertTrue(Machine.ripe(terms, standing, standing.due()));
  }

  @Test
  void theSkewOfVersion2IsAPartOfASecond() {
    Terms old =
        new Terms(2, 100, 5 * Advert.SECOND, true, 0, 0, OURS, Optional.empty(), false, 0, false);
    assertEquals(15 * Advert.SECOND + Advert.SECOND * 156 / 256, old.downNanos(5 * Advert.SECOND));
  }

  @Test
  void anAddressOwnerDoesNotWait() {
    terms = terms(255, true, 0);
    backup();
    assertTrue(Machine.ripe(terms, standing, now));
  }

  @Test
  void whoseTracksFailIsRelievedAfterAWhileThoughItsConnectionsAreNotKnown() {
    for (boolean preempt : List.of(true, false)) {
      terms = behind(terms(100, preempt, 0));
      standing = Standing.initial(now);
      backup();
      heard(LOWER, 150);
      now += INTERVAL;
      long fell = now;
      while (now - fell < Machine.COPY_NANOS) {
        heard(LOWER, 90);
        assertFalse(Machine.ripe(terms, standing, now), "it may go on telling them");
        now += INTERVAL;
      }
      for (int i = 0; i < 5; i++) {
        heard(LOWER, 90);
        now += INTERVAL;
      }
      assertEquals(preempt, Machine.ripe(terms, standing, now));
    }
  }

  @Test
  void whosePriorityFellAndRoseAgainIsLeftAlone() {
    terms = behind(terms(100, true, 0));
    backup();
    heard(LOWER, 90);
    heard(LOWER, 80);
    heard(LOWER, 90);
    now += Machine.COPY_NANOS;
    for (int i = 0; i < 5; i++) {
      heard(LOWER, 90);
      now += INTERVAL;
      assertFalse(Machine.ripe(terms, standing, now));
    }
  }

  @Test
  void whoDoesNotKnowTheConnectionsOfTheOthersTakesOverFromNobodyThatLives() {
    for (int priority : List.of(200, 255)) {
      terms = behind(terms(priority, true, 0));
      standing = Standing.initial(now);
      backup();
      assertFalse(Machine.ripe(terms, standing, now), "it listens first");
      for (int i = 0; i < 20; i++) {
        heard(LOWER, 100);
        now += INTERVAL;
        assertFalse(Machine.ripe(terms, standing, now));
      }
      Standing waiting = standing;
      now += terms.downNanos(INTERVAL);
      assertTrue(Machine.ripe(terms, standing, now), "from one that is silent it does");

      standing = waiting;
      terms = terms(priority, true, 0);
      now = waiting.due() - 1;
      heard(LOWER, 100);
      assertTrue(Machine.ripe(terms, standing, waiting.due()), "and when it knows them");
    }
  }

  @Test
  void takingOverAdvertisesAtOnceAndAnnouncesAtOnceAndLater() {
    active();
    assertEquals(
        List.of(
            new Effect.Changed(DirectorRole.BACKUP, DirectorRole.ACTIVE, SwitchReason.PEER_LOST),
            new Effect.Send(100),
            new Effect.Announce()),
        effects);
    long since = now;
    now = standing.said().announceAt();
    assertEquals(since + 200_000_000, now);
    standing = standing.due(now);
    step(new Event.Tick());
    assertEquals(List.of(new Effect.Send(100), new Effect.Announce()), effects);
  }

  @Test
  void amongEqualsTheHigherSourceWins() {
    active();
    heard(LOWER, 100);
    assertEquals(DirectorRole.ACTIVE, standing.role());
    heard(HIGHER, 100);
    assertEquals(DirectorRole.BACKUP, standing.role());
  }

  @Test
  void aLowerActiveOneIsAnsweredAndTheAddressesAreAnnouncedAgain() {
    active();
    for (int i = 0; i < 70; i++) { // past the announcements of the take-over
      now = standing.due();
      step(new Event.Tick());
    }
    now += INTERVAL / 2;
    heard(HIGHER, 50);
    assertEquals(List.of(new Effect.Send(100)), effects);
    assertEquals(now, standing.said().announceAt());
    step(new Event.Tick());
    assertEquals(List.of(new Effect.Announce()), effects);
    heard(HIGHER, 50);
    assertEquals(List.of(), effects, "not against each advert of a flood");
    assertEquals(now + Machine.ANNOUNCE_APART, standing.said().announceAt());
  }

  @Test
  void whoResignsIsFollowedAfterTheSkew() {
    backup();
    heard(HIGHER, 150);
    heard(HIGHER, 0);
    assertEquals(now + terms.skewNanos(INTERVAL), standing.due());
    now = standing.due();
    step(new Event.TakeOver());
    assertEquals(SwitchReason.PEER_RESIGNED, standing.reason());
  }

  @Test
  void theResignationOfOneThatWasNotActiveIsNone() {
    backup();
    heard(HIGHER, 150);
    long due = standing.due();
    heard(LOWER, 0);
    assertEquals(due, standing.due());
  }

  @Test
  void aLowerOneIsToleratedForThePreemptDelayAndNoLonger() {
    terms = terms(100, true, 10 * INTERVAL);
    backup();
    long began = now;
    heard(LOWER, 50);
    assertEquals(now + terms.downNanos(INTERVAL), standing.due());
    now = began + 10 * INTERVAL;
    long due = standing.due();
    heard(LOWER, 50);
    assertEquals(due, standing.due(), "its adverts count no longer");
  }

  @Test
  void whoSleptTooLongDoesNotGoOn() {
    active();
    now = standing.due() + 4 * INTERVAL;
    step(new Event.Tick());
    assertEquals(
        List.of(
            new Effect.Changed(DirectorRole.ACTIVE, DirectorRole.BACKUP, SwitchReason.SELF_FAULT)),
        effects);
  }

  @Test
  void whoSleptTooLongDoesNotAnswerTheOneThatTookOver() {
    terms = terms(100, false, 0);
    active();
    now = standing.due() + 4 * INTERVAL;
    heard(LOWER, 50); // it waited to be read, while this one slept
    assertEquals(
        List.of(
            new Effect.Changed(DirectorRole.ACTIVE, DirectorRole.BACKUP, SwitchReason.SELF_FAULT)),
        effects,
        "no advert: the other one would step back");
    assertEquals(now + terms.downNanos(INTERVAL), standing.due(), "it follows");
    assertEquals(LOWER, standing.heard().active().orElseThrow().source());
  }

  @Test
  void whoSleptTooLongDoesNotResignWhenItsTeamFalls() {
    active();
    now = standing.due() + 4 * INTERVAL;
    step(new Event.Yield(SwitchReason.SELF_FAULT));
    assertEquals(
        List.of(
            new Effect.Changed(DirectorRole.ACTIVE, DirectorRole.BACKUP, SwitchReason.SELF_FAULT)),
        effects);
  }

  @Test
  void whoHandedOverComesBackIfNobodyTookIt() {
    active();
    step(new Event.Yield(SwitchReason.USER));
    assertEquals(new Effect.Send(0), effects.getLast());
    heard(LOWER, 1);
    assertFalse(Machine.ripe(terms, standing, now + 3 * INTERVAL), "a lower one is followed");
    assertTrue(Machine.ripe(terms, standing, standing.due()));
  }
}
