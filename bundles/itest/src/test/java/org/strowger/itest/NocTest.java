package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.TestRealServer;

/** The network operation centre against the real distribution, with net-snmp's tools. */
class NocTest {
  private static final String ENGINE_ID = "1.3.6.1.6.3.10.2.1.1.0";
  private static final String ALARMS = "1.3.6.1.4.1.32473.2.6";
  private static final String RAISED_MINOR = ALARMS + ".0.3";
  private static final String CLEARED = ALARMS + ".0.6";
  private static final String REAL_TABLE = "1.3.6.1.4.1.32473.2.3.1.2.5.1";

  private static final String THRESHOLD =
      """
          keepalivedMib: true
        performance:
          thresholds:
            busy: { object: director, counter: conns, rising: 1, falling: 0, severity: warning }
      """;

  @TempDir private Path folder;

  private static String targets(int port) {
    return """
        targets:
          once: { address: 127.0.0.1, port: %d, kind: trap, user: noc }
          sure: { address: 127.0.0.1, port: %d, kind: inform, user: noc, timeout: 1s, retries: 5 }
    """
        .formatted(port, port);
  }

  @Test
  void alarmsAreRaisedClearedAndSeenTheSameEverywhere() throws Exception {
    for (String tool : List.of("snmpget", "snmpbulkwalk", "snmptrapd")) {
      assumeTrue(Lab.installed(tool), tool + " is not installed (packages snmp, snmptrapd)");
    }
    int port = Lab.freeUdp();
    try (Lab lab = new Lab(folder, targets(port))) {
      String engine = lab.snmp("snmpget", ENGINE_ID).replaceAll(".*Hex-STRING: ", "");
      Path received = folder.resolve("received");
      Process trapd = trapd(port, engine.replaceAll("\\s", ""), received);
      try {
        lab.reals.get(1).close();
        // The plane needs evidence: some connections have to meet the dead one.
        Lab.await("the alarm is active", () -> alarmed(lab));
        Lab.await("trap and inform", () -> count(received, RAISED_MINOR) >= 2);
        assertTrue(lab.snmp("snmpbulkwalk", ALARMS).contains("pool=web,real=b"));
        assertTrue(lab.cli("show", "alarms").contains("pool=web,real=b"));
        Object active =
            lab.jmx(
                s -> s.getAttribute(new ObjectName("org.strowger:type=Alarms"), "ActiveAlarms"));
        assertTrue(active.toString().contains("pool=web,real=b"), active.toString());
        try (TestRealServer back = TestRealServer.start("b", lab.reals.get(1).port())) {
          Lab.await("cleared twice", () -> count(received, CLEARED) >= 2);
          assertTrue(back.port() > 0);
        }
      } finally {
        trapd.destroy();
      }
    }
  }

  private static boolean alarmed(Lab lab) throws Exception {
    for (int i = 0; i < 9; i++) {
      FirstLightTest.ask(lab.port);
    }
    return lab.cli("show", "alarms").contains("realDown");
  }

