package org.strowger.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.api.InServiceUpgrade;
import org.strowger.testkit.FakeUpgrade;

class UpgradeCommandsTest {
  private final FakeUpgrade upgrade = new FakeUpgrade();
  private final Command command;

  UpgradeCommandsTest() {
    Awaited<InServiceUpgrade> awaited = new Awaited<>("the in-service upgrade");
    awaited.came(upgrade);
    command = new UpgradeCommands(awaited).command();
  }

  private Output run(String... words) {
    return command.run(new Request(List.of(words), "noc", Path.of("/home/noc")));
  }

  @Test
  void eachWordAsksForItsRequestAsTheUserWhoTypedIt() {
    for (String words :
        List.of(
            "stage release.stgpkg --downgrade",
            "check",
            "activate --trial 60 --despite-alarms",
            "commit",
            "rollback",
            "clear")) {
      Output output = run(words.split(" "));
      assertEquals(Exit.DONE, output.exit(), words + ": " + output.text());
    }
    assertEquals(
        List.of(
            "noc Stage", "noc Check", "noc Activate", "noc Commit", "noc Rollback", "noc Clear"),
        upgrade.requests);
  }

  @Test
  void statusPlanAndHistoryAreShown() {
    assertTrue(run("status").text().contains("publisher"), run("status").text());
    assertTrue(run("plan").text().contains("org.strowger.snmp 0.1.0 -> 0.2.0"));
    assertTrue(run("plan").text().contains("200ms"), run("plan").text());
    assertTrue(run("history").text().contains("committed"), run("history").text());
  }

  @Test
  void whatIsNotUnderstoodAsksNothing() {
    for (String words :
        List.of("fly", "stage", "activate --trial", "activate --trial x", "commit now")) {
      assertEquals(Exit.USAGE, run(words.split(" ")).exit(), words);
    }
    assertEquals(List.of(), upgrade.requests);
  }
}
