package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
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
  private static final int FLOWS = 20;
  private static final int SOURCES = 6;
  private static final String NEW = "0.1.1";

  @TempDir private Path folder;

  /** A variant, and how to see from outside that its code is at work. */
  private record Swap(Edit edit, Lab.Condition seen) {}

  private record Traffic(
      ShortConnections brief, HeldConnections held, HeldFlows flows, PersistentSources sources) {
    void requireWhole(String after) throws IOException {
      assertEquals(List.of(), held.lost(), "after " + after);
      assertEquals(List.of(), flows.lost(), "after " + after);
      assertEquals(List.of(), brief.failures(), "after " + after);
      sources.requireKept(after);
    }
  }

  @Test
  void everyBundleIsReplacedUnderTrafficWithoutALoss() throws Exception {
    try (Lab lab = new Lab(folder, "");
        UdpNamer x = new UdpNamer("x");
        UdpNamer y = new UdpNamer("y")) {
      int udp = Lab.freeUdp();
      int kept = Lab.freeTcp();
      Path more = Files.writeString(folder.resolve("more.yaml"), more(lab, udp, kept, x, y));
      lab.cli("apply", more.toString());
      Traffic traffic =
          new Traffic(
              ShortConnections.start(lab.port, PER_SECOND),
              HeldConnections.open(lab.port, HELD),
              HeldFlows.open(udp, FLOWS),
              new PersistentSources(kept, SOURCES));
      assertEquals(3, traffic.sources.realServers(), "real servers that sources are kept on");
      Lab.await(
          "traffic flows",
          () ->
              traffic.brief.done() > 100
                  && traffic.held.blocks() > 100
                  && traffic.flows.answers() > 100);
      for (Swap swap : swaps(lab, traffic.brief)) {
        swap(lab, swap, traffic);
      }
      long before = traffic.brief.done();
      Lab.await("traffic still flows", () -> traffic.brief.done() > before + 100);
      traffic.brief.close();
      traffic.held.close();
      traffic.flows.close();
      System.out.printf(
          "hot swap: %d short connections, %d failed; %d blocks on %d held, %d lost;"
              + " %d answers on %d flows, %d lost%n",
          traffic.brief.done(),
          traffic.brief.failures().size(),
          traffic.held.blocks(),
          HELD,
          traffic.held.lost().size(),
          traffic.flows.answers(),
          FLOWS,
          traffic.flows.lost().size());
      traffic.requireWhole("all");
      // Last, so that all else is proven first, and what was not asked is reported.
      assumeTrue(
          Lab.installed("snmpget"), "the new snmp bundle was not asked: snmpget is not installed");
    }
  }

  /** The lab's configuration with a virtual service of datagrams and a persistent one. */
  private static String more(Lab lab, int udp, int kept, UdpNamer... namers) {
    String reals =
        Arrays.stream(namers)
            .map(namer -> "      " + namer.wanted() + "\n")
            .collect(Collectors.joining());
    return lab.configuration(1, 1, 1)
        .replace("pools:\n", "pools:\n  names:\n    realServers:\n" + reals)
        .replace(
            "virtualServices:\n",
            """
            virtualServices:
              names: { address: 127.0.0.1, port: %d, protocol: udp, scheduler: rr, pool: names }
              kept:
                { address: 127.0.0.1, port: %d, scheduler: rr, pool: web, persistence: { timeout: 1h } }
            """
                .formatted(udp, kept));
  }

  private void swap(Lab lab, Swap swap, Traffic traffic) throws Exception {
    ShortConnections brief = traffic.brief;
    String name = swap.edit.directory();
    Path variant = VariantBundle.make(lab.distribution, swap.edit, NEW, folder);
    brief.takeWorstMillis();
    lab.cli("bundle", "update", variant.toString());
    Lab.await(name + " runs its new code", swap.seen);
    Lab.await(name + " is shown", () -> shown(lab, name));
    long before = brief.done();
    Lab.await("traffic flows after " + name, () -> brief.done() > before + PER_SECOND);
    System.out.printf("hot swap: %-10s worst connection %d ms%n", name, brief.takeWorstMillis());
    traffic.requireWhole(name);
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
            new Edit("director", "ServerGroup", "\" chooses \"", "\" in its new director takes \""),
            () -> lab.director.cli("explain", "web", "127.0.0.1:1").out().contains("new director")),
        new Swap(
            new Edit("snmp", "SnmpComponent", "Strowger traffic director", "The next Strowger"),
            () ->
                !Lab.installed("snmpget")
                    || lab.snmp("snmpget", "1.3.6.1.2.1.1.1.0").contains("The next Strowger")),
        new Swap(
            new Edit("jmx", "RealObject", "The weight schedulers see now", "The next weight"),
            () -> saysOverJmx(lab)),
        new Swap(
            new Edit("shell", "Commands", "expected one of ", "one of these was expected: "),
            () -> lab.director.cli("nonsense").out().contains("one of these was expected")),
        new Swap(
            new Edit("configfile", "SourceFile", "there is none", "nobody is at home"),
            () -> lab.director.cli("apply", "/nowhere.yaml").out().contains("nobody is at home")),
        new Swap(
            new Edit("relay", "RelayPlane", "Math.min(limit, ", "Math.min(Math.min(limit, 7), "),
            () -> rows(lab.cli("show", "connections", "service=web")) == 7),
        new Swap(
            new Edit("api", "Violation", "\"expected \"", "\"what was expected: \""),
            () ->
                lab.director
                    .cli("set", "weight", "web/a", "70000")
                    .out()
                    .contains("what was expected")),
        new Swap(
            new Edit("wire", "WireComponent", "class", "class"),
            () -> lab.director.log().contains("generation 2")));
  }

  /** The connector is away for a moment while its bundle is replaced. */
  private static boolean saysOverJmx(Lab lab) throws Exception {
    try {
      return lab.jmx(HotSwapTest::describesTheNextWeight);
    } catch (IOException notYet) {
      return false;
    }
  }

  private static boolean describesTheNextWeight(MBeanServerConnection server) throws Exception {
    ObjectName real = new ObjectName("org.strowger:type=Real,pool=\"web\",name=\"a\"");
    return Arrays.stream(server.getMBeanInfo(real).getAttributes())
        .anyMatch(attribute -> attribute.getDescription().contains("The next weight"));
  }

  /** Connections listed: lines that name a real server. */
  private static long rows(String shown) {
    return shown.lines().filter(line -> line.contains("web/")).count();
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
  void aBundleThatDoesNotResolveIsRefusedAndTheOldOneGoesOn() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      Path broken =
          VariantBundle.withHeaders(
              lab.distribution,
              "shell",
              Map.of("Bundle-Version", NEW, "Import-Package", "no.such.package"),
              folder);
      var answer = lab.director.cli("bundle", "update", broken.toString());
      assertEquals(1, answer.code(), answer.out());
      Lab.await("the shell answers", () -> lab.director.cli("show", "services").code() == 0);
      Path cut = Files.write(folder.resolve("cut.jar"), new byte[] {'P', 'K', 3, 4});
      assertEquals(1, lab.director.cli("bundle", "update", cut.toString()).code());
      assertTrue(lab.cli("show", "bundles").contains("0.1.0"));
    }
  }
}
