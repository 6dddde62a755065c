package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.TestRealServer;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/**
 * Real servers hang, die and come back under traffic, and the bundles that look at them are updated
 * meanwhile: verdicts are neither lost nor wrong.
 */
class HealthSwapTest {
  private static final int PER_SECOND = 100;
  private static final String NEW = "0.1.1";

  /** A dialogue, for a server that hangs accepts connections still. */
  private static final String CHECKS =
      """
      checks:
        named:
          type: sendExpect
          interval: 300ms
          timeout: 2s
          rise: 2
          fall: 2
          options: { dialogue: [send w, expectHex 0a] }
      """;

  @TempDir private Path folder;

  @Test
  void noVerdictIsLostOrWrongWhileTheBundlesThatLookAreReplaced() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      String checked =
          lab.configuration(1, 1, 1)
                  .replace(
                      "  web:\n    realServers:", "  web:\n    checks: [named]\n    realServers:")
              + CHECKS;
      lab.cli("apply", Files.writeString(folder.resolve("checked.yaml"), checked).toString());
      ShortConnections all = ShortConnections.start(lab.port, PER_SECOND);
      goesOn(all, "the beginning");

      TestRealServer b = lab.reals.get(1);
      b.freeze();
      Lab.await("b hangs", () -> is(lab, "b", "down", "checkFailed"));
      ShortConnections afterB = ShortConnections.start(lab.port, PER_SECOND);
      goesOn(afterB, "b hangs");
      replace(lab, new Edit("health", "Limits", "RUNNING = 4_096", "RUNNING = 4_095"));
      replace(lab, new Edit("checks", "SendExpectCheck", "MAX_STEPS = 32", "MAX_STEPS = 31"));
      goesOn(afterB, "both bundles were replaced");
      long looks = b.accepted();
      Lab.await("the new ones look", () -> b.accepted() > looks + 4);
      assertEquals(List.of("down", "checkFailed", "1"), now(lab, "b"), "it was never taken for up");
      assertEquals(0, afterB.answersOf("b"));
      b.thaw();
      Lab.await("b is back", () -> is(lab, "b", "up", "none"));
      Lab.await("b serves", () -> afterB.answersOf("b") > 0);
      afterB.close();
      assertEquals(List.of(), afterB.failures(), "none after b was found to hang");

      int port = lab.reals.get(2).port();
      lab.reals.get(2).close();
      Lab.await("c is dead", () -> now(lab, "c").getFirst().equals("down"));
      ShortConnections afterC = ShortConnections.start(lab.port, PER_SECOND);
      goesOn(afterC, "c died");
      lab.reals.set(2, TestRealServer.start("c", port));
      Lab.await("c is back", () -> is(lab, "c", "up", "none"));
      Lab.await("c serves", () -> afterC.answersOf("c") > 0);
      afterC.close();
      all.close();
      assertEquals(List.of(), afterC.failures(), "none after c was found dead");
      assertEquals(List.of("up", "none", "0"), now(lab, "a"), "a was never doubted");
      System.out.printf(
          "health: %d connections while b hung, c died and health and checks were replaced,"
              + " %d failed, all of them before it was found out%n",
          all.done() + afterB.done() + afterC.done(), all.failures().size());
    }
  }

  private void replace(Lab lab, Edit edit) throws Exception {
    Path variant = VariantBundle.make(lab.distribution, edit, NEW, folder);
    lab.cli("bundle", "update", variant.toString());
    String name = "org.strowger." + edit.directory() + " ";
    Lab.await(
        name + "is replaced",
        () ->
            lab.director
                .cli("show", "bundles")
                .out()
                .lines()
                .anyMatch(l -> l.contains(name) && l.contains(NEW) && l.contains("active")));
  }

  private static void goesOn(ShortConnections brief, String after) throws Exception {
    long before = brief.done();
    Lab.await("traffic flows after " + after, () -> brief.done() > before + PER_SECOND);
  }

  private static boolean is(Lab lab, String real, String oper, String reason) throws Exception {
    return now(lab, real).subList(0, 2).equals(List.of(oper, reason));
  }

  /** Operational state, reason and transitions. */
  static List<String> now(Lab lab, String real) throws Exception {
    return lab.jmx(
        server -> {
          ObjectName name =
              new ObjectName("org.strowger:type=Real,pool=\"web\",name=\"" + real + "\"");
          return List.of(
              String.valueOf(server.getAttribute(name, "OperState")),
              String.valueOf(server.getAttribute(name, "Reason")),
              String.valueOf(server.getAttribute(name, "Transitions")));
        });
  }
}
