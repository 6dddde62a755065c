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
  void whatTheLauncherTookBackGoesBackWhateverWasCommittedBefore() throws Exception {
    // The first release was committed, a second one tried; then a jar of the first was damaged.
    String second = "rename director.fresh director.latest";
    Files.writeString(
        folder.resolve("migrations"),
        "process=1@2\ntrial=%s\nstate=trial\nkept=%s\n".formatted(second, RULE));
    Migrating damaged = inAnotherProcess("rename director.fresh director.old");
    Map<String, Object> latest = Map.of("director", Map.of("latest", 1));
    assertEquals(OLD, damaged.migrated(latest), "written on the trial");
    assertEquals(OLD, damaged.migrated(FRESH), "written before it");
    assertEquals(OLD, damaged.migrated(OLD));
  }

  @Test
  void aReleaseThatWasTakenBackDoesNotUndoOneThatWasCommitted() throws Exception {
    Files.writeString(
        folder.resolve("migrations"),
        "process=1@2\ntrial=rename director.fresh director.latest\nstate=back\nkept=%s\n"
            .formatted(RULE));
    Map<String, Object> latest = Map.of("director", Map.of("latest", 1));
    assertEquals(FRESH, inAnotherProcess(RULE).migrated(latest));
    assertEquals(FRESH, inAnotherProcess(RULE).migrated(OLD));
  }

  @Test
  void aSecondReleaseOfOneProcessComesAfterTheFirst() throws Exception {
    Migrating second = written("", "trial", "rename unit director");
    assertEquals(FRESH, second.migrated(Map.of("unit", Map.of("old", 1))));
  }
}
