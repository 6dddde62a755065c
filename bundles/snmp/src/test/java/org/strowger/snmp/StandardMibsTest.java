package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.smi.OID;
import org.strowger.api.AlarmType;
import org.strowger.api.LinkState;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;
import org.strowger.api.Severity;

/** IF-MIB, IP-MIB, TCP-MIB, UDP-MIB, HOST-RESOURCES-MIB and ENTITY-MIB, by net-snmp's tools. */
class StandardMibsTest {
  private static final String IF_ENTRY = ".1.3.6.1.2.1.2.2.1";
  private static final String IFX_ENTRY = ".1.3.6.1.2.1.31.1.1.1";
  private static final String LINK_DOWN = ".1.3.6.1.6.3.1.1.5.3";
  private static final String LINK_UP = ".1.3.6.1.6.3.1.1.5.4";

  @TempDir static Path folder;
  private static Rig rig;
  private static int traps;

  @BeforeAll
  static void start() {
    Tools.require("snmp", "snmpget", "snmpbulkwalk");
    traps = Rig.freePort();
    SnmpTarget target =
        new SnmpTarget(
            "noc", Rig.LOOPBACK, traps, NotificationKind.TRAP, "viewer", Duration.ofSeconds(1), 1);
    rig = Rig.start(folder, Map.of("noc", target));
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private static String value(String oid) {
    String answer = rig.get(oid);
    return answer.substring(answer.indexOf(" = ") + 3);
  }

  private static List<String> walk(String oid) {
    return rig.as("viewer", "snmpbulkwalk", "-Cr25", oid).lines();
  }

  @Test
  void interfacesAreTheKernelsWithItsNumbers() {
    assertEquals("INTEGER: 2", value(".1.3.6.1.2.1.2.1.0"));
    assertEquals("STRING: \"eth0\"", value(IF_ENTRY + ".2.2"));
    assertEquals("INTEGER: 24", value(IF_ENTRY + ".3.1"), "softwareLoopback");
    assertEquals("Gauge32: 4294967295", value(IF_ENTRY + ".5.2"), "faster than it can tell");
    assertEquals("Gauge32: 10000", value(IFX_ENTRY + ".15.2"));
    assertEquals("Hex-STRING: 02 00 5E 10 00 01", value(IF_ENTRY + ".6.2").strip());
    assertEquals("Counter64: 10000000000", value(IFX_ENTRY + ".6.2"));
    assertEquals("Counter32: 1410065408", value(IF_ENTRY + ".10.2"), "wraps at 32 bits");
    assertEquals("STRING: \"to the core switch\"", value(IFX_ENTRY + ".18.2"));
    assertEquals("INTEGER: 1", value(IFX_ENTRY + ".17.2"), "a connector");
    assertTrue(value(IFX_ENTRY + ".3.2").contains("No Such Object"), "broadcasts are not known");
    assertEquals(17 * 2, walk(IF_ENTRY).size());
    assertEquals(13 * 2, walk(IFX_ENTRY).size());
  }

  @Test
  void devicesThatStandOnOthersAreAStack() {
    String stack = ".1.3.6.1.2.1.31.1.2.1.3";
    assertEquals(
        List.of(
            stack + ".0.2 = INTEGER: 1", stack + ".1.0 = INTEGER: 1", stack + ".2.1 = INTEGER: 1"),
        walk(stack));
  }

  @Test
  void clockCertificatesAndSyslogServersAreShown() {
    String system = Rig.STG + ".2.2.1";
    assertEquals("INTEGER: 3", value(system + ".2.3.0"), "holdover");
    assertEquals("INTEGER: -250", value(system + ".2.4.0"));
    assertEquals("Gauge32: 2200000", value(system + ".2.5.0"));
    assertEquals("INTEGER: 12", value(system + ".5.3.1.8.3.106.109.120"));
    String collector = ".9.99.111.108.108.101.99.116.111.114";
    assertEquals("Counter64: 5000000000", value(system + ".5.4.1.7" + collector));
    assertEquals("Counter64: 7", value(system + ".5.4.1.8" + collector));
    assertEquals("STRING: \"connection refused\"", value(system + ".5.4.1.6" + collector));
  }

  @Test
  void whatWasNotifiedIsLogged() {
    String log = ".1.3.6.1.2.1.92.1";
    rig.director.raise(AlarmType.REAL_DOWN, "pool=web,real=b", Severity.MINOR, "refused");
    Rig.until(
        () -> walk(log + ".3.1.1.9").stream().anyMatch(line -> line.endsWith(".2.6.0.3")),
        () -> walk(log).toString());
    String first = walk(log + ".3.1.1.9").getFirst();
    assertTrue(
        first.matches(".*\\.1\\.3\\.6\\.1\\.6\\.3\\.1\\.1\\.5\\.[12]"),
        "coldStart or warmStart: " + first);
    String text = String.join("\n", walk(log + ".3.2.1.8"));
    assertTrue(text.contains("\"pool=web,real=b\""), text);
    assertEquals(walk(log + ".3.2.1.2").size(), walk(log + ".3.2.1.3").size());
    assertEquals("Gauge32: " + NotificationLog.LIMIT, value(log + ".1.1.0"));
    assertEquals("Counter32: 0", value(log + ".2.2.0"));
  }

  @Test
  void countersOfTheProtocolsAreTheKernels() {
    assertEquals("INTEGER: 1", value(".1.3.6.1.2.1.4.1.0"));
    assertEquals("INTEGER: 64", value(".1.3.6.1.2.1.4.2.0"));
    assertEquals("Counter64: 5000000000", value(".1.3.6.1.2.1.4.31.1.1.4.1"));
    assertEquals("Counter64: 44", value(".1.3.6.1.2.1.4.31.1.1.4.2"), "version 6");
    assertEquals("INTEGER: -1", value(".1.3.6.1.2.1.6.4.0"), "tcpMaxConn: dynamic");
    assertEquals("Gauge32: 12", value(".1.3.6.1.2.1.6.9.0"));
    assertEquals("Counter32: 77", value(".1.3.6.1.2.1.7.1.0"));
    assertEquals("Counter32: 9", value(".1.3.6.1.2.1.5.29.1.2.1"));
    assertEquals("Counter32: 5", value(".1.3.6.1.2.1.5.30.1.3.1.8"), "echo requests");
  }

  @Test
  void addressesHaveTheirDevice() {
    assertEquals("INTEGER: 2", value(".1.3.6.1.2.1.4.34.1.3.1.4.192.0.2.10"));
    String six = ".1.3.6.1.2.1.4.34.1.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.16";
    assertEquals("INTEGER: 2", value(six));
    assertEquals(9 * 3, walk(".1.3.6.1.2.1.4.34").size());
  }

  @Test
  void hostHasStorageProcessorsAndBundlesAsSoftware() {
    assertEquals("INTEGER: 3906250", value(".1.3.6.1.2.1.25.2.2.0"));
    assertEquals("INTEGER: 1464843", value(".1.3.6.1.2.1.25.2.3.1.6.1"), "used memory");
    assertEquals("OID: .1.3.6.1.2.1.25.2.1.4", value(".1.3.6.1.2.1.25.2.3.1.2.31"), "a disk");
    assertEquals("INTEGER: 39", value(".1.3.6.1.2.1.25.3.3.1.2.196608"));
    assertEquals("INTEGER: 2", value(".1.3.6.1.2.1.25.3.4.1.1.262146"));
    int bundles = rig.director.snapshot().bundles().size();
    assertTrue(bundles > 0);
    assertEquals(5 * bundles, walk(".1.3.6.1.2.1.25.6.3").size());
    assertEquals(7 * bundles, walk(".1.3.6.1.2.1.25.4.2").size());
    long id = rig.director.snapshot().bundles().getFirst().bundleId();
    String name = rig.director.snapshot().bundles().getFirst().name();
    assertEquals("STRING: \"" + name + "\"", value(".1.3.6.1.2.1.25.4.2.1.2." + (id + 1)));
  }

  @Test
  void chassisHoldsProcessorsPortsAndBundles() {
    String entry = ".1.3.6.1.2.1.47.1.1.1.1";
    assertEquals("INTEGER: 3", value(entry + ".5.1"), "chassis");
    assertEquals("STRING: \"S123\"", value(entry + ".11.1"));
    assertEquals("STRING: \"0.1.0\"", value(entry + ".10.1"));
    assertEquals("STRING: \"eth0\"", value(entry + ".7.10002"));
    assertTrue(value(entry + ".7.10001").contains("No Such Instance"), "lo has no hardware");
    assertEquals("OID: .1.3.6.1.2.1.2.2.1.1.2", value(".1.3.6.1.2.1.47.1.3.2.1.2.10002.0"));
    assertEquals("INTEGER: 10002", value(".1.3.6.1.2.1.47.1.3.3.1.1.1.10002"));
    long id = rig.director.snapshot().bundles().getFirst().bundleId();
    assertEquals("INTEGER: 9", value(entry + ".5." + (1_000_000 + id)), "a module");
  }

  @Test
  void walkOfTheStandardTreeGrowsAndEnds() {
    List<String> lines = walk(".1.3.6.1.2.1");
    OID last = new OID("1");
    for (String line : lines) {
      assertFalse(line.contains("not increasing"), line);
      int equals = line.indexOf(" = ");
      if (line.startsWith(".1.") && equals > 0) {
        OID now = new OID(line.substring(1, equals));
        assertTrue(now.compareTo(last) > 0, line);
        last = now;
      }
    }
    assertTrue(lines.size() > 300, "objects: " + lines.size());
  }

  @Test
  void linkThatGoesAndComesIsTold() {
    Tools.require("snmptrapd", "snmptrapd");
    String engine = value(".1.3.6.1.6.3.10.2.1.1.0").replaceAll("Hex-STRING:|\\s", "");
    try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("t"), traps, engine)) {
      rig.director.raise(
          AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, "the receiver is there");
      receiver.await(Rig.STG + ".2.6.0.3", 1);
      rig.platform.link(LinkState.DOWN, 1);
      receiver.await(LINK_DOWN, 1);
      rig.platform.link(LinkState.UP, 1);
      receiver.await(LINK_UP, 1);
      rig.platform.link(LinkState.UP, 2); // went and came back between two looks
      receiver.await(LINK_DOWN, 2);
      receiver.await(LINK_UP, 2);
      String down = receiver.received(LINK_DOWN).getFirst();
      assertTrue(down.contains(IF_ENTRY + ".1.2 = INTEGER: 2\t"), down);
      assertTrue(down.contains(IF_ENTRY + ".7.2 = INTEGER: 1\t"), down);
      assertTrue(down.contains(IF_ENTRY + ".8.2 = INTEGER: 2\t"), down);
      assertEquals(2, receiver.received(LINK_DOWN).size());
    }
  }
}
