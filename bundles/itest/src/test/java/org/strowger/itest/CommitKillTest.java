package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;

/**
 * A director that is killed while SETs of two weights are committed one after the other: after each
 * start both are of one SET, the last that was answered or the one under way.
 */
class CommitKillTest {
  private static final int KILLS = 100;
  private static final String WEIGHT = "1.3.6.1.4.1.32473.2.3.1.2.5.1.9.3.119.101.98.1.";

  @TempDir private Path folder;

  @Test
  void aSetIsThereWholeOrNotAtAllAfterAHundredKills() throws Exception {
    assumeTrue(Boolean.getBoolean("strowger.long"), "takes half an hour: ./strowger test --long");
    assumeTrue(Lab.installed("snmpset"), "snmpset is not installed (package snmp)");
    Random random = new Random(1912);
    try (Lab lab = new Lab(folder, "")) {
      AtomicInteger answered = new AtomicInteger();
      DirectorProcess director = lab.director;
      for (int i = 0; i < KILLS; i++) {
        AtomicBoolean stop = new AtomicBoolean();
        Thread setting = Thread.ofVirtual().start(() -> set(lab, answered, stop));
        Thread.sleep(100 + random.nextInt(400));
        director.kill();
        stop.set(true);
        setting.join();
        director = DirectorProcess.restart(lab.distribution, folder);
        int a = weight(lab, "97");
        assertEquals(a, weight(lab, "98"), "kill " + i + ": both of one SET");
        int last = answered.get();
        assertTrue(a == last || a == last + 1, "kill " + i + ": " + a + ", answered " + last);
        answered.set(a);
      }
      director.close();
    }
  }

  private static int weight(Lab lab, String real) throws Exception {
    String answer = lab.snmp("snmpget", WEIGHT + real);
    return Integer.parseInt(answer.replaceAll("(?s).*Gauge32: ", "").strip());
  }

  private static void set(Lab lab, AtomicInteger answered, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        String next = String.valueOf(answered.get() + 1);
        String answer = lab.snmp("snmpset", WEIGHT + "97", "u", next, WEIGHT + "98", "u", next);
        if (!answer.contains("Gauge32: " + next)) {
          return; // killed meanwhile
        }
        answered.incrementAndGet();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
