package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.OperState;
import org.strowger.api.Verdict;

/** Thresholds, priorities, zones, panic, waiting and the backup pool, as connections meet them. */
final class ServingTest {
  private static final String ALICE = "192.0.2.1";
  private static final Chooser.Attempt MAY_WAIT = Chooser.Attempt.first(true);

  private final Switchboard board = new Switchboard(3);

  private OperState web() {
    return board.observation().services().get("web").operState();
  }

  @Test
  void aFullRealServerTakesNoMoreUntilItFallsBelowTheLowerThreshold() {
    board.real("web/a", "upperThreshold", 4L);
    board.real("web/a", "lowerThreshold", 2L);
    board.real("web/b", "weight", 0L);
    board.real("web/c", "weight", 0L);
    List<Switchboard.Held> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(board.connect(ALICE));
    }
    assertEquals(List.of("web/a 4 of 4"), board.full());
    assertEquals(Verdict.CONNECTION_LIMIT, board.refused(ALICE));
    held.get(0).end();
    held.get(1).end();
    assertTrue(board.refuses(ALICE), "two are not below the lower threshold");
    held.get(2).end();
    assertFalse(board.refuses(ALICE));
    assertEquals(List.of(), board.full());
  }

  @Test
  void aClosedThresholdOutlivesAnEditOfSomethingElseAndOpensWhenRaised() {
    board.real("web/a", "upperThreshold", 4L);
    board.real("web/b", "weight", 0L);
    board.real("web/c", "weight", 0L);
    List<Switchboard.Held> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(board.connect(ALICE));
    }
    held.getFirst().end();
    board.real("web/a", "weight", 5L);
    assertTrue(board.refuses(ALICE), "three of four have to go below three");
    board.real("web/a", "upperThreshold", 6L);
    assertFalse(board.refuses(ALICE));
    board.real("web/a", "upperThreshold", 2L);
    assertTrue(board.refuses(ALICE), "lowered below what it holds");
  }

  @Test
  void explainLeavesAThresholdAsItIs() {
    board.real("web/a", "upperThreshold", 4L);
    board.real("web/b", "weight", 0L);
    board.real("web/c", "weight", 0L);
    List<Switchboard.Held> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(board.connect(ALICE));
    }
    Explanation explained = board.explain(ALICE);
    assertEquals("none", explained.chosen());
    assertTrue(explained.why().contains("web/a is full: 4 of 4 connections"), explained.why());
    held.getFirst().end();
    assertEquals("none", board.explain(ALICE).chosen());
    held.get(1).end();
    assertEquals("web/a", board.explain(ALICE).chosen());
  }

  @Test
  void whatMayWaitWaitsWhileAllAreFullAndNotWhileNobodyIsUp() {
    for (String id : List.of("web/a", "web/b", "web/c")) {
      board.real(id, "upperThreshold", 1L);
    }
    board.connect(ALICE);
    board.connect(ALICE);
    final Switchboard.Held last = board.connect(ALICE);
    assertEquals(new Choice.Wait(), board.choose(ALICE, MAY_WAIT));
    last.end();
    assertInstanceOf(Choice.Chosen.class, board.choose(ALICE, MAY_WAIT));
    board.down("web/a");
    board.down("web/b");
    board.down("web/c");
    assertEquals(new Choice.Refused(Verdict.NO_REAL_SERVER), board.choose(ALICE, MAY_WAIT));
  }

  @Test
  void aLowerPriorityServesWhileTheHigherOneIsFull() {
    board.real("web/a", "priority", 2L);
    board.real("web/a", "upperThreshold", 1L);
    assertEquals("web/a", board.connect(ALICE).real().toString());
    assertEquals("web/b", board.connect(ALICE).real().toString());
    assertTrue(board.explain(ALICE).why().contains("stage 2 of 2"), board.explain(ALICE).why());
  }

  @Test
  void theOwnZoneIsPreferred() {
    board.real("web/c", "zone", "north");
    board.director("zone", "north");
    board.connect(ALICE);
    assertEquals("web/c", board.connect(ALICE).real().toString(), "however loaded it is");
    board.down("web/c");
    assertEquals("web/a", board.connect(ALICE).real().toString());
  }

  @Test
  void inPanicAllAreUsedAndItIsSaid() {
    board.pool("web", "panicThreshold", 50L);
    board.down("web/a");
    assertEquals(null, board.observation().modes().get("web"));
    board.down("web/b");
    assertEquals(Observation.Mode.PANIC, board.observation().modes().get("web"));
    assertEquals(OperState.DEGRADED, web());
    assertEquals("web/a", board.connect(ALICE).real().toString());
    assertTrue(board.explain(ALICE).why().contains("fewer than the panic threshold"));
    board.down("web/c");
    assertEquals(OperState.DEGRADED, web(), "all down, and still all are tried");
  }

  @Test
  void theBackupPoolServesWhileNobodyOfThePoolDoesAndNotAMomentLonger() {
    board.pool("sorry", 2);
    board.service("backupPool", "sorry");
    assertEquals("web/a", board.connect(ALICE).real().toString());
    board.down("web/a");
    board.down("web/b");
    board.real("web/c", "adminState", "drain");
    assertEquals("sorry/a", board.connect(ALICE).real().toString());
    assertEquals("sorry/b", board.connect(ALICE).real().toString(), "by the scheduler too");
    assertEquals(OperState.DEGRADED, web());
    assertEquals(Observation.Mode.BACKUP, board.observation().modes().get("web"));
    board.up("web/b");
    for (int i = 0; i < 10; i++) {
      assertEquals("web/b", board.connect(ALICE).real().toString());
    }
    assertEquals(null, board.observation().modes().get("web"));
  }

  @Test
  void theBackupPoolTakesWhatThePoolRefusedAndWhatItHasNoPlaceFor() {
    board.pool("sorry", 1);
    board.service("backupPool", "sorry");
    assertEquals(
        "sorry/a",
        board.connect(ALICE, board.after("web/a", "web/b", "web/c")).orElseThrow().real() + "");
    for (String id : List.of("web/a", "web/b", "web/c")) {
      board.real(id, "upperThreshold", 1L);
      board.connect(ALICE);
    }
    board.connect(ALICE);
    assertEquals("sorry/a", board.connect(ALICE).real().toString());
    assertEquals(new Choice.Wait(), board.choose(ALICE, MAY_WAIT), "who may wait does so first");
    assertEquals(OperState.UP, web(), "full is not down");
  }

  @Test
  void aSourceKeptByTheBackupPoolLeavesItWhenThePoolIsBack() {
    board.pool("sorry", 2);
    board.service("backupPool", "sorry");
    board.service("persistence.timeout", "60s");
    for (String id : List.of("web/a", "web/b", "web/c")) {
      board.down(id);
    }
    board.connect("192.0.2.9");
    assertEquals("sorry/b", board.visit(ALICE));
    assertEquals("sorry/b", board.visit(ALICE));
    board.up("web/a");
    assertEquals("web/a", board.visit(ALICE));
  }

  @Test
  void explainNamesEachStepAndTheCandidates() {
    board.pool("sorry", 1);
    board.service("backupPool", "sorry");
    board.service("access.allow", List.of("192.0.2.0/24"));
    board.service("limits.rate", 5L);
    board.service("persistence.timeout", "60s");
    board.real("web/b", "weight", 7L);
    Explanation explained = board.explain(ALICE);
    assertEquals(
        "access list: allowed by 192.0.2.0/24; limits: none is reached; persistence: no entry for"
            + " 192.0.2.1; pool web: 3 of 3 real servers are up; priorities from 0 serve; the"
            + " scheduler wlc chooses web/a",
        explained.why());
    assertEquals(4, explained.candidates().size());
    assertEquals(7, explained.candidates().get(1).weight());
  }

  @Test
  void whateverHappensNoThresholdIsPassedAndNobodyIneligibleIsChosen() {
    long seed = System.nanoTime();
    System.out.println("whateverHappens: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 20; run++) {
      Chaos chaos = new Chaos(random, seed);
      for (int step = 0; step < 300; step++) {
        chaos.step();
      }
    }
  }

  /** A director that is edited, failed and used at random. */
  private static final class Chaos {
    private final Switchboard board = new Switchboard(4);
    private final SplittableRandom random;
    private final long seed;
    private final List<Switchboard.Held> held = new ArrayList<>();
    private final long[] upper = new long[4];
    private final long[] weight = {1, 1, 1, 1};
    private final boolean[] down = new boolean[4];

    Chaos(SplittableRandom random, long seed) {
      this.random = random;
      this.seed = seed;
      if (random.nextBoolean()) {
        board.service("persistence.timeout", "60s");
      }
    }

    private static String id(int index) {
      return "web/" + (char) ('a' + index);
    }

    void step() {
      int index = random.nextInt(4);
      switch (random.nextInt(12)) {
        case 0 -> {
          upper[index] = random.nextInt(6);
          board.real(id(index), "upperThreshold", upper[index]);
        }
        case 1 -> {
          weight[index] = random.nextInt(3);
          board.real(id(index), "weight", weight[index]);
        }
        case 2 -> {
          down[index] = !down[index];
          if (down[index]) {
            board.down(id(index));
          } else {
            board.up(id(index));
          }
        }
        case 3, 4, 5 -> {
          if (!held.isEmpty()) {
            held.remove(random.nextInt(held.size())).end();
          }
        }
        default -> connect("192.0.2." + random.nextInt(6));
      }
    }

    private void connect(String client) {
      board.connect(client, Chooser.Attempt.first(false)).ifPresent(this::judge);
    }

    private void judge(Switchboard.Held connection) {
      held.add(connection);
      int index = connection.real().real().charAt(0) - 'a';
      String what = "seed " + seed + " chose " + id(index);
      assertFalse(down[index], what + ", which is down");
      assertNotEquals(0, weight[index], what + ", which is quiesced");
      assertTrue(
          upper[index] == 0 || board.held(id(index)) <= upper[index],
          what + ", which holds " + board.held(id(index)) + " of " + upper[index]);
    }
  }
}
