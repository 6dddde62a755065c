package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is interrupted for not coming back, and who is not. */
@Timeout(120)
class WatchedCallTest {
  private static final long MILLI = 1_000_000;
  private static final long LOOK = CallWatch.INTERVAL.toNanos();
  private static final int PATIENCE = 2_000;

  private final AtomicInteger overdue = new AtomicInteger();
  private final WatchedCall call =
      new WatchedCall("what is called", PATIENCE, overdue::incrementAndGet);

  @Test
  void anInterruptComesWhileTheCallIsUnderWayOrNever() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread watch =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  while (!over.get()) {
                    WatchedCall.Running running = call.running();
                    for (int again = 0; running != null && again < 20; again++) {
                      call.interrupt(running); // as looks do that follow each other
                    }
                  }
                });
    for (int i = 0; i < 100_000; i++) {
      call.begin(i);
      for (int turn = 0; turn < i % 50; turn++) {
        Thread.onSpinWait();
      }
      call.end();
      assertFalse(Thread.currentThread().isInterrupted(), "left behind by call " + i);
    }
    over.set(true);
    watch.join();
  }

  @Test
  void anInterruptOfTheThreadThatIsNotTheCallsIsItsBusinessAfterwards() {
    Thread.currentThread().interrupt();
    call.begin(1);
    boolean during = Thread.currentThread().isInterrupted();
    call.end();
    assertFalse(during, "a loop of the call would have ended");
    assertTrue(Thread.interrupted(), "it is there for whom it is meant for");
  }

  @Test
  void anInterruptThatTheCallLeavesBehindIsGone() {
    call.begin(1);
    Thread.currentThread().interrupt();
    call.end();
    assertFalse(Thread.interrupted());
  }

  @Test
  void aCallThatWaitsIsOverdueAfterItsPatience() throws Exception {
    CallWatch watch = new CallWatch(thread -> 0);
    try (Under under = new Under(watch, Under::park)) {
      under.parked();
      long looks = 0;
      for (; overdue.get() == 0 && looks < 100; looks++) {
        watch.look(under.began + (looks + 1) * LOOK);
      }
      assertEquals(Math.ceilDiv(PATIENCE * MILLI + 1, LOOK), looks);
    }
  }

  @Test
  void aMachineThatStoodStillForSecondsDoesNotMakeACallThatWaitsOverdue() throws Exception {
    CallWatch watch = new CallWatch(thread -> 0);
    try (Under under = new Under(watch, Under::park)) {
      under.parked();
      watch.look(under.began + LOOK);
      watch.look(under.began + 10_000 * MILLI);
      assertEquals(0, overdue.get(), "it may be that it could not go on");
      watch.look(under.began + 10_000 * MILLI + LOOK);
      assertEquals(1, overdue.get(), "it can, and does not");
    }
  }

  @Test
  void aCallThatComputesIsOverdueOnceItHadAQuarterOfItsPatience() throws Exception {
    AtomicLong cpu = new AtomicLong();
    CallWatch watch = new CallWatch(thread -> cpu.get());
    try (Under under = new Under(watch, Under::compute)) {
      watch.look(under.began + LOOK);
      cpu.set(499 * MILLI);
      watch.look(under.began + 20_000 * MILLI);
      assertEquals(0, overdue.get(), "the machine is busy with others");
      cpu.set(501 * MILLI);
      watch.look(under.began + 20_200 * MILLI);
      assertEquals(1, overdue.get());
    }
  }

  /** The call under way on a thread of its own, begun at this time of the watch's clock. */
  private final class Under implements AutoCloseable {
    final long began = 1_000 * MILLI;
    private final Thread thread;
    private final CountDownLatch hold = new CountDownLatch(1);
    private volatile boolean over;

    interface Work {
      void of(Under under) throws InterruptedException;
    }

    Under(CallWatch watch, Work work) throws InterruptedException {
      watch.watch(call);
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    call.begin(began);
                    try {
                      work.of(this);
                    } catch (InterruptedException overdue) {
                      Thread.currentThread().interrupt();
                    }
                    call.end();
                  });
      while (call.running() == null) {
        Thread.sleep(1);
      }
    }

    void park() throws InterruptedException {
      hold.await();
    }

    void compute() {
      while (!over && !Thread.currentThread().isInterrupted()) {
        Thread.onSpinWait();
      }
    }

    void parked() throws InterruptedException {
      while (thread.getState() == Thread.State.RUNNABLE) {
        Thread.sleep(1);
      }
    }

    @Override
    public void close() {
      over = true;
      hold.countDown();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
