package org.strowger.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What waits for one director: bounded in memory, bandwidth and messages under way. */
class OutboxTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long FAST = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong();
  private final Outbox outbox = new Outbox(clock::get);

  private static Message.Entry entry(int bytes) {
    return new Message.Entry(new byte[] {1}, Optional.of(new byte[bytes]));
  }

  private void pass(long nanos) {
    clock.addAndGet(nanos);
  }

  @Test
  void changesThatFindNoRoomAreGivenUp() {
    int taken = 0;
    while (outbox.offer("p", entry(1_000))) {
      taken++;
    }
    assertEquals(Outbox.MOST_BYTES / 1_005, taken);
    assertTrue(outbox.bytes() <= Outbox.MOST_BYTES);
  }

  @Test
  void noMoreThanAWindowIsUnderWay() {
    for (int i = 0; i < 2 * Outbox.WINDOW; i++) {
      outbox.offer("p", entry(Outbox.BATCH_BYTES));
    }
    pass(SECOND);
    int sent = 0;
    while (outbox.next(FAST).isPresent()) {
      sent++;
    }
    assertEquals(Outbox.WINDOW, sent);
    assertEquals(3, outbox.acknowledged(3));
    assertTrue(outbox.next(FAST).isPresent());
  }

  @Test
  void noMoreThanTheBandwidthIsSent() {
    long rate = 100_000;
    long sent = 0;
    for (int second = 0; second < 20; second++) {
      for (int i = 0; i < 20; i++) {
        outbox.offer("p", entry(10_000));
      }
      for (int i = 0; i < 100; i++) {
        pass(SECOND / 100);
        for (Optional<Outbox.Batch> batch = outbox.next(rate);
            batch.isPresent();
            batch = outbox.next(rate)) {
          sent += batch.get().entries().stream().mapToInt(Message.Entry::size).sum();
          outbox.acknowledged(outbox.number());
        }
      }
    }
    assertTrue(sent <= 20 * rate + Outbox.BATCH_BYTES, sent + " bytes in 20 s");
    assertTrue(sent >= 19 * rate, sent + " bytes in 20 s");
  }

  @Test
  void theLagIsTheAgeOfTheOldestThatIsNotAcknowledged() {
    assertEquals(0, outbox.lag());
    outbox.offer("p", entry(1));
    pass(SECOND);
    assertEquals(SECOND, outbox.lag());
    assertTrue(outbox.next(FAST).isPresent());
    pass(SECOND);
    assertEquals(2 * SECOND, outbox.lag());
    outbox.acknowledged(outbox.number());
    assertEquals(0, outbox.lag());
    assertTrue(outbox.empty());
  }

  @Test
  void aCopyWaitsForRoomAndEndsWithTheOutbox() throws Exception {
    CompletableFuture<Boolean> copy =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                while (outbox.put("p", entry(1_000))) {
                  Thread.onSpinWait();
                }
                return true;
              } catch (InterruptedException e) {
                return false;
              }
            });
    LinkTest.await("it is full", () -> outbox.bytes() > Outbox.MOST_OF_BULK);
    assertFalse(copy.isDone());
    assertTrue(outbox.bytes() <= Outbox.MOST_OF_BULK + 1_005);
    assertTrue(outbox.offer("p", entry(1_000)), "a change finds room still");
    outbox.close();
    assertTrue(copy.get(30, TimeUnit.SECONDS));
  }
}
