package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/** Choices worked out ahead, for a plane that cannot ask for each connection. */
class PickAheadTest {
  private final Switchboard board = new Switchboard(3);

  @Test
  void whatIsForeseenWeighsOnWhatFollows() {
    board.hold("a");
    board.hold("a");

    assertEquals(List.of("b", "c", "b", "c", "a", "b"), board.ahead(0, 6));
  }

  @Test
  void whatWasNotTakenIsForeseenAnewFromTheLoadsOfNow() {
    board.ahead(0, 6);
    board.hold("b");

    assertEquals(List.of("a", "c", "a"), board.ahead(0, 3));
  }

  @Test
  void theTurnsGoOnWhereThePlaneStands() {
    board.withScheduler(new Turns(-1));

    assertEquals(List.of("a", "b", "c", "a", "b"), board.ahead(0, 5));
    assertEquals(List.of("c", "a", "b"), board.ahead(2, 3));
    assertEquals(List.of("c", "a", "b"), board.ahead(0, 3));
    assertEquals(List.of("c"), board.ahead(3, 1));
  }

  @Test
  void moreThanWasForeseenCannotHaveBeenTaken() {
    board.withScheduler(new Turns(-1));
    board.ahead(0, 2);

    assertEquals(List.of("c"), board.ahead(1_000, 1));
  }

  @Test
  void aFullRealServerIsNotForeseen() {
    board.real("web/a", "upperThreshold", 2L);
    board.hold("a");

    List<String> ahead = board.ahead(0, 9);

    assertEquals(1, ahead.stream().filter("a"::equals).count(), ahead.toString());
  }

  @Test
  void turnsAreRightWhateverTheLoadsBecomeUnlessAThresholdLooksAtThem() {
    board.ahead(0, 6);
    assertTrue(board.aheadByLoads());

    board.withScheduler(new Turns(-1));
    board.ahead(0, 6);
    assertFalse(board.aheadByLoads());

    board.real("web/a", "upperThreshold", 2L);
    board.ahead(0, 6);
    assertTrue(board.aheadByLoads());
  }

  @Test
  void foreseeingClosesNoThreshold() {
    board.real("web/a", "upperThreshold", 1L);
    board.ahead(0, 9);

    assertEquals(List.of(), board.full());
  }

  @Test
  void theBackupPoolIsForeseenWhileNobodyOfThePoolServes() {
    board.pool("sorry", 1);
    board.service("backupPool", "sorry");
    board.down("web/a");
    board.down("web/b");
    board.down("web/c");

    assertEquals(List.of("a", "a"), board.ahead(0, 2));
    assertArrayEquals(new int[] {0, 0, 0, 1}, board.weights(false));
  }

  @Test
  void whoStandsByHasAWeightForThoseThatKeepToIt() {
    board.real("web/c", "priority", 5L);

    assertArrayEquals(new int[] {0, 0, 1}, board.weights(false));
    assertArrayEquals(new int[] {1, 1, 1}, board.weights(true));
  }

  @Test
  void aDrainedServiceForeseesNobody() {
    board.service("adminState", "drain");

    assertEquals(List.of(), board.ahead(0, 5));
    assertArrayEquals(new int[3], board.weights(true));
  }

  @Test
  void aSchedulerThatFailsAheadIsReplacedByTheRotation() {
    board.withScheduler(new Broken());

    assertEquals(List.of("a", "b", "c", "a"), board.ahead(0, 4));
  }

  @Test
  void aSchedulerWithoutATableHasNone() {
    assertTrue(board.lookupTable().isEmpty());
  }

  /** Round robin that remembers its place. */
  private static final class Turns implements Scheduler {
    private int place;

    Turns(int place) {
      this.place = place;
    }

    @Override
    public void changed(RealServerView reals) {}

    @Override
    public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
      place = (place + 1) % reals.size();
      return place;
    }

    @Override
    public Scheduler copy() {
      return new Turns(place);
    }
  }

  /** Throws when it is asked. */
  private static final class Broken implements Scheduler {
    @Override
    public void changed(RealServerView reals) {}

    @Override
    public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
      throw new IllegalStateException("broken on purpose");
    }

    @Override
    public Scheduler copy() {
      return this;
    }
  }
}
