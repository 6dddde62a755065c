package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Chooser;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;

/** The connections of a source keep together. */
final class PersistenceTest {
  private static final String ALICE = "192.0.2.1";
  private static final String BOB = "192.0.2.2";

  private final Switchboard board = new Switchboard(3);

  @BeforeEach
  void persistent() {
    board.service("persistence.timeout", "60s");
  }

  private VirtualServiceCounters counters() {
    VirtualService web = board.configuration().virtualServices().get("web");
    return new Memory(board.memory).count(web, VirtualServiceCounters.ZERO);
  }

  @Test
  void aSourceGoesWhereItWentBefore() {
    Switchboard.Held first = board.connect(ALICE);
    assertEquals("web/b", board.connect(BOB).real().toString(), "the least loaded");
    assertEquals(first.real(), board.connect(ALICE).real());
    assertEquals(first.real(), board.connect(ALICE).real());
    assertEquals(2, counters().persistHits());
    assertEquals(2, counters().persistEntries());
  }

  @Test
  void anEntryHoldsWhileAConnectionDoesAndForTheTimeoutAfterItsLastUse() {
    board.connect(BOB);
    Switchboard.Held held = board.connect(ALICE);
    board.pass(Duration.ofHours(5));
    assertEquals("web/b", board.visit(ALICE), "held");
    held.end();
    board.pass(Duration.ofSeconds(60));
    assertEquals("web/b", board.explain(ALICE).chosen());
    board.pass(Duration.ofNanos(1));
    assertTrue(board.explain(ALICE).why().contains("no entry for " + ALICE), "forgotten");
  }

  @Test
  void eachUseBeginsTheTimeoutAnew() {
    board.connect(BOB);
    board.visit(ALICE);
    for (int i = 0; i < 10; i++) {
      board.pass(Duration.ofSeconds(59));
      assertEquals("web/b", board.visit(ALICE));
    }
  }

  @Test
  void thePrefixMakesTheSourceAndAnotherPrefixForgetsAll() {
    board.service("persistence.prefixIpv4", 24L);
    board.service("persistence.prefixIpv6", 64L);
    assertEquals(board.connect(ALICE).real(), board.connect(BOB).real());
    assertEquals(board.connect("2001:db8::1").real(), board.connect("2001:db8::ffff:2").real());
    assertEquals(2, counters().persistEntries());
    board.service("persistence.prefixIpv4", 16L);
    assertEquals(0, counters().persistEntries());
    assertEquals(2, counters().persistHits(), "counters do not go back");
  }

  @Test
  void aShorterTimeoutHoldsForTheEntriesThereAreAndZeroForgetsThem() {
    board.connect(BOB);
    board.visit(ALICE);
    board.pass(Duration.ofSeconds(20));
    board.service("persistence.timeout", "30s");
    assertEquals("web/b", board.explain(ALICE).chosen());
    board.pass(Duration.ofSeconds(11));
    assertTrue(board.explain(ALICE).why().contains("persistence: no entry for " + ALICE));
    board.service("persistence.timeout", "0s");
    assertEquals(0, counters().persistEntries());
  }

  @Test
  void aQuiescedOrDrainedRealServerIsNotUsedUnlessConfigured() {
    board.connect(ALICE).end();
    board.real("web/a", "weight", 0L);
    assertNotEquals("web/a", board.explain(ALICE).chosen());
    board.service("persistence.toQuiesced", true);
    assertEquals("web/a", board.visit(ALICE));
    board.real("web/a", "weight", 1L);
    board.real("web/a", "adminState", "drain");
    assertEquals("web/a", board.visit(ALICE));
    board.real("web/a", "adminState", "outOfService");
    assertNotEquals("web/a", board.visit(ALICE));
  }

  @Test
  void aRealServerThatIsDownIsNeverUsedAndTheSourceMoves() {
    board.service("persistence.toQuiesced", true);
    board.connect(ALICE).end();
    board.down("web/a");
    assertEquals("web/b", board.visit(ALICE));
    board.up("web/a");
    assertEquals("web/b", board.visit(ALICE), "it stays where it is now");
  }

