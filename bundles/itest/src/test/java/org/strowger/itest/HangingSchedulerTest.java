package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.HeldConnections;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/** A scheduler whose new version computes without end for some clients, on a loop of the wire. */
class HangingSchedulerTest {
  private static final String GOOD = "    int best = NONE;\n";

  private static final String BAD =
      """
          int best = NONE;
          while (flow.client().getPort() % 64 == 8) {
            best = (best + 1) % 1_000;
          }
      """
          .indent(0);

  @TempDir private Path folder;

  @Test
  void itIsThrownOutAndNoConnectionIsLost() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      try (HeldConnections held = HeldConnections.open(lab.port, 30);
          ShortConnections brief = ShortConnections.start(lab.port, 50)) {
        Lab.await("traffic flows", () -> brief.done() > 50 && held.blocks() > 50);
        update(lab, BAD, "0.1.1");
        Lab.await(
            "it is quarantined and alarmed",
            () -> lab.cli("show", "alarms").contains("schedulerFaulty"));
        long before = brief.done();
        Lab.await("traffic flows on", () -> brief.done() > before + 100);
        update(lab, "    int best = -1;\n", "0.1.2");
        try {
          Lab.await(
              "another version is asked again",
              () -> !lab.cli("show", "alarms").contains("schedulerFaulty"));
        } catch (AssertionError still) {
          throw new AssertionError(
              lab.cli("show", "alarms") + lab.cli("show", "bundles") + lab.lastLines(), still);
        }
        assertEquals(java.util.List.of(), held.lost(), "held");
        assertEquals(java.util.List.of(), brief.failures(), "new");
      }
    }
  }

  private void update(Lab lab, String instead, String version) throws Exception {
    Path jar =
        VariantBundle.make(
            lab.distribution,
            new Edit("schedulers", "LeastLoaded", GOOD, instead),
            version,
            folder);
    DirectorProcess.Answer answer = lab.director.cli("bundle", "update", jar.toString());
    assertEquals(0, answer.code(), answer.out());
    assertTrue(answer.out().contains(version), answer.out());
  }
}
