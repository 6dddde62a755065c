package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In what shape a process sees what was written by another release. */
class MigratingTest {
  private static final String RULE = "rename director.old director.fresh";
  private static final Map<String, Object> OLD = Map.of("director", Map.of("old", 1));
  private static final Map<String, Object> FRESH = Map.of("director", Map.of("fresh", 1));

  @TempDir Path folder;

  /** As the upgrade writes it. */
  private Migrating written(String committed, String state, String kept) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("migrations"),
            "process=1@2\ntrial=%s\nstate=%s\nkept=%s\n".formatted(RULE, state, kept));
    return new Migrating(committed, "1@2", file);
  }

  private Migrating inAnotherProcess(String committed) {
    return new Migrating(committed, "3@4", folder.resolve("migrations"));
  }

  @Test
  void withoutAnyRuleNothingChanges() {
    assertEquals(OLD, inAnotherProcess("").migrated(OLD));
  }

  @Test
  void onTrialAllIsSeenInTheNewShape() throws Exception {
    Migrating onTrial = written("", "trial", "");
    assertEquals(FRESH, onTrial.migrated(OLD));
    assertEquals(FRESH, onTrial.migrated(FRESH), "what was written meanwhile too");
  }

  @Test
  void whatWasWrittenOnATrialThatWasTakenBackIsSeenInTheOldShape() throws Exception {
    Migrating back = written("", "back", "");
    assertEquals(OLD, back.migrated(FRESH));
    assertEquals(OLD, back.migrated(OLD));
  }

  @Test
  void soItIsWhenTheProcessDiedOnTrial() throws Exception {
    written("", "trial", "");
    assertEquals(OLD, inAnotherProcess("").migrated(FRESH));
    assertEquals(OLD, inAnotherProcess("").migrated(OLD));
  }

  @Test
  void whatTheLauncherSaysIsCommittedStays() throws Exception {
    written("", "trial", "");
    assertEquals(FRESH, inAnotherProcess(RULE).migrated(OLD));
    assertEquals(FRESH, inAnotherProcess(RULE).migrated(FRESH));
  }

  @Test
  void soItDoesIfItWasTakenBackOnceBeforeItWasCommitted() throws Exception {
    written("", "trial", "rename director.fresh director.old");
    assertEquals(FRESH, inAnotherProcess(RULE).migrated(OLD));
    assertEquals(FRESH, inAnotherProcess(RULE).migrated(FRESH));
  }

  @Test
  void aSecondReleaseOfOneProcessComesAfterTheFirst() throws Exception {
    Migrating second = written("", "trial", "rename unit director");
    assertEquals(FRESH, second.migrated(Map.of("unit", Map.of("old", 1))));
  }
}
