package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
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
  @TempDir Path output;

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
    Path said = output.resolve("said");
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
            .redirectOutput(said.toFile())
            .start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (Files.readAllLines(said).size() <= commits && process.isAlive()) {
        assertTrue(System.nanoTime() < deadline, "it commits");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
      process.destroyForcibly();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
      String last = Files.readAllLines(said).getLast();
      assertTrue(last.startsWith("committed "), "said: " + last);
      return Long.parseLong(last.substring(last.lastIndexOf(' ') + 1));
    } finally {
      process.destroyForcibly();
    }
  }
}