  private Process trapd(int port, String engine, Path received) throws IOException {
    Path configuration =
        Files.writeString(
            folder.resolve("snmptrapd.conf"),
            """
            createUser -e 0x%s noc SHA-256 %s AES %s
            createUser noc SHA-256 %s AES %s
            authUser log noc priv
            """
                .formatted(engine, Lab.PASSWORD, Lab.PASSWORD, Lab.PASSWORD, Lab.PASSWORD));
    ProcessBuilder builder =
        new ProcessBuilder(
            "snmptrapd",
            "-f",
            "-n",
            "-On",
            "-C",
            "-c",
            configuration.toString(),
            "-Lf",
            received.toString(),
            "-F",
            "%v\\n",
            "udp:127.0.0.1:" + port);
    builder.environment().put("MIBS", "");
    builder.environment().put("SNMP_PERSISTENT_DIR", folder.resolve("trapd").toString());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("trapd.out").toFile())
        .start();
  }

  private static long count(Path received, String notification) throws IOException {
    if (!Files.exists(received)) {
      return 0;
    }
    return Files.readString(received).lines().filter(l -> l.contains("." + notification)).count();
  }

  @Test
  void aWalkOfTheRealServersIsWhatTheShellShows() throws Exception {
    assumeTrue(Lab.installed("snmpbulkwalk"), "snmpbulkwalk is not installed (package snmp)");
    try (Lab lab = new Lab(folder, "")) {
      lab.cli("set", "weight", "web/b", "9");
      List<String> weights =
          lab.snmp("snmpbulkwalk", REAL_TABLE + ".9")
              .lines()
              .map(line -> line.replaceAll(".*Gauge32: ", ""))
              .toList();
      assertEquals(List.of("1", "9", "1"), weights);
    }
  }

  /** The machine's own numbers before, the agent's, the machine's after. */
  @Test
  void interfacesAndProtocolsAreTheMachines() throws Exception {
    for (String tool : List.of("snmpget", "snmpbulkwalk", "ip")) {
      assumeTrue(Lab.installed(tool), tool + " is not installed (packages snmp, iproute2)");
    }
    try (Lab lab = new Lab(folder, THRESHOLD)) {
      List<String> links = Lab.run(List.of("ip", "-o", "link")).lines().toList();
      String names = lab.snmp("snmpbulkwalk", "1.3.6.1.2.1.31.1.1.1.1");
      for (String link : links) {
        String[] words = link.split("[:@]\\s*", 3);
        String row = "." + words[0] + " = STRING: \"" + words[1] + "\"";
        assertTrue(names.contains(row), row + " is not in " + names);
      }
      long before = loopbackBytes();
      String octets = "1.3.6.1.2.1.31.1.1.1.6.1";
      Lab.await(
          "ifHCInOctets follows the kernel", () -> number(lab.snmp("snmpget", octets)) > before);
      assertTrue(number(lab.snmp("snmpget", octets)) <= loopbackBytes());
      long tcp = protocol("Tcp:", "PassiveOpens");
      FirstLightTest.ask(lab.port);
      Lab.await(
          "tcpPassiveOpens follows the kernel",
          () -> number(lab.snmp("snmpget", "1.3.6.1.2.1.6.6.0")) > tcp);
      assertTrue(
          number(lab.snmp("snmpget", "1.3.6.1.2.1.6.6.0")) <= protocol("Tcp:", "PassiveOpens"));
      assertTrue(lab.snmp("snmpget", "1.3.6.1.4.1.32473.2.2.1.1.1.0").contains("0.1.0"));
      assertTrue(lab.cli("show", "system").contains("healthState"));
      Lab.await("performance is measured", () -> lab.cli("show", "pm").contains("service=web"));
      assertTrue(lab.snmp("snmpbulkwalk", "1.3.6.1.4.1.32473.2.9.1.2.2.1.5").contains("Counter64"));
      Lab.await(
          "the threshold is crossed",
          () -> {
            FirstLightTest.ask(lab.port);
            return lab.cli("show", "alarms").contains("thresholdCrossed");
          });
      assertTrue(lab.snmp("snmpbulkwalk", "1.3.6.1.4.1.9586.100.5.3.4.1.55").contains("\"b\""));
      assertTrue(lab.cli("show", "devices").contains("lo"));
    }
  }

  private static long number(String answer) {
    return Long.parseLong(answer.substring(answer.lastIndexOf(' ') + 1).strip());
  }

  private static long loopbackBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/net/dev"))) {
      if (line.strip().startsWith("lo:")) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split("\\s+", 2)[0]);
      }
    }
    throw new AssertionError("there is no loopback device");
  }

  private static long protocol(String protocol, String counter) throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("/proc/net/snmp")).stream()
            .filter(line -> line.startsWith(protocol))
            .toList();
    List<String> names = List.of(lines.get(0).split(" ", -1));
    return Long.parseLong(lines.get(1).split(" ", -1)[names.indexOf(counter)]);
  }

  @Test
  void strangersAndWrongPassphrasesGetNothing() throws Exception {
    assumeTrue(Lab.installed("snmpget"), "snmpget is not installed (package snmp)");
    try (Lab lab = new Lab(folder, "")) {
      String agent = "127.0.0.1:" + lab.snmp;
      String v2c =
          Lab.run(
              List.of("snmpget", "-v2c", "-c", "public", "-t", "1", "-r", "0", agent, ENGINE_ID));
      assertTrue(v2c.contains("Timeout"), v2c);
      String wrong =
          Lab.run(
              List.of(
                  "snmpget",
                  "-v3",
                  "-l",
                  "authPriv",
                  "-u",
                  "noc",
                  "-a",
                  "SHA-256",
                  "-A",
                  "not-the-passphrase",
                  "-x",
                  "AES",
                  "-X",
                  Lab.PASSWORD,
                  agent,
                  ENGINE_ID));
      assertTrue(wrong.contains("Authentication failure"), wrong);
      assertTrue(lab.snmp("snmpget", ENGINE_ID).contains("Hex-STRING"));
    }
  }
}
