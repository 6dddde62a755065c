package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class VocabularyUpgradeTest {
  @TempDir Path folder;

  /** It stops and starts everything that imports it, and so the upgrade bundle in mid-work. */
  @Test
  void theVocabularyIsReplacedAndEverythingRunsAgain() throws Exception {
    try (TestFramework felix = new TestFramework(folder, true)) {
      Path next = TestFramework.api(folder.resolve("next.jar"), "0.1.1");
      for (Path jar : new Path[] {next, TestFramework.api(folder.resolve("x.jar"), "0.1.2")}) {
        Map<String, String> answer =
            felix.keeper(Map.of(Keeper.WORD, Keeper.UPDATE, Keeper.FILE, jar.toString()));

        assertEquals("updated; bundles wired anew: 1", answer.get(Keeper.HOW), answer.toString());
        Bundle upgrade = felix.named("org.strowger.upgrade").getFirst();
        assertEquals(Bundle.ACTIVE, upgrade.getState());
        TestFramework.await("the inventory is back", () -> upgrade.getRegisteredServices() != null);
      }
      assertEquals("0.1.2", felix.named("org.strowger.api").getFirst().getVersion().toString());
      assertTrue(Files.exists(felix.state.resolve("bundles/org.strowger.api-0.1.2.jar")));
    }
  }
}
