package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.UpgradeState;

/** The in-service upgrade driven by net-snmp's snmpset. */
class UpgradeSetsTest {
  private static final String UPGRADE = Rig.STG + ".2.7.1";
  private static final String STATE = UPGRADE + ".1.1.0";
  private static final String ACTION = UPGRADE + ".2.1.0";
  private static final String ACTIVATE = "3";
  private static final String COMMIT = "4";

  @TempDir Path state;
  private Rig rig;

  @BeforeEach
  void start() {
    Tools.require("snmp", "snmpset", "snmpget");
    rig = Rig.start(state, Map.of());
  }

  @AfterEach
  void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private String set(String user, String action) {
    return rig.as(user, "snmpset", ACTION, "i", action).text();
  }

  @Test
  void anAdministratorActivatesAndCommits() {
    assertTrue(set("admin", ACTIVATE).contains("INTEGER"), "activate");
    Rig.until(() -> rig.upgrade.state == UpgradeState.TRIAL, () -> "trial");
    assertTrue(rig.get(STATE).endsWith("INTEGER: 6"), rig.get(STATE));
    assertTrue(rig.get(UPGRADE + ".1.11.0").endsWith("Gauge32: 600"));
    assertTrue(set("admin", COMMIT).contains("INTEGER"), "commit");
    Rig.until(() -> rig.upgrade.state == UpgradeState.COMMITTED, () -> "committed");
    assertEquals(List.of("admin Activate", "admin Commit"), rig.upgrade.requests);
  }

  @Test
  void whoIsNoAdministratorMayOnlyLook() {
    assertTrue(set("operator", ACTIVATE).contains("noAccess"), "operator");
    assertTrue(set("viewer", ACTIVATE).contains("Reason"), "viewer");
    assertTrue(rig.as("viewer", "snmpget", STATE).text().contains("INTEGER: 3"));
    assertEquals(List.of(), rig.upgrade.requests);
  }

  @Test
  void whatTheStateDoesNotAllowIsInconsistentAndAsksNothing() {
    assertTrue(set("admin", COMMIT).contains("inconsistentValue"), "nothing is on trial");
    assertTrue(set("admin", "9").contains("wrongValue"), "no such action");
    assertEquals(List.of(), rig.upgrade.requests);
  }
}
