package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that really wait for each other, and whom that is blamed on. */
class DeadlockTest {
  private static final Limits LIMITS = new Limits(100, 30, 90, 90);

  private final List<Thread> stuck = new ArrayList<>();

  @AfterEach
  void letGo() throws Exception {
    for (Thread thread : stuck) {
      thread.interrupt();
      assertTrue(thread.join(java.time.Duration.ofSeconds(30)));
    }
  }

  /** Each takes its own, and then the other's. */
  private void deadlock(String one, String other) throws Exception {
    ReentrantLock first = new ReentrantLock();
    ReentrantLock second = new ReentrantLock();
    CountDownLatch both = new CountDownLatch(2);
    stuck.add(Thread.ofPlatform().daemon().name(one).start(() -> take(first, second, both)));
    stuck.add(Thread.ofPlatform().daemon().name(other).start(() -> take(second, first, both)));
    assertTrue(both.await(30, TimeUnit.SECONDS));
  }

  private static void take(ReentrantLock own, ReentrantLock others, CountDownLatch both) {
    own.lock();
    try {
      both.countDown();
      both.await();
      others.lockInterruptibly();
      others.unlock();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } finally {
      own.unlock();
    }
  }

  private static ProcessFaults faults(Function<ThreadInfo, Optional<String>> plugIn) {
    return new ProcessFaults(LIMITS, () -> 0, () -> {}, plugIn);
  }

  private static List<Fault> await(ProcessFaults process) {
    List<Fault> seen = new ArrayList<>();
    TestFramework.await(
        "they are stuck",
        () -> {
          seen.clear();
          seen.addAll(process.look());
          return !seen.isEmpty();
        });
    return seen;
  }

  @Test
  void threadsOfPlugInsAreBlamedOnThese() throws Exception {
    deadlock("sample one", "other two");
    ProcessFaults process = faults(info -> Optional.of(info.getThreadName().split(" ")[0]));
    List<Fault> seen = await(process);
    assertEquals(List.of("other", "sample"), seen.stream().map(Fault::subject).toList());
    assertTrue(seen.getFirst().why().contains("sample one"), seen.toString());

    process.leaveBehind();
    for (int i = 0; i < 25; i++) {
      assertEquals(List.of(), process.look(), "they are there, of a plug-in that was made anew");
    }
    deadlock("sample three", "sample four");
    seen = await(process);
    assertEquals(List.of("sample"), seen.stream().map(Fault::subject).toList());
  }

  @Test
  void oneThreadOfTheDirectorMakesItTheProcesss() throws Exception {
    deadlock("sample one", "director");
    ProcessFaults process =
        faults(
            info ->
                info.getThreadName().equals("director") ? Optional.empty() : Optional.of("sample"));
    assertEquals(List.of(Fault.PROCESS), await(process).stream().map(Fault::subject).toList());
  }
}
