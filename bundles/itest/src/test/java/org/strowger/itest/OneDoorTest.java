package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.Attribute;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A weight set through any door is the same in all others, saved and audited alike. */
class OneDoorTest {
  /** stgLbRealWeight of web/a: two names as indexes, each with its length. */
  private static final String WEIGHT = "1.3.6.1.4.1.32473.2.3.1.2.5.1.9.3.119.101.98.1.97";

  @TempDir private Path folder;

  @Test
  void weightIsTheSameThroughEveryDoor() throws Exception {
    assumeTrue(Lab.installed("snmpset"), "net-snmp's tools are not installed (package snmp)");
    try (Lab lab = new Lab(folder, "")) {
      Files.writeString(lab.director.configuration(), lab.configuration(2, 1, 1));
      seenEverywhere(lab, 2, "file", "director.yaml");

      lab.cli("set", "weight", "web/a", "3");
      seenEverywhere(lab, 3, "shell", "local socket");

      String set = lab.snmp("snmpset", WEIGHT, "u", "4");
      assertTrue(set.contains("Gauge32: 4"), set);
      seenEverywhere(lab, 4, "snmp", "127.0.0.1");

      lab.jmx(
          server -> {
            server.setAttribute(
                new ObjectName("org.strowger:type=Real,pool=\"web\",name=\"a\""),
                new Attribute("Weight", 5));
            return true;
          });
      seenEverywhere(lab, 5, "jmx", "127.0.0.1");
    }
  }

  private static void seenEverywhere(Lab lab, int weight, String origin, String source)
      throws Exception {
    Lab.await(
        "shell shows weight " + weight,
        () ->
            lab.cli("show", "real-servers", "web/a")
                .matches("(?s).*\\bweight +" + weight + "\\b.*"));
    assertEquals(
        "." + WEIGHT + " = Gauge32: " + weight, lab.snmp("snmpget", WEIGHT), "after " + origin);
    Object seen =
        lab.jmx(
            server ->
                server.getAttribute(
                    new ObjectName("org.strowger:type=Real,pool=\"web\",name=\"a\""), "Weight"));
    assertEquals(weight, Integer.parseInt(String.valueOf(seen)), "after " + origin);
    List<String> audited =
        lab.director
            .audit()
            .lines()
            .filter(line -> line.contains("key=\"pools.web.realServers.a.weight\""))
            .filter(line -> line.contains("new=\"" + weight + "\""))
            .toList();
    assertEquals(1, audited.size(), audited.toString());
    assertTrue(audited.getFirst().contains("origin=\"" + origin + "\""), audited.toString());
    assertTrue(audited.getFirst().contains(source), audited.toString());
  }
}
