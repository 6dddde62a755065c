package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Director;
import org.strowger.api.Snapshot;

/** Who takes a snapshot, when, and who waits for it; what runs beside runs when the test says. */
class RecentSnapshotTest {
  private static final int AGE = Director.SNAPSHOT_AGE_MILLIS;

  private final Instant begin = Instant.ofEpochSecond(1_000_000);
  private final DirectorService director = new DirectorService(InstantSource.fixed(begin));
  private final Deque<Runnable> beside = new ArrayDeque<>();
  private boolean full;
  private long version = director.snapshot().version();
  private int taken;

  private final RecentSnapshot recent =
      new RecentSnapshot(this::take, () -> version, this::execute);

  private Snapshot take(Instant now) {
    taken++;
    return new DirectorService(InstantSource.fixed(now)).snapshot();
  }

  private void execute(Runnable work) {
    if (full) {
      throw new RejectedExecutionException("full");
    }
    beside.add(work);
  }

  @AfterEach
  void stop() {
    director.stop();
  }

  @Test
  void aYoungOneIsGivenOutAndNoneIsTaken() {
    Snapshot first = recent.at(begin);
    assertSame(first, recent.at(begin.plusMillis(AGE / 2 - 1)));
    assertEquals(0, beside.size());
    assertEquals(1, taken);
  }

  @Test
  void inItsSecondHalfTheNextIsTakenOnceAndNobodyWaits() {
    Snapshot first = recent.at(begin);
    assertSame(first, recent.at(begin.plusMillis(AGE / 2)));
    assertSame(first, recent.at(begin.plusMillis(AGE - 1)));
    assertEquals(1, beside.size());
    assertEquals(1, taken);
    beside.remove().run();
    Snapshot next = recent.at(begin.plusMillis(AGE));
    assertEquals(begin.plusMillis(AGE / 2), next.taken());
    assertEquals(2, taken);
  }

  @Test
  void anOldOneIsNeverGivenOut() {
    Snapshot first = recent.at(begin);
    Snapshot next = recent.at(begin.plusMillis(AGE));
    assertNotSame(first, next);
    assertEquals(begin.plusMillis(AGE), next.taken());
    assertEquals(begin.minusMillis(AGE), recent.at(begin.minusMillis(AGE)).taken());
  }

  @Test
  void whatIsPublishedOrForgottenIsSeenAtOnceAlsoByWhatWasTakenBeside() {
    Snapshot first = recent.at(begin);
    recent.at(begin.plusMillis(AGE / 2));
    recent.forget();
    Snapshot next = recent.at(begin.plusMillis(AGE / 2));
    assertNotSame(first, next);
    beside.remove().run(); // begun before, and so not given out
    assertSame(next, recent.at(begin.plusMillis(AGE / 2)));
    version++;
    assertNotSame(next, recent.at(begin.plusMillis(AGE / 2)));
  }

  @Test
  void aFaultOfWhatRunsBesideIsNotTheLastTry() {
    Snapshot first = recent.at(begin);
    full = true;
    assertThrows(RejectedExecutionException.class, () -> recent.at(begin.plusMillis(AGE / 2)));
    full = false;
    assertSame(first, recent.at(begin.plusMillis(AGE / 2)));
    assertEquals(1, beside.size());
  }
}
