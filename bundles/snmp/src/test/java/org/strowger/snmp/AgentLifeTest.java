package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, change, restart and end of the agent. */
class AgentLifeTest {
  private static final String ENGINE_ID = ".1.3.6.1.6.3.10.2.1.1.0";
  private static final String BOOTS = ".1.3.6.1.6.3.10.2.1.2.0";
  private static final String NAME = ".1.3.6.1.2.1.1.5.0";
  private static final String WEIGHT = Rig.STG + ".2.3.1.2.5.1.9.3.119.101.98.1.97";

  @TempDir Path state;

  @BeforeEach
  void toolsAreThere() {
    Tools.require("snmp", "snmpget", "snmpset", "snmpbulkwalk");
  }

  private static int number(String answer) {
    return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
  }

  @Test
  void restartKeepsTheEngineAndCountsTheBoot() {
    try (Rig rig = Rig.start(state)) {
      String engine = rig.get(ENGINE_ID);
      int boots = number(rig.get(BOOTS));
      for (int i = 1; i <= 3; i++) {
        rig.agent().close();
        rig.startAgent();
        assertEquals(engine, rig.get(ENGINE_ID));
        assertEquals(boots + i, number(rig.get(BOOTS)));
      }
    }
  }

  @Test
  void closedAgentLeavesNoThreadAndNoSocket() throws IOException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Rig rig = Rig.start(state);
    assertEquals(0, rig.as("viewer", "snmpget", NAME).code());
    rig.close();
    new DatagramSocket(rig.port, Rig.LOOPBACK).close();
    Rig.until(() -> left(before).isEmpty(), () -> "threads are left: " + left(before));
  }

  private static Set<String> left(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("snmp") || name.contains("UDP") || name.contains("Timer"))
        .collect(Collectors.toSet());
  }

  @Test
  void portInUseIsOneSentenceAndIsTakenWhenItIsFree() throws IOException {
    try (Rig rig = Rig.start(state)) {
      int taken;
      try (DatagramSocket other = new DatagramSocket(0, Rig.LOOPBACK)) {
        taken = other.getLocalPort();
        rig.director.manage(rig.configured(taken, Map.of()));
        String sentence = "failed: SNMP: UDP port " + taken + " on 127.0.0.1 is in use";
        Rig.until(() -> rig.agent().report().equals(sentence), () -> rig.agent().report());
      }
      Rig.until(() -> rig.agent().report().startsWith("SNMP:"), () -> rig.agent().report());
    }
  }

  @Test
  void portChangesWhileTheAgentRunsAndTheEngineStays() {
    try (Rig rig = Rig.start(state)) {
      String boots = rig.get(BOOTS);
      int other = Rig.freePort();
      rig.director.manage(rig.configured(other, Map.of()));
      Rig.until(() -> rig.agent().report().contains("port " + other), () -> rig.agent().report());
      List<String> command = new ArrayList<>(List.of("snmpget"));
      command.addAll(Rig.credentials("viewer"));
      command.addAll(List.of("-On", "127.0.0.1:" + other, BOOTS));
      assertEquals(boots, Tools.run(Map.of("MIBS", ""), command).text().strip());
    }
  }

  @Test
  void agentIsSilentWhereNoneIsConfigured() throws IOException {
    try (Rig rig = Rig.start(state)) {
      rig.director.manageNothing();
      Rig.until(
          () -> rig.agent().report().equals("SNMP: not configured"), () -> rig.agent().report());
      new DatagramSocket(rig.port, Rig.LOOPBACK).close();
      rig.director.manage(rig.configured(rig.port, Map.of()));
      Rig.until(() -> rig.agent().report().contains("UDP port"), () -> rig.agent().report());
      assertEquals(0, rig.as("viewer", "snmpget", NAME).code());
    }
  }

  @Test
  void passphraseFileIsReadAgainWhenItChanges() {
    try (Rig rig = Rig.start(state)) {
      assertEquals(0, rig.as("viewer", "snmpget", NAME).code());
      rig.writePassphrase("viewer.auth", "another-secret");
      Rig.until(
          () -> rig.as("viewer", "snmpget", NAME).text().contains("Authentication failure"),
          () -> "the old key still works");
      rig.writePassphrase("viewer.auth", "viewer-auth-secret");
      Rig.until(() -> rig.as("viewer", "snmpget", NAME).code() == 0, () -> "the key is not back");
    }
  }

  @Test
  void userWithMissingOpenOrShortPassphraseDoesNotExist() throws IOException {
    try (Rig rig = Rig.start(state)) {
      Files.delete(state.resolve("viewer.auth"));
      Files.setPosixFilePermissions(
          state.resolve("operator.priv"), PosixFilePermissions.fromString("rw-r-----"));
      rig.writePassphrase("admin.auth", "short");
      Rig.until(() -> rig.agent().report().contains("0 of 3 users"), () -> rig.agent().report());
      assertTrue(
          rig.as("viewer", "snmpget", NAME).text().contains("Unknown user name"),
          rig.as("viewer", "snmpget", NAME).text());
    }
  }

  @Test
  void absentDirectorLeavesTheLastSnapshotReadableAndRefusesChanges() {
    try (Rig rig = Rig.start(state)) {
      String before = rig.get(WEIGHT);
      rig.agent().detach(rig.director);
      assertEquals(before, rig.get(WEIGHT));
      Tools.Output set = rig.as("admin", "snmpset", WEIGHT, "u", "5");
      assertTrue(set.text().contains("resourceUnavailable"), set.text());
      rig.agent().attach(rig.director);
      assertEquals(0, rig.as("admin", "snmpset", WEIGHT, "u", "5").code());
      assertFalse(rig.get(WEIGHT).equals(before));
    }
  }
}
