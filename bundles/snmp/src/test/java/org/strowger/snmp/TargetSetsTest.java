package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Change;
import org.strowger.api.Fingerprint;
import org.strowger.api.KeyPath;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;

/** A manager that makes itself a target by SNMP-TARGET-MIB (RFC 3413), as it does elsewhere. */
class TargetSetsTest {
  private static final String ENTRY = ".1.3.6.1.6.3.12.1.2.1";
  private static final String NMS = ".110.109.115";
  private static final String NOC = ".110.111.99";
  private static final String SECURE = ".115.101.99";

  @TempDir static Path folder;
  private static Rig rig;

  @BeforeAll
  static void start() {
    Tools.require("snmp", "snmpset", "snmpget");
    SnmpTarget noc =
        new SnmpTarget(
            "noc",
            Rig.LOOPBACK,
            Rig.freePort(),
            NotificationKind.TRAP,
            "viewer",
            Duration.ofSeconds(1),
            1);
    SnmpTarget secure =
        new SnmpTarget(
            "sec",
            Rig.LOOPBACK,
            Rig.freePort(),
            NotificationKind.TRAP,
            "",
            Duration.ofSeconds(1),
            1,
            Optional.empty(),
            Fingerprint.parse("04" + ":ab".repeat(32)));
    rig = Rig.start(folder, Map.of("noc", noc, "sec", secure));
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private static KeyPath key(String target, String... below) {
    KeyPath path = KeyPath.of("management", "snmp", "targets", target);
    for (String each : below) {
      path = path.child(each);
    }
    return path;
  }

  @Test
  void aRowThatIsMadeIsATargetOfTheConfiguration() {
    Tools.Output output =
        rig.as(
            "admin",
            "snmpset",
            ENTRY + ".9" + NMS,
            "i",
            "4",
            ENTRY + ".2" + NMS,
            "o",
            ".1.3.6.1.6.1.1",
            ENTRY + ".3" + NMS,
            "x",
            "C000020900A2",
            ENTRY + ".4" + NMS,
            "i",
            "1500",
            ENTRY + ".5" + NMS,
            "i",
            "2",
            ENTRY + ".6" + NMS,
            "s",
            "inform",
            ENTRY + ".7" + NMS,
            "s",
            "viewer",
            ENTRY + ".8" + NMS,
            "i",
            "3");
    assertEquals(0, output.code(), output.text());
    assertEquals(
        List.of(
            new Change.Put(key("nms"), Map.of()),
            new Change.Put(key("nms", "address"), "192.0.2.9"),
            new Change.Put(key("nms", "port"), 162L),
            new Change.Put(key("nms", "timeout"), "15000ms"),
            new Change.Put(key("nms", "retries"), 2L),
            new Change.Put(key("nms", "kind"), "inform"),
            new Change.Put(key("nms", "user"), "viewer")),
        rig.director.last().changes());
  }

  @Test
  void whatIsThereIsShownChangedAndDestroyed() {
    assertTrue(rig.get(ENTRY + ".6" + NOC).endsWith("\"trap\""));
    assertTrue(rig.get(ENTRY + ".7" + NOC).endsWith("\"viewer\""));
    assertTrue(rig.get(".1.3.6.1.6.3.12.1.3.1.4.118.105.101.119.101.114").endsWith("\"viewer\""));
    assertEquals(0, rig.as("admin", "snmpset", ENTRY + ".6" + NOC, "s", "inform").code());
    assertEquals(
        List.of(new Change.Put(key("noc", "kind"), "inform")), rig.director.last().changes());
    assertEquals(0, rig.as("admin", "snmpset", ENTRY + ".9" + NOC, "i", "6").code());
    assertEquals(List.of(new Change.Remove(key("noc"))), rig.director.last().changes());
  }

  @Test
  void aDomainThatIsSaidIsThatOfTheAddress() {
    String domain = ENTRY + ".2";
    String address = ENTRY + ".3";
    String overV4 = ".1.3.6.1.6.1.1";
    String overV6 = ".1.3.6.1.2.1.100.1.2";
    String v6 = "20010DB800000000000000000000000900A2";
    assertEquals(0, rig.as("admin", "snmpset", domain + NOC, "o", overV4).code(), "so it is");
    Tools.Output moved =
        rig.as("admin", "snmpset", domain + NOC, "o", overV6, address + NOC, "x", v6);
    assertEquals(0, moved.code(), moved.text());
    assertEquals(
        List.of(
            new Change.Put(key("noc", "address"), "2001:db8:0:0:0:0:0:9"),
            new Change.Put(key("noc", "port"), 162L)),
        rig.director.last().changes());
    refused("inconsistentValue", domain + NOC, "o", overV4, address + NOC, "x", v6);
    refused(
        "inconsistentValue",
        ENTRY + ".9" + NMS,
        "i",
        "4",
        address + NMS,
        "x",
        v6,
        domain + NMS,
        "o",
        overV4);
  }

  @Test
  void whatIsWrongWithAnAddressIsSaidOfItAndOfNoOtherBinding() {
    Tools.Output output =
        rig.as(
            "admin",
            "snmpset",
            ENTRY + ".5" + NOC,
            "i",
            "2",
            ENTRY + ".3" + NOC,
            "x",
            "C00002090000");
    assertTrue(output.text().contains("inconsistentValue"), output.text());
    assertTrue(output.text().contains("Failed object: " + ENTRY + ".3" + NOC), output.text());
  }

  @Test
  void aTargetOverTlsIsLeftToTheConfiguration() {
    refused("inconsistentValue", ENTRY + ".3" + SECURE, "x", "C000020900A2");
    refused("inconsistentValue", ENTRY + ".2" + SECURE, "o", ".1.3.6.1.6.1.1");
    Tools.Output same = rig.as("admin", "snmpset", ENTRY + ".2" + SECURE, "o", ".1.3.6.1.6.1.8");
    assertEquals(0, same.code(), same.text());
  }

  private static void refused(String error, String... binding) {
    Tools.Output output = rig.as("admin", "snmpset", binding);
    assertTrue(output.text().contains(error), error + ": " + output.text());
  }

  @Test
  void whatIsNoTargetIsRefused() {
    refused("wrongLength", ENTRY + ".3" + NOC, "x", "C0000209");
    refused("wrongValue", ENTRY + ".2" + NOC, "o", ".1.3.6.1.6.1.8");
    refused("inconsistentValue", ENTRY + ".2" + NOC, "o", ".1.3.6.1.2.1.100.1.2");
    refused("wrongValue", ENTRY + ".6" + NOC, "s", "everything");
    refused("wrongType", ENTRY + ".5" + NOC, "s", "two");
    refused("wrongValue", ENTRY + ".5" + NOC, "i", "256");
    refused("noCreation", ENTRY + ".9.47", "i", "4");
    refused("inconsistentValue", ENTRY + ".9" + NOC, "i", "4");
    Tools.Output operator = rig.as("operator", "snmpset", ENTRY + ".5" + NOC, "i", "2");
    assertTrue(operator.text().contains("noAccess"), operator.text());
  }
}