  @Test
  void aRealServerTriedInVainIsSkippedAndTheEntryReplaced() {
    board.connect(ALICE).end();
    Switchboard.Held second = board.connect(ALICE, board.after("web/a")).orElseThrow();
    assertEquals("web/b", second.real().toString());
    second.end();
    assertEquals("web/b", board.visit(ALICE));
  }

  @Test
  void aFullRealServerIsNotUsedForAHitEither() {
    board.real("web/a", "upperThreshold", 1L);
    board.connect(ALICE);
    assertEquals("web/b", board.connect(ALICE).real().toString());
    assertEquals(1, board.held("web/a"));
  }

  @Test
  void aRemovedOrMovedRealServerIsNotUsed() {
    board.connect(ALICE).end();
    board.real("web/a", "port", 9_777L);
    board.connect(BOB);
    assertEquals("web/b", board.visit(ALICE));
  }

  @Test
  void theTableIsBoundedAndForgetsTheOneNotSeenForTheLongestTime() {
    board.service("persistence.entries", 16L);
    for (int i = 0; i < 16; i++) {
      board.visit("10.0.0." + i);
      board.pass(Duration.ofMillis(1));
    }
    board.visit("10.0.0.0"); // seen again
    board.visit("10.0.1.1");
    assertEquals(16, counters().persistEntries());
    assertEquals(1, counters().persistEvictions());
    assertTrue(board.explain("10.0.0.1").why().contains("no entry"), "the eldest went");
    assertTrue(board.explain("10.0.0.0").why().contains("keeps to"));
  }

  @Test
  void explainSeesNobodyAndASourceThatHoldsConnectionsIsSeen() {
    board.service("persistence.entries", 16L);
    board.connect("10.0.0.0");
    for (int i = 1; i < 16; i++) {
      board.visit("10.0.0." + i);
    }
    board.explain("10.0.0.1");
    board.visit("10.0.1.1");
    assertTrue(board.explain("10.0.0.0").why().contains("keeps to"), "it holds one");
    assertTrue(board.explain("10.0.0.1").why().contains("no entry"));
  }

  @Test
  void expiredEntriesMakeRoomAndAreNoEvictions() {
    board.service("persistence.entries", 16L);
    for (int i = 0; i < 16; i++) {
      board.visit("10.0.0." + i);
    }
    board.pass(Duration.ofSeconds(61));
    board.visit("10.0.1.1");
    assertEquals(0, counters().persistEvictions());
    assertTrue(counters().persistEntries() <= 9, "a bounded look removes several at once");
  }

  @Test
  void fewerEntriesHoldAtOnce() {
    for (int i = 0; i < 32; i++) {
      board.visit("10.0.0." + i);
    }
    board.service("persistence.entries", 16L);
    assertEquals(16, counters().persistEntries());
    assertEquals(16, counters().persistEvictions());
  }

  @Test
  void theTableOutlivesTheDirectorsBundleInTypesOfTheJdk() {
    board.connect(BOB);
    board.connect(ALICE);
    board.replaceDirector();
    assertEquals("web/b", board.visit(ALICE));
    board.memory.values().forEach(PersistenceTest::ofTheJdk);
  }

  private static void ofTheJdk(Object object) {
    Class<?> type = object.getClass();
    assertEquals(null, type.getClassLoader(), "loaded by ours: " + type);
    switch (object) {
      case Map<?, ?> map ->
          map.forEach(
              (key, value) -> {
                ofTheJdk(key);
                ofTheJdk(value);
              });
      case Map.Entry<?, ?> entry -> {
        ofTheJdk(entry.getKey());
        ofTheJdk(entry.getValue());
      }
      case String _, InetAddress _, AtomicLongArray _, AtomicBoolean _ -> {}
      default -> throw new AssertionError("not agreed on: " + type);
    }
  }

  @Test
  void aRemovedServiceIsForgotten() {
    board.connect(ALICE);
    new Memory(board.memory).retain(java.util.stream.Stream.of());
    assertEquals(Map.of(), board.memory);
  }

  @Test
  void persistenceDoesNotWaitForAPlaceThatTheRealServerDoesNotHave() {
    board.service("queue.size", 4L);
    board.real("web/a", "upperThreshold", 1L);
    board.connect(ALICE);
    assertTrue(
        board.connect(ALICE, Chooser.Attempt.first(true)).isPresent(), "another one takes it");
  }
}
