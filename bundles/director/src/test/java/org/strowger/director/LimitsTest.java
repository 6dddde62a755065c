package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.strowger.api.AccessList;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Prefix;
import org.strowger.api.Verdict;

/** Access lists and limits, in front of the scheduler. */
final class LimitsTest {
  private static final String ALICE = "192.0.2.1";
  private static final String BOB = "192.0.2.2";
  private static final String CAROL = "198.51.100.3";

  private final Switchboard board = new Switchboard(2);

  @Test
  void theLongestPrefixDecidesAndDenyGoesBeforeAllow() {
    board.service("access.deny", List.of("0.0.0.0/0", "192.0.2.2"));
    board.service("access.allow", List.of("192.0.2.0/24", "192.0.2.2"));
    assertFalse(board.refuses(ALICE));
    assertEquals(Verdict.ACCESS_DENIED, board.refused(BOB));
    assertEquals(Verdict.ACCESS_DENIED, board.refused(CAROL));
    assertTrue(board.explain(BOB).why().contains("denied by 192.0.2.2"), board.explain(BOB).why());
  }

  @Test
  void withoutAllowedPrefixesEverybodyMayConnectButThoseDenied() {
    board.service("access.deny", List.of("2001:db8::/32", "198.51.100.0/24"));
    assertFalse(board.refuses(ALICE));
    assertTrue(board.refuses(CAROL));
    assertTrue(board.refuses("2001:db8:1::7"));
    assertFalse(board.refuses("2001:db9::7"));
    board.service("access.allow", List.of("2001:db8:1::/48"));
    assertFalse(board.refuses("2001:db8:1::7"));
    assertTrue(board.refuses(ALICE), "who is in no list when there is one of the allowed");
  }

  @Test
  void theTablesAgreeWithTheListAsItIsWritten() {
    long seed = System.nanoTime();
    System.out.println("theTablesAgreeWithTheList: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 200; run++) {
      List<Prefix> allow = prefixes(random);
      List<Prefix> deny = prefixes(random);
      AccessCheck check = new AccessCheck(new AccessList(allow, deny));
      for (int i = 0; i < 100; i++) {
        InetAddress client = address(random, random.nextBoolean());
        boolean expected = expected(allow, deny, client);
        assertEquals(expected, check.allows(client), "seed " + seed + " client " + client);
        assertEquals(expected, check.explain(client).allowed(), "seed " + seed);
      }
    }
  }

  private static boolean expected(List<Prefix> allow, List<Prefix> deny, InetAddress client) {
    int allowed = longest(allow, client);
    int denied = longest(deny, client);
    return (allowed < 0 && denied < 0) ? allow.isEmpty() : allowed > denied;
  }

  private static int longest(List<Prefix> prefixes, InetAddress client) {
    return prefixes.stream()
        .filter(prefix -> prefix.contains(client))
        .mapToInt(Prefix::length)
        .max()
        .orElse(-1);
  }

