package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.api.KernelException;

/** What was told of which connection. */
class JournalTest {
  private static final int ESTABLISHED = 3;
  private static final int FIN_WAIT = 4;
  private static final long AGAIN = Duration.ofMinutes(4).toNanos();
  private static final Journal.OtherWay SILENT = () -> Long.MIN_VALUE;

  private final Journal journal = new Journal(new Random(3));
  private long now = Duration.ofHours(1).toNanos();

  private static ByteBuffer key(int number) {
    return Octets.zeros(Flows.KEY).putInt(0, number).put(36, (byte) 6);
  }

  /** Begun at the beginning, last seen so long ago. */
  private ByteBuffer value(int state, Duration ago) {
    return Flows.value(1, 1, 1, state, new Flows.Times(0, now - ago.toNanos()));
  }

  private boolean news(int number) throws KernelException {
    return journal.news(key(number), value(ESTABLISHED, Duration.ZERO), now, AGAIN, SILENT);
  }

  @Test
  void itIsToldOnceAndAgainWhenItChanges() throws Exception {
    assertTrue(news(1));
    assertFalse(news(1));
    ByteBuffer closing = value(FIN_WAIT, Duration.ZERO);
    assertTrue(journal.news(key(1), closing, now, AGAIN, SILENT));
    assertTrue(journal.ended(key(1)));
    assertFalse(journal.ended(key(1)), "that is told once");
    assertFalse(journal.ended(key(2)), "it never was");
    assertTrue(news(1), "it is another one");
  }

  @Test
  void oneThatLivesIsToldAgainWhicheverEndItIsThatSends() throws Exception {
    assertTrue(news(1));
    long told = now;
    now += AGAIN + Duration.ofSeconds(1).toNanos();
    ByteBuffer quiet = value(ESTABLISHED, Duration.ofMinutes(5));
    assertFalse(journal.news(key(1), quiet, now, AGAIN, SILENT), "nobody sent since");
    assertFalse(journal.news(key(1), quiet, now, AGAIN, () -> told - 2_000_000_000L));
    assertTrue(journal.news(key(1), quiet, now, AGAIN, () -> now), "the real server did");
    assertFalse(journal.news(key(1), quiet, now, AGAIN, () -> now), "and that is told once");
  }

  @Test
  void beforeItsTimeTheOtherWayIsNotAskedFor() throws Exception {
    assertTrue(news(1));
    ByteBuffer same = value(ESTABLISHED, Duration.ofHours(1));
    Journal.OtherWay untimely =
        () -> {
          throw new KernelException("it costs a call of the kernel", 1);
        };
    assertFalse(journal.news(key(1), same, now, AGAIN, untimely));
  }

  @Test
  void whatALookDidNotSeeIsForgottenAndNothingElse() throws Exception {
    Random random = new Random(5);
    Set<Integer> known = new HashSet<>();
    for (int look = 0; look < 40; look++) {
      journal.begin();
      Set<Integer> seen = new HashSet<>();
      for (int i = random.nextInt(6_000); i >= 0; i--) {
        int number = random.nextInt(8_000);
        assertEquals(!known.contains(number) && !seen.contains(number), news(number), "at " + look);
        seen.add(number);
      }
      journal.end();
      known = seen;
    }
  }

  @Test
  void itTakesAsMuchMemoryAsItSays() throws Exception {
    int many = 200_000;
    journal.begin();
    for (int i = 0; i < many; i++) {
      assertTrue(news(i));
    }
    journal.end();
    assertTrue(journal.bytes() <= 30L * many, () -> journal.bytes() + " bytes");
    journal.begin();
    for (int i = 0; i < 100; i++) {
      assertFalse(news(i));
    }
    journal.end();
    assertTrue(journal.bytes() < 64 * 1024, () -> journal.bytes() + " bytes when they are gone");
  }
}
