package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PluginCallsTest {
  private static final PluginCalls.Plugin PLUGIN =
      new PluginCalls.Plugin("scheduler", "wlc", new Object());

  private final CallWatch watch = new CallWatch();
  private final AtomicInteger woken = new AtomicInteger();
  private final PluginCalls calls = new PluginCalls(watch, woken::incrementAndGet);

  @Test
  void tenThousandQuestionsLeaveNothingToWatchAndTakeNoOtherThread() {
    Set<Thread> threads = new HashSet<>();
    int most = 0;
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      PluginCalls.Answer<Integer> answer =
          calls.ask(
              PLUGIN,
              () -> {
                threads.add(Thread.currentThread());
                return number;
              });
      assertEquals(number, answer.value().orElseThrow());
      most = Math.max(most, watch.size());
    }
    assertEquals(0, most, "none is looked at once it is over");
    assertEquals(Set.of(Thread.currentThread()), threads);
    assertEquals(0, woken.get());
  }

  @Test
  void aQuestionIsLookedAtWhileItIsUnderWayAndForgottenAlsoIfItThrows() {
    AtomicInteger looked = new AtomicInteger();
    PluginCalls.Answer<Integer> answer =
        calls.ask(
            PLUGIN,
            () -> {
              looked.set(watch.size());
              throw new IllegalStateException("broken on purpose");
            });
    assertEquals(1, looked.get());
    assertEquals(0, watch.size());
    assertTrue(answer.value().isEmpty());
    assertTrue(answer.fault().contains("the scheduler wlc failed"), answer.fault());
    assertTrue(answer.fault().contains("broken on purpose"), answer.fault());
  }

  @Test
  void whoThrowsIsAskedAgainAndWhoAnswersNothingHasNoAnswer() {
    calls.ask(
        PLUGIN,
        () -> {
          throw new NoClassDefFoundError("away");
        });
    Object value = new Object();
    assertSame(value, calls.ask(PLUGIN, () -> value).value().orElseThrow());
    assertTrue(calls.ask(PLUGIN, () -> null).fault().contains("it answered nothing"));
  }
}
