package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.AlarmType;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpCommunity;
import org.strowger.api.Prefix;

/** Version 2c for those who have nothing else: read-only, from where it may be, off by default. */
class CommunityTest {
  private static final String SECRET = "said-in-the-clear";
  private static final String NAME = ".1.3.6.1.2.1.1.5.0";
  private static final String WEIGHT = Rig.STG + ".2.3.1.2.5.1.9.3.119.101.98.1.97";
  private static final String BAD_COMMUNITIES = ".1.3.6.1.2.1.11.4.0";

  @TempDir static Path state;
  private static Rig rig;

  @BeforeAll
  static void start() {
    Tools.require("snmp", "snmpget", "snmpset", "snmpbulkwalk");
    rig = Rig.start(state);
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private static void communities(String... names) {
    Snmp plain = rig.configured(rig.port, Map.of());
    Map<String, SnmpCommunity> all = new LinkedHashMap<>();
    for (String name : names) {
      List<Prefix> here = List.of(Prefix.parse("127.0.0.1/32").orElseThrow());
      all.put(name, new SnmpCommunity(name, Path.of(name + ".community"), here));
    }
    rig.director.manage(
        new Snmp(
            plain.address(),
            plain.port(),
            plain.users(),
            plain.targets(),
            false,
            Optional.empty(),
            all,
            true));
  }

  private static Tools.Output by(String version, String tool, String... arguments) {
    List<String> command = new ArrayList<>(List.of(tool, version, "-c"));
    command.addAll(List.of(arguments).subList(0, 1));
    command.addAll(List.of("-On", "-Oe", "-r2", "-t10"));
    int options = 1;
    while (arguments[options].startsWith("-")) {
      command.add(arguments[options++]);
    }
    command.add("127.0.0.1:" + rig.port);
    command.addAll(List.of(arguments).subList(options, arguments.length));
    return Tools.run(Map.of("MIBS", ""), command);
  }

  /** One who is not to be answered waits a second only. */
  private static boolean isAnswered(String version, String community, String... options) {
    List<String> words = new ArrayList<>(List.of(community, "-t1", "-r0"));
    words.addAll(List.of(options));
    words.add(NAME);
    return by(version, "snmpget", words.toArray(String[]::new)).code() == 0;
  }

  private static long badCommunities() {
    String answer = rig.get(BAD_COMMUNITIES);
    return Long.parseLong(answer.substring(answer.lastIndexOf(' ') + 1));
  }

  @Test
  void oneWhoSaysItFromWhereHeMayReadsAndNothingElse() {
    rig.writePassphrase("lab.community", SECRET);
    communities("lab");
    Rig.until(() -> isAnswered("-v2c", SECRET), () -> by("-v2c", "snmpget", SECRET, NAME).text());
    Tools.Output walk = by("-v2c", "snmpbulkwalk", SECRET, "-Cr25", Rig.STG + ".2.3.1.2.5");
    assertEquals(0, walk.code(), walk.text());
    assertTrue(walk.lines().size() > 10, walk.text());
    int weight = rig.director.real("web", "a").weight();
    Tools.Output set = by("-v2c", "snmpset", SECRET, WEIGHT, "u", "7");
    assertTrue(set.text().contains("authorizationError"), set.text());
    assertEquals(weight, rig.director.real("web", "a").weight());
    String group = ".1.3.6.1.6.3.16.1.2.1.3.2.3.108.97.98";
    assertTrue(rig.get(group).endsWith("\"viewer\""), rig.get(group));
    String row = ".1.3.6.1.6.3.18.1.1.1";
    assertTrue(rig.get(row + ".3.108.97.98").endsWith("\"lab\""));
    assertFalse(rig.as("admin", "snmpbulkwalk", row).text().contains(SECRET), "it is not shown");
    assertTrue(rig.as("viewer", "snmpget", row + ".3.108.97.98").text().contains("No Such"));
    long before = badCommunities();
    assertFalse(isAnswered("-v2c", "another"));
    assertFalse(isAnswered("-v2c", SECRET, "--clientaddr=127.0.0.2"), "not from there");
    Rig.until(() -> badCommunities() >= before + 2, () -> "counted: " + badCommunities());
    assertFalse(isAnswered("-v1", SECRET), "version 1");
    communities();
    Rig.until(() -> !isAnswered("-v2c", SECRET), () -> "it is still answered");
  }

  @Test
  void whoIsRefusedIsToldToTargetsWhereThatIsWanted() {
    communities();
    String enabled = ".1.3.6.1.2.1.11.30.0";
    Rig.until(() -> rig.get(enabled).endsWith("INTEGER: 1"), () -> rig.get(enabled));
    String logged = ".1.3.6.1.2.1.92.1.3.1.1.9";
    Rig.until(
        () -> {
          List<String> wrong = new ArrayList<>(List.of("snmpget", "-v3", "-l", "authPriv"));
          wrong.addAll(List.of("-u", "nobody", "-a", "SHA-256", "-A", "not-the-right-one"));
          wrong.addAll(List.of("-x", "AES-128", "-X", "not-the-right-one", "-r0", "-t1"));
          wrong.addAll(List.of("127.0.0.1:" + rig.port, NAME));
          Tools.run(Map.of("MIBS", ""), wrong);
          return rig.as("admin", "snmpbulkwalk", logged).text().contains(".1.3.6.1.6.3.1.1.5.5");
        },
        () -> rig.as("admin", "snmpbulkwalk", logged).text());
    assertEquals(0, rig.as("admin", "snmpset", enabled, "i", "2").code());
    assertEquals(false, rig.director.alarmKeys().get("management.snmp.authenticationTraps"));
  }

  @Test
  void oneWithoutItsFileDoesNotExistAndThatIsAnAlarm() {
    communities("missing");
    Rig.until(
        () ->
            rig.director.reported("snmp").stream()
                .anyMatch(
                    each ->
                        each.type() == AlarmType.SECRET_MISSING
                            && each.resource().equals("community=missing,of=snmp")),
        () -> rig.director.reported("snmp").toString());
    assertFalse(isAnswered("-v2c", "missing"));
    communities();
  }
}