  private static List<Prefix> prefixes(SplittableRandom random) {
    List<Prefix> prefixes = new ArrayList<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      boolean old = random.nextBoolean();
      prefixes.add(new Prefix(address(random, old), random.nextInt(old ? 33 : 129)));
    }
    return prefixes;
  }

  /** Addresses that are close to each other, so that prefixes meet them. */
  private static InetAddress address(SplittableRandom random, boolean old) {
    byte[] bytes = new byte[old ? 4 : 16];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : 0);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  void aServiceHoldsNoMoreConnectionsThanItsLimit() {
    board.service("limits.connections", 3L);
    Switchboard.Held first = board.connect(ALICE);
    board.connect(ALICE);
    board.connect(BOB);
    assertEquals(Verdict.CONNECTION_LIMIT, board.refused(CAROL));
    first.end();
    board.connect(CAROL);
    assertTrue(board.refuses(CAROL));
    board.service("limits.connections", 4L);
    board.connect(CAROL);
  }

  @Test
  void thoseThatWaitOrAreAboutToAskTakeNoPlaceOfTheLimit() {
    board.service("limits.connections", 2L);
    board.connect(ALICE);
    board.total += 5; // accepted by other loops, and not decided yet
    board.connect(ALICE);
    assertTrue(board.refuses(ALICE));
  }

  @Test
  void theDirectorsLimitIsThatOfAllServices() {
    board.director("connectionLimit", 2L);
    board.connect(ALICE);
    board.total++; // of another service
    assertEquals(Verdict.CONNECTION_LIMIT, board.refused(BOB));
    assertTrue(board.explain(BOB).why().contains("director.connectionLimit 2"));
    assertInstanceOf(Choice.Chosen.class, board.choose(BOB, board.after("web/a")), "a second try");
  }

  @Test
  void aSourceHoldsNoMoreThanItsLimitAndIsForgottenWhenItHoldsNone() {
    board.service("limits.connectionsPerSource", 2L);
    board.service("limits.sourcePrefixIpv4", 24L);
    Switchboard.Held one = board.connect(ALICE);
    Switchboard.Held other = board.connect(BOB);
    assertEquals(Verdict.CONNECTION_LIMIT, board.refused(ALICE), "of the same 24 bits");
    board.connect(CAROL);
    board.replaceDirector();
    assertTrue(board.refuses(ALICE), "counted in the plane's memory");
    one.end();
    other.end();
    board.connect("203.0.113.1");
    assertEquals(2, sources(), "the one that holds nothing made room");
    board.connect(ALICE);
  }

  private int sources() {
    return board.memory.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("director.sources|web|"))
        .mapToInt(entry -> ((Map<?, ?>) entry.getValue()).size())
        .sum();
  }

  @Test
  void newConnectionsASecondAreLimitedWithABurst() {
    board.service("limits.rate", 10L);
    board.service("limits.burst", 5L);
    assertEquals(5, admitted(20, ALICE));
    assertEquals(Verdict.RATE_LIMIT, board.refused(ALICE));
    board.pass(Duration.ofMillis(300));
    assertEquals(3, admitted(20, BOB));
    board.pass(Duration.ofHours(1));
    assertEquals(5, admitted(20, ALICE));
  }

  @Test
  void aRateIsAtMostWhatItSaysOverAnyTime() {
    long seed = System.nanoTime();
    System.out.println("aRateIsAtMostWhatItSays: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 50; run++) {
      int rate = 1 + random.nextInt(5_000);
      int burst = 3 + random.nextInt(50); // never full between two steps
      RateLimit limit = new RateLimit(rate, burst);
      long now = random.nextLong();
      final long start = now;
      AtomicLongArray cells = new AtomicLongArray(new long[] {now});
      long taken = 0;
      for (int step = 0; step < 2_000; step++) {
        now += random.nextLong(2_000_000_000L / rate);
        while (limit.allows(cells, 0, now)) {
          limit.take(cells, 0, now);
          taken++;
        }
        long most = burst + (now - start) * rate / 1_000_000_000L;
        assertTrue(taken <= most, "seed " + seed + ": " + taken + " of " + most);
        assertTrue(taken >= most * 0.999 - 2, "seed " + seed + ": " + taken + " of " + most);
      }
    }
  }

  @Test
  void aFasterRateHoldsAtOnce() {
    board.service("limits.rate", 1L);
    board.service("limits.burst", 100L);
    assertEquals(100, admitted(200, ALICE));
    board.service("limits.rate", 1000L);
    board.service("limits.burst", 10L);
    board.pass(Duration.ofMillis(50));
    assertEquals(10, admitted(20, ALICE));
  }

  @Test
  void eachSourceHasARateOfItsOwnAndOneDoesNotUseUpThatOfTheService() {
    board.service("limits.ratePerSource", 5L);
    board.service("limits.rate", 8L);
    assertEquals(5, admitted(1_000, ALICE));
    assertEquals(3, admitted(10, BOB));
    assertEquals(Verdict.RATE_LIMIT, board.refused(CAROL));
  }

  @Test
  void aConnectionIsCountedOnceForTheRateHoweverOftenItIsTried() {
    board.service("limits.rate", 1L);
    assertEquals(1, admitted(1, ALICE));
    assertInstanceOf(Choice.Chosen.class, board.choose(ALICE, board.after("web/a")));
    assertTrue(board.refuses(ALICE));
  }

  private int admitted(int tries, String client) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      var connection = board.connect(client, Chooser.Attempt.first(false));
      connection.ifPresent(Switchboard.Held::end);
      admitted += connection.isPresent() ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void moreSourcesThanTheTableHoldsGiveUpTheOnesUnseenForTheLongestTime() {
    board.service("limits.ratePerSource", 1L);
    for (int i = 0; i <= LimitCheck.MAX_SOURCES; i++) {
      board.visit("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255));
    }
    assertEquals(LimitCheck.MAX_SOURCES, sources());
    assertFalse(board.refuses("10.0.0.0"), "forgotten");
    assertTrue(board.refuses("10.0.0.9"), "remembered");
  }

  @Test
  void atItsLimitAServiceLetsConnectionsWaitIfTheyMay() {
    board.service("queue.size", 10L);
    board.service("limits.connections", 1L);
    final Switchboard.Held one = board.connect(ALICE);
    assertEquals(new Choice.Wait(), board.choose(BOB, Chooser.Attempt.first(true)));
    assertEquals(
        new Choice.Refused(Verdict.CONNECTION_LIMIT),
        board.choose(BOB, Chooser.Attempt.first(false)));
    one.end();
    assertInstanceOf(Choice.Chosen.class, board.choose(BOB, Chooser.Attempt.first(true)));
  }

  @Test
  void explainTakesNoTokenAndCountsNoSource() {
    board.service("limits.rate", 1L);
    board.service("limits.connectionsPerSource", 1L);
    for (int i = 0; i < 5; i++) {
      assertEquals("web/a", board.explain(ALICE).chosen());
    }
    assertEquals(0, sources());
    assertEquals("web/a", board.visit(ALICE));
    assertEquals("none", board.explain(ALICE).chosen());
    assertTrue(board.explain(ALICE).why().contains("limits.rate 1 is reached"));
  }
}
