package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written down for whoever reads the configuration. */
class TrialMigrationsTest {
  private static final String RULE = "rename director.old director.fresh";
  private static final String BACK = "rename director.fresh director.old";

  @TempDir Path folder;

  private Map<String, String> written() throws Exception {
    return Durable.read(folder.resolve("migrations"));
  }

  @Test
  void whatWasTakenBackAndIsTriedAgainIsKeptTurnedRound() throws Exception {
    TrialMigrations trial = new TrialMigrations(folder.resolve("migrations"), "1@2");
    trial.begin(List.of(RULE), List.of());
    assertEquals(Map.of("process", "1@2", "kept", "", "trial", RULE, "state", "trial"), written());
    trial.back();
    assertEquals(Map.of("process", "1@2", "kept", "", "trial", RULE, "state", "back"), written());
    trial.begin(List.of(RULE), List.of());
    assertEquals(
        Map.of("process", "1@2", "kept", BACK, "trial", RULE, "state", "trial"), written());
  }

  @Test
  void whatWasCommittedIsKeptAsItIs() throws Exception {
    String next = "rename director.fresh director.latest";
    TrialMigrations trial = new TrialMigrations(folder.resolve("migrations"), "1@2");
    trial.begin(List.of(RULE), List.of());
    trial.begin(List.of(next), List.of(RULE));
    assertEquals(
        Map.of("process", "1@2", "kept", RULE, "trial", next, "state", "trial"), written());
  }
}
