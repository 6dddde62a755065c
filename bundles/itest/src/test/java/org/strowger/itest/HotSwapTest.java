package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.HeldConnections;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/** Every bundle is replaced by one whose code differs, while connections live and come. */
class HotSwapTest {
  private static final int HELD = 50;
  private static final int PER_SECOND = 100;
  private static final String NEW = "0.1.1";

  @TempDir private Path folder;

  /** A variant, and how to see from outside that its code is at work. */
  private record Swap(Edit edit, Lab.Condition seen) {}

  @Test
  void everyBundleIsReplacedUnderTrafficWithoutALoss() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      HeldConnections held = HeldConnections.open(lab.port, HELD);
      ShortConnections brief = ShortConnections.start(lab.port, PER_SECOND);
      Lab.await("traffic flows", () -> brief.done() > 100 && held.blocks() > 100);
      for (Swap swap : swaps(lab, brief)) {
        swap(lab, swap, brief, held);
      }
      long before = brief.done();
      Lab.await("traffic still flows", () -> brief.done() > before + 100);
      brief.close();
      held.close();
      System.out.printf(
          "hot swap: %d short connections, %d failed; %d blocks on %d held, %d lost%n",
          brief.done(), brief.failures().size(), held.blocks(), HELD, held.lost().size());
      assertEquals(List.of(), held.lost());
      assertEquals(List.of(), brief.failures());
    }
  }

  private void swap(Lab lab, Swap swap, ShortConnections brief, HeldConnections held)
      throws Exception {
    String name = swap.edit.directory();
    Path variant = VariantBundle.make(lab.distribution, swap.edit, NEW, folder);
    brief.takeWorstMillis();
    lab.cli("bundle", "update", variant.toString());
    Lab.await(name + " runs its new code", swap.seen);
    Lab.await(name + " is shown", () -> shown(lab, name));
    long before = brief.done();
    Lab.await("traffic flows after " + name, () -> brief.done() > before + PER_SECOND);
    System.out.printf("hot swap: %-10s worst connection %d ms%n", name, brief.takeWorstMillis());
    assertEquals(List.of(), held.lost(), "after " + name);
    assertEquals(List.of(), brief.failures(), "after " + name);
  }

  private static boolean shown(Lab lab, String name) throws Exception {
    return lab.director
        .cli("show", "bundles")
        .out()
        .lines()
        .anyMatch(
            l ->
                l.contains("org.strowger." + name + " ")
                    && l.contains(NEW)
                    && l.contains("active"));
  }

  private static List<Swap> swaps(Lab lab, ShortConnections brief) {
    return List.of(
        new Swap(
            new Edit(
                "schedulers",
                "LeastLoaded",
                "    int best = NONE;\n",
                "    if (Eligible.at(reals, 0)) {\n      return 0;\n    }\n    int best = NONE;\n"),
            () -> onlyFirst(brief)),
        new Swap(
            new Edit("director", "ServiceChooser", "chooses it among", "in its new director takes"),
            () -> lab.director.cli("explain", "web", "127.0.0.1:1").out().contains("new director")),
        new Swap(
            new Edit("snmp", "SnmpComponent", "SNMP", "SNMP"),
            () -> lab.snmp("snmpget", "1.3.6.1.2.1.1.3.0").contains("Timeticks")),
        new Swap(
            new Edit("jmx", "JmxComponent", "JMX", "JMX"),
            () -> lab.jmx(server -> server.getMBeanCount() > 0)),
        new Swap(
            new Edit("shell", "ShellComponent", "shell", "shell"),
            () -> lab.director.cli("show", "services").out().contains("web")),
        new Swap(
            new Edit("configfile", "ConfigurationFilesComponent", "class", "class"),
            () -> lab.director.cli("config", "export").out().contains("wlc")),
        new Swap(
            new Edit("relay", "RelayComponent", "class", "class"),
            () -> lab.director.cli("show", "connections").out().contains("web/")),
        new Swap(
            new Edit("api", "Verdict", "no real server of the pool is eligible", "nobody is"),
            () -> lab.director.cli("show", "services").out().contains("web")),
        new Swap(
            new Edit("wire", "WireComponent", "class", "class"),
            () -> lab.director.log().contains("generation 2")));
  }

  /** The variant scheduler gives every new connection to the first real server. */
  private static boolean onlyFirst(ShortConnections brief) throws InterruptedException {
    long others = brief.answersOf("b") + brief.answersOf("c");
    long first = brief.answersOf("a");
    Thread.sleep(1_000);
    return brief.answersOf("a") > first + PER_SECOND / 4
        && brief.answersOf("b") + brief.answersOf("c") <= others + 1;
  }

  @Test
  void aBundleThatDoesNotStartIsRefusedAndTheOldOneGoesOn() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      Path broken =
          VariantBundle.make(
              lab.distribution,
              new Edit("shell", "package-info", "package", "package"),
              NEW,
              folder);
      java.nio.file.Files.write(broken, new byte[] {'P', 'K', 3, 4});
      var answer = lab.director.cli("bundle", "update", broken.toString());
      assertEquals(1, answer.code(), answer.out());
      assertTrue(lab.cli("show", "services").contains("web"));
    }
  }
}
