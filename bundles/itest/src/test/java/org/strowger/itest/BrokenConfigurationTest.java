package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.itest.BrokenConfigurations.Broken;
import org.strowger.testkit.DirectorProcess.Answer;

/** Fifty broken configurations give fifty clear errors and an unchanged running director. */
class BrokenConfigurationTest {
  @TempDir private Path folder;

  @Test
  void fiftyBrokenConfigurationsGiveFiftyClearErrors() throws Exception {
    List<Broken> ways = BrokenConfigurations.all();
    assertTrue(ways.size() >= 50, "only " + ways.size());
    List<String> wrong = new ArrayList<>();
    try (Lab lab = new Lab(folder, "")) {
      String before = lab.cli("config", "export");
      String revisions = lab.cli("show", "revisions");
      Path file = folder.resolve("broken.yaml");
      for (Broken broken : ways) {
        Files.writeString(file, filled(lab, broken.yaml()));
        Answer answer = lab.director.cli("apply", file.toString());
        check(lab, broken, answer, wrong);
      }
      assertEquals(before, lab.cli("config", "export"));
      assertEquals(revisions, lab.cli("show", "revisions"));
    }
    assertEquals(List.of(), wrong, String.join("\n", wrong));
  }

  private static String filled(Lab lab, String text) {
    return text.replace("%PORT%", String.valueOf(lab.port))
        .replace("%SNMP%", String.valueOf(lab.snmp))
        .replace("%JMX%", String.valueOf(lab.jmx));
  }

  private static void check(Lab lab, Broken broken, Answer answer, List<String> wrong) {
    String where = "broken.yaml:" + broken.line();
    List<String> missing = new ArrayList<>();
    if (!answer.out().contains(where)) {
      missing.add(where);
    }
    for (String said : broken.says()) {
      if (!answer.out().contains(filled(lab, said))) {
        missing.add(said);
      }
    }
    if (answer.code() != 1 || !missing.isEmpty()) {
      wrong.add(
          "'%s' instead of '%s': exit %d, without %s, said: %s"
              .formatted(broken.to(), broken.from(), answer.code(), missing, answer.out()));
    }
  }

  @Test
  void severalErrorsAreReportedAtOnce() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      Path file = folder.resolve("broken.yaml");
      String yaml =
          filled(lab, BrokenConfigurations.GOOD)
              .replace("weight: 1 }", "weight: -1 }")
              .replace("protocol: tcp", "protocol: tpc")
              .replace("user: demo", "user: nobody");
      Files.writeString(file, yaml);
      Answer answer = lab.director.cli("apply", file.toString());
      assertTrue(answer.out().contains("broken.yaml:6"), answer.out());
      assertTrue(answer.out().contains("broken.yaml:12"), answer.out());
    }
  }
}
