package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The process ends for what its supervisor said it would do, and for nothing else. */
class ProcessEndTest {
  private final LinkedBlockingQueue<Integer> exits = new LinkedBlockingQueue<>();

  @Test
  void theExitCodeSaysWhatIsWanted() throws Exception {
    ProcessEnd end = new ProcessEnd("restart reboot", exits::add);
    assertEquals("restart reboot", end.words());
    assertEquals(Map.of(), end.apply(Map.of("word", "restart", "why", "it leaks")));
    assertEquals(75, exits.poll(20, TimeUnit.SECONDS));
    assertEquals(Map.of(), end.apply(Map.of("word", "reboot", "why", "it leaks")));
    assertEquals(76, exits.poll(20, TimeUnit.SECONDS));
  }

  @Test
  void whereNobodyWouldStartItAgainItGoesOn() {
    ProcessEnd alone = new ProcessEnd("", exits::add);
    assertEquals(
        Map.of("failed", "nothing outside of the process would restart it"),
        alone.apply(Map.of("word", "restart", "why", "it leaks")));
    assertEquals(
        Map.of("failed", "nothing outside of the process would reboot it"),
        new ProcessEnd("restart", exits::add).apply(Map.of("word", "reboot", "why", "it leaks")));
    assertNull(exits.peek());
  }
}
