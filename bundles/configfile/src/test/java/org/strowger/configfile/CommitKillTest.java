package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore.Loaded;

/** kill -9 while a process does nothing but commit: what is found is old or new, never mixed. */
class CommitKillTest {
  private static final int KILLS = Boolean.getBoolean("strowger.long") ? 100 : 5;

  /** So much of one commit, and more, passes between what it says and its end. */
  private static final int MOST_MICROS = 20_000;

  @TempDir Path folder;

  @Test
  void whoIsKilledWhileItCommitsLeavesTheOldOrTheNewRevision() throws Exception {
    Random random = new Random(1912);
    long found = 0;
    for (int i = 0; i < KILLS; i++) {
      long said = killed(1 + random.nextInt(5), random.nextInt(MOST_MICROS));
      Loaded loaded = new RevisionFolder(folder).load();
      Revision newest = loaded.revision().orElseThrow();
      assertEquals(List.of(), loaded.damaged(), "kill " + i);
      assertEquals(CommitLoop.revision(newest.number()), newest, "kill " + i);
      assertTrue(
          newest.number() == said || newest.number() == said + 1,
          "kill " + i + ": said " + said + ", found " + newest.number());
      assertTrue(newest.number() > found, "it went on from what the one before left");
      found = newest.number();
    }
  }

  /** The last number that was said to be committed by one that was killed so long after. */
  private long killed(int commits, int micros) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CommitLoop.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.US_ASCII)) {
      String last = said.readLine();
      for (int i = 0; i < commits && last != null; i++) {
        last = said.readLine();
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
      process.destroyForcibly();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
      for (String more = said.readLine(); more != null; more = said.readLine()) {
        last = more; // what it said before it was killed
      }
      assertTrue(last != null && last.startsWith("committed "), "said: " + last);
      return Long.parseLong(last.substring(last.lastIndexOf(' ') + 1));
    } finally {
      process.destroyForcibly();
    }
  }
}
