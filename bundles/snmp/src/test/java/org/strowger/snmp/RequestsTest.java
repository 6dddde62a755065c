package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.smi.OID;
import org.strowger.api.AdminState;
import org.strowger.api.OriginKind;

/** Requests of net-snmp's tools to a running agent. */
class RequestsTest {
  private static final String LB = Rig.STG + ".2.3.1.2";
  private static final String REAL = LB + ".5.1";
  private static final String WEB_A = ".3.119.101.98.1.97";
  private static final String WEB_B = ".3.119.101.98.1.98";
  private static final String WEIGHT_A = REAL + ".9" + WEB_A;
  private static final String STATE_A = REAL + ".10" + WEB_A;

  @TempDir static Path state;
  private static Rig rig;

  @BeforeAll
  static void start() {
    Tools.require("snmp", "snmpget", "snmpset", "snmpbulkwalk", "snmpgetnext", "snmpbulkget");
    rig = Rig.start(state);
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  @Test
  void systemGroupNamesTheDirector() {
    assertEquals(".1.3.6.1.2.1.1.5.0 = STRING: \"lab-1\"", rig.get(".1.3.6.1.2.1.1.5.0"));
    assertEquals(".1.3.6.1.2.1.1.2.0 = OID: " + Rig.STG + ".1.3", rig.get(".1.3.6.1.2.1.1.2.0"));
  }

  @Test
  void everyRoleReadsItsTables() {
    for (String user : List.of("viewer", "operator", "admin")) {
      assertEquals(
          WEIGHT_A + " = Gauge32: " + rig.director.real("web", "a").weight(),
          rig.as(user, "snmpget", WEIGHT_A).text().strip());
    }
  }

  @Test
  void countersBeyondThirtyTwoBitsAreWhole() {
    assertEquals(
        LB + ".7.1.6" + WEB_A + " = Counter64: 4294967296", rig.get(LB + ".7.1.6" + WEB_A));
    assertEquals(
        LB + ".3.1.102.3.119.101.98 = Counter64: 2000000000000",
        rig.get(LB + ".3.1.102.3.119.101.98"));
  }

  @Test
  void walkMeetsEveryInstanceOnceInOrder() {
    List<String> lines = rig.as("admin", "snmpbulkwalk", "-Cr25", ".1.3.6.1").lines();
    assertTrue(lines.size() > 250, "only " + lines.size() + " lines");
    OID last = new OID("1.3");
    for (String line : lines) {
      if (line.startsWith(".") && !line.contains("No more variables")) {
        OID oid = new OID(line.substring(1, line.indexOf(' ')));
        assertTrue(oid.compareTo(last) > 0, last + " is followed by " + oid);
        last = oid;
      }
    }
    assertTrue(lines.getLast().contains("No more variables"), lines.getLast());
  }

  @Test
  void absentInstanceAndAbsentObjectAreTold() {
    assertTrue(rig.get(REAL + ".9.1.120.1.120").contains("No Such Instance"));
    assertTrue(rig.get(REAL + ".99" + WEB_A).contains("No Such Object"));
    assertTrue(rig.get(LB + ".1.1.1.3.119.101.98").contains("No Such Object"), "index is hidden");
  }

  @Test
  void viewerSeesNeitherUsersNorViewsNorTargetAddresses() {
    for (String hidden : List.of(".1.3.6.1.6.3.15.1.2", ".1.3.6.1.6.3.16", ".1.3.6.1.6.3.13.1")) {
      String walk = rig.as("viewer", "snmpbulkwalk", hidden).text();
      assertTrue(walk.contains("No Such Object") || walk.contains("No more variables"), walk);
      assertFalse(rig.as("operator", "snmpbulkwalk", hidden).text().contains("INTEGER"));
      assertTrue(rig.as("admin", "snmpbulkwalk", hidden).lines().size() > 1);
    }
  }

  @Test
  void nobodySeesOrWritesTheConfigurationOfTheLibrary() {
    String walk = rig.as("admin", "snmpbulkwalk", ".1.3.6.1.4.1.4976").text();
    assertTrue(walk.contains("No Such Object") || walk.contains("No more variables"), walk);
    Tools.Output set = rig.as("admin", "snmpset", ".1.3.6.1.4.1.4976.10.1.1.10.1.1.0", "i", "1");
    assertTrue(set.text().contains("noAccess"), set.text());
  }

  @Test
  void weightSetIsOneChangeOfTheDirector() {
    Tools.Output set = rig.as("operator", "snmpset", WEIGHT_A, "u", "7");
    assertEquals(0, set.code(), set.text());
    assertEquals(7, rig.director.real("web", "a").weight());
    var origin = rig.director.origins().getLast();
    assertEquals(OriginKind.SNMP, origin.kind());
    assertEquals("operator", origin.user());
    assertTrue(origin.source().startsWith("127.0.0.1:"), origin.source());
  }

  @Test
  void adminStateOfServicePoolAndRealServerCanBeSet() {
    Tools.Output set =
        rig.as(
            "admin",
            "snmpset",
            STATE_A,
            "i",
            "2",
            LB + ".1.1.23.3.119.101.98",
            "i",
            "3",
            LB + ".4.1.16.3.119.101.98",
            "i",
            "2");
    assertEquals(0, set.code(), set.text());
    assertEquals(AdminState.DRAIN, rig.director.real("web", "a").adminState());
    var configuration = rig.director.snapshot().configuration();
    assertEquals(
        AdminState.OUT_OF_SERVICE,
        Objects.requireNonNull(configuration.virtualServices().get("web")).adminState());
    assertEquals(
        AdminState.DRAIN, Objects.requireNonNull(configuration.pools().get("web")).adminState());
    assertEquals(1, rig.director.origins().stream().filter(o -> o.user().equals("admin")).count());
  }

  @Test
  void oneWrongBindingLeavesAllUnchanged() {
    int before = rig.director.real("web", "b").weight();
    long revision = rig.director.revision();
    Tools.Output set =
        rig.as("operator", "snmpset", REAL + ".9" + WEB_B, "u", "9", WEIGHT_A, "u", "60000");
    assertTrue(set.text().contains("inconsistentValue"), set.text());
    assertTrue(set.text().contains(WEIGHT_A), "names the wrong one: " + set.text());
    assertEquals(before, rig.director.real("web", "b").weight());
    assertEquals(revision, rig.director.revision());
  }

  @Test
  void wrongSetsGetTheErrorOfTheStandard() {
    long revision = rig.director.revision();
    refused("wrongType", WEIGHT_A, "i", "1");
    refused("wrongType", WEIGHT_A, "s", "1");
    refused("wrongType", WEIGHT_A, "t", "1");
    refused("wrongValue", WEIGHT_A, "u", "65536");
    refused("wrongType", STATE_A, "u", "1");
    refused("wrongValue", STATE_A, "i", "4");
    refused("wrongValue", STATE_A, "i", "0");
    refusedTo("admin", "notWritable", REAL + ".4" + WEB_A, "u", "1");
    refusedTo("admin", "notWritable", Rig.STG + ".2.3.1.1.1.0", "u", "1");
    refused("noAccess", REAL + ".4" + WEB_A, "u", "1");
    refused("noCreation", REAL + ".9.1.120.1.120", "u", "1");
    refused("noCreation", REAL + ".9", "u", "1");
    refused("noAccess", ".1.3.6.1.2.1.1.5.0", "s", "x");
    refused("noAccess", ".1.3.6.1.6.3.15.1.2.2.1.13.1.1.1.97", "i", "4");
    refused("inconsistentValue", WEIGHT_A, "u", "60000");
    refused("inconsistentValue", WEIGHT_A, "u", "3", WEIGHT_A, "u", "4");
    assertEquals(revision, rig.director.revision());
  }

  @Test
  void limitsTimesAndThresholdsAreTheAdministratorsToSet() {
    String web = ".3.119.101.98";
    String[] bindings = {
      REAL + ".7" + WEB_A, "u", "100",
      REAL + ".8" + WEB_A, "u", "80",
      LB + ".1.1.17" + web, "u", "5000",
      LB + ".1.1.18" + web, "u", "300",
      LB + ".1.1.30" + web, "u", "90000",
      LB + ".1.1.14" + web, "u", "1500",
      LB + ".1.1.47" + web, "u", "10"
    };
    for (int i = 0; i < bindings.length; i += 3) {
      refused("noAccess", bindings[i], bindings[i + 1], bindings[i + 2]);
    }
    Tools.Output set = rig.as("admin", "snmpset", bindings);
    assertEquals(0, set.code(), set.text());
    assertEquals(100, rig.director.real("web", "a").upperThreshold());
    assertEquals(80, rig.director.real("web", "a").lowerThreshold());
    var service =
        Objects.requireNonNull(
            rig.director.snapshot().configuration().virtualServices().get("web"));
    assertEquals(5000, service.limits().connections());
    assertEquals(300, service.limits().rate());
    assertEquals(Duration.ofSeconds(90), service.timeouts().drain());
    assertEquals(Duration.ofMillis(1500), service.persistence().timeout());
    assertEquals(10, service.connectionLog().sample());
    assertEquals(LB + ".1.1.30" + web + " = Gauge32: 90000", rig.get(LB + ".1.1.30" + web));
    refusedTo("admin", "wrongValue", REAL + ".7" + WEB_A, "u", "100000001");
    refusedTo("admin", "wrongValue", LB + ".1.1.30" + web, "u", "2592000001");
    refusedTo("admin", "wrongType", LB + ".1.1.30" + web, "s", "90s");
  }

  private static void refused(String error, String... bindings) {
    refusedTo("operator", error, bindings);
  }

  private static void refusedTo(String user, String error, String... bindings) {
    Tools.Output set = rig.as(user, "snmpset", bindings);
    assertTrue(set.text().contains("(" + error) || set.text().contains(": " + error), set.text());
    assertTrue(set.code() != 0);
  }

  @Test
  void viewerMayNotSet() {
    Tools.Output set = rig.as("viewer", "snmpset", WEIGHT_A, "u", "2");
    assertTrue(set.text().contains("authorizationError"), set.text());
  }

  @Test
  void busyDirectorIsResourceUnavailable() {
    rig.director.beBusy(true);
    try {
      refused("resourceUnavailable", WEIGHT_A, "u", "4");
    } finally {
      rig.director.beBusy(false);
    }
  }

  @Test
  void changeThatWasRightButCameTooLateIsCommitFailed() {
    rig.director.failCommits(true);
    try {
      refused("commitFailed", WEIGHT_A, "u", "4");
    } finally {
      rig.director.failCommits(false);
    }
  }

  @Test
  void wrongUserKeyOrLevelIsRefused() {
    String at = "127.0.0.1:" + rig.port;
    String oid = ".1.3.6.1.2.1.1.5.0";
    var strange =
        List.of(
            "snmpget",
            "-v3",
            "-l",
            "authPriv",
            "-u",
            "nobody",
            "-a",
            "SHA-256",
            "-A",
            "whatever-it-is",
            "-x",
            "AES-128",
            "-X",
            "whatever-it-is",
            "-r0",
            at,
            oid);
    assertTrue(run(strange).text().contains("Unknown user name"));
    var wrongKey =
        List.of(
            "snmpget",
            "-v3",
            "-l",
            "authPriv",
            "-u",
            "viewer",
            "-a",
            "SHA-256",
            "-A",
            "not-the-right-one",
            "-x",
            "AES-128",
            "-X",
            "viewer-priv-secret",
            "-r0",
            at,
            oid);
    assertTrue(run(wrongKey).text().contains("Authentication failure"));
    var noPrivacy =
        List.of(
            "snmpget",
            "-v3",
            "-l",
            "authNoPriv",
            "-u",
            "viewer",
            "-a",
            "SHA-256",
            "-A",
            "viewer-auth-secret",
            "-r0",
            at,
            oid);
    assertTrue(run(noPrivacy).text().contains("authorizationError"), run(noPrivacy).text());
    var nothing = List.of("snmpget", "-v3", "-l", "noAuthNoPriv", "-u", "viewer", "-r0", at, oid);
    assertTrue(run(nothing).text().contains("authorizationError"), run(nothing).text());
    var old = List.of("snmpget", "-v2c", "-c", "public", "-r0", "-t1", at, oid);
    assertTrue(run(old).text().contains("Timeout"));
    var older = List.of("snmpget", "-v1", "-c", "public", "-r0", "-t1", at, oid);
    assertTrue(run(older).text().contains("Timeout"));
  }

  private static Tools.Output run(List<String> command) {
    return Tools.run(Map.of("MIBS", ""), command);
  }

  @Test
  void unknownContextIsReported() {
    Tools.Output output = rig.as("admin", "snmpget", ".1.3.6.1.2.1.1.5.0");
    assertEquals(0, output.code());
    List<String> command = new ArrayList<>(List.of("snmpget"));
    command.addAll(Rig.credentials("admin"));
    command.addAll(
        List.of("-n", "elsewhere", "-r0", "127.0.0.1:" + rig.port, ".1.3.6.1.2.1.1.5.0"));
    assertTrue(
        run(command).text().toLowerCase(Locale.ROOT).contains("context"), run(command).text());
  }

  @Test
  void excessiveBulkRequestGetsAShortAnswer() {
    Tools.Output output =
        rig.as("viewer", "snmpbulkget", "-Cn0", "-Cr10000", LB, LB, LB, LB, LB, LB, LB, LB, LB, LB);
    assertEquals(0, output.code(), output.text());
    assertTrue(output.lines().size() > 20, "lines: " + output.lines().size());
    assertTrue(output.text().length() < 40_000, "characters: " + output.text().length());
  }
}
