package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.api.HealthPolicy;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;

/** Damping and manual resume. */
class HoldsTest {
  private static final RealServerId A = new RealServerId("web", "a");
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.1");
  private static final RealServer REAL = RealServer.plain(A, ADDRESS, 80);
  private static final long SECOND = 1_000_000_000L;

  private Holds holds = new Holds();
  private HealthPolicy policy = policy(2, false);
  private long nanos = 55 * SECOND;

  private static HealthPolicy policy(int transitions, boolean manual) {
    HealthPolicy none = HealthPolicy.NONE;
    return new HealthPolicy(
        List.of(),
        0,
        none.initState(),
        none.onDown(),
        manual,
        0,
        0,
        none.outlier(),
        new HealthPolicy.Damping(transitions, Duration.ofSeconds(60)));
  }

  private Holds.Hold after(long seconds, boolean down) {
    nanos += seconds * SECOND;
    return holds.follow(new Holds.Evidence(REAL, down, down), policy, 2, nanos);
  }

  private void fall() {
    after(1, true);
    after(1, false);
  }

  @Test
  void moreFallsThanToleratedHoldItDownUntilItIsQuiet() {
    fall();
    fall();
    assertFalse(after(0, false).flapping(), "two are tolerated");
    after(1, true);
    assertTrue(after(1, false).flapping());
    assertEquals(3, after(1, false).falls());
    assertEquals(59 * SECOND, holds.nanosUntilDue(Map.of(A, policy), nanos));
    assertTrue(after(58, false).flapping());
    assertFalse(after(1, false).flapping(), "60 s without a change");
    assertEquals(Long.MAX_VALUE, holds.nanosUntilDue(Map.of(A, policy), nanos));
    fall();
    assertFalse(after(1, false).flapping(), "it begins anew");
  }

  @Test
  void aFurtherFallBeginsTheQuietTimeAnew() {
    fall();
    fall();
    fall();
    after(50, true);
    assertTrue(after(50, false).flapping());
    assertTrue(after(59, false).flapping());
    assertFalse(after(1, false).flapping());
  }

  @Test
  void fallsLongAgoAreForgotten() {
    fall();
    fall();
    after(120, true);
    assertFalse(after(1, false).flapping());
  }

  @Test
  void oneThatFailedWaitsForTheOperatorIfThatIsWanted() {
    policy = policy(0, true);
    assertFalse(after(1, false).waits(), "not when the director starts");
    assertFalse(after(1, true).waits(), "while it is down it is just down");
    assertTrue(after(1, false).waits());
    assertTrue(after(10_000, false).waits());
    assertTrue(holds.release(A));
    assertFalse(after(1, false).waits());
    assertFalse(holds.release(A), "nothing holds it");
    after(1, true);
    after(1, false);
    policy = policy(0, false);
    assertFalse(after(1, false).waits(), "not wanted any more");
  }

  @Test
  void wantOfAFirstVerdictIsNoFailure() {
    policy = policy(1, true);
    for (int i = 0; i < 5; i++) {
      holds.follow(new Holds.Evidence(REAL, true, false), policy, 2, nanos += SECOND);
      assertFalse(
          holds.follow(new Holds.Evidence(REAL, false, false), policy, 2, nanos += SECOND).waits());
    }
    assertFalse(after(1, false).flapping());
  }

  @Test
  void anotherDirectorsBundleGoesOnHolding() {
    fall();
    fall();
    fall();
    Map<String, Object> memory = new HashMap<>();
    holds.remember(memory);
    holds = new Holds();
    holds.restore(memory, List.of(REAL));
    assertTrue(after(1, false).flapping());
    assertEquals(3, after(1, false).falls());
    holds = new Holds();
    holds.restore(memory, List.of(RealServer.plain(A, ADDRESS, 81)));
    assertFalse(
        holds
            .follow(
                new Holds.Evidence(RealServer.plain(A, ADDRESS, 81), false, false),
                policy,
                2,
                nanos)
            .flapping(),
        "at another port it is another real server");
  }

  @Test
  void noMoreThanTheShareOfAPoolIsHeldDownAtOnce() {
    RealServer other = RealServer.plain(new RealServerId("web", "b"), ADDRESS, 82);
    for (int i = 0; i < 3; i++) {
      fall();
      holds.follow(new Holds.Evidence(other, true, true), policy, 2, nanos);
      holds.follow(new Holds.Evidence(other, false, false), policy, 2, nanos);
    }
    assertTrue(after(1, false).flapping());
    Holds.Evidence good = new Holds.Evidence(other, false, false);
    Holds.Hold second = holds.follow(good, policy, 2, nanos);
    assertEquals(3, second.falls());
    assertFalse(second.flapping(), "half of two is one");
    assertTrue(holds.follow(good, policy, 4, nanos).flapping(), "half of four is two");
    holds = new Holds();
    fall();
    fall();
    fall();
    RealServer alone = RealServer.plain(A, ADDRESS, 83);
    for (int i = 0; i < 3; i++) {
      holds.follow(new Holds.Evidence(alone, true, true), policy, 1, nanos);
      assertFalse(
          holds.follow(new Holds.Evidence(alone, false, false), policy, 1, nanos).flapping(),
          "the only one is never held");
    }
  }

  private static RealServer other(int number) {
    return RealServer.plain(new RealServerId("web", "r" + number), ADDRESS, 80 + number % 60_000);
  }

  private boolean flaps(RealServer real, int size) {
    Holds.Hold hold = null;
    for (int i = 0; i < 3; i++) {
      holds.follow(new Holds.Evidence(real, true, true), policy, size, nanos += SECOND);
      hold = holds.follow(new Holds.Evidence(real, false, false), policy, size, nanos += SECOND);
    }
    return hold != null && hold.flapping();
  }

  /** Of four, two: the places of those that are gone, moved or released are free again. */
  @Test
  void aPlaceAmongThoseHeldIsFreeAgain() {
    int size = 4;
    assertEquals(50, policy.damping().maxHeld());
    assertTrue(flaps(other(1), size));
    assertTrue(flaps(other(2), size));
    assertFalse(flaps(other(3), size), "two of four are held");
    assertTrue(holds.release(other(2).id()));
    assertTrue(flaps(other(4), size), "one was released");
    assertFalse(flaps(other(5), size));
    holds.retain(Set.of(other(4).id()));
    assertTrue(flaps(other(6), size), "one is gone");
    assertFalse(flaps(other(7), size));
    RealServer moved = RealServer.plain(other(6).id(), ADDRESS, 9);
    assertFalse(
        holds.follow(new Holds.Evidence(moved, false, false), policy, size, nanos).flapping());
    assertTrue(flaps(other(8), size), "one has another address");
    assertFalse(flaps(other(9), size));
  }

  /** Once each asked all: 100,000 took minutes. */
  @Test
  void theWorkOfAPassGrowsWithTheRealServersOnly() {
    int size = 100_000;
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          for (int i = 0; i < size; i++) {
            holds.follow(new Holds.Evidence(other(i), false, false), policy, size, nanos);
          }
        });
  }
}
