package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.SwitchReason;
import org.strowger.testkit.FailoverSample;
import org.strowger.testkit.SyncSample;

/** Failover as a network manager sees it, and how he moves it. */
class HaTest {
  private static final String HA = Rig.STG + ".2.5.1";
  private static final String REQUEST = HA + ".1.5.0";
  private static final String SWITCH_OVER = "2";
  private static final String FORCE_STANDBY = "3";

  @TempDir Path state;
  private Rig rig;

  @BeforeEach
  void start() {
    Tools.require("snmp", "snmpget", "snmpset");
    rig = Rig.start(state, Map.of());
  }

  @AfterEach
  void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private String set(String user, String request) {
    return rig.as(user, "snmpset", REQUEST, "i", request).text();
  }

  @Test
  void anAdministratorSwitchesOver() {
    assertTrue(set("admin", SWITCH_OVER).contains("INTEGER"), "switch over");
    Rig.until(() -> rig.director.asked.equals(List.of("switch admin")), () -> "asked");
    assertTrue(rig.get(REQUEST).endsWith("INTEGER: 1"), "it reads as none");
  }

  @Test
  void whoIsNoAdministratorMayOnlyLook() {
    assertTrue(set("operator", FORCE_STANDBY).contains("noAccess"), "operator");
    assertTrue(rig.as("viewer", "snmpget", HA + ".1.2.0").text().contains("INTEGER: 1"));
    assertEquals(List.of(), rig.director.asked);
  }

  @Test
  void aDirectorThatIsAloneHasNothingToSwitch() {
    rig.director.failover(FailoverState.ALONE);
    assertTrue(set("admin", SWITCH_OVER).contains("inconsistentValue"));
    assertTrue(set("admin", "9").contains("wrongValue"));
    assertTrue(rig.get(HA + ".1.1.0").endsWith("INTEGER: 1"), "standalone");
    assertEquals(List.of(), rig.director.asked);
  }

  @Test
  void anAddressIsSeenWhereItIsHeld() {
    String row = HA + ".2.2.1.3.4.103.97.116.101.1.4.192.0.2.";
    assertTrue(rig.get(row + "10").endsWith("INTEGER: 1"), rig.get(row + "10"));
    assertTrue(rig.get(row + "11").endsWith("INTEGER: 2"), rig.get(row + "11"));
  }

  @Test
  void whatDirectorsTellEachOtherIsSeen() {
    assertTrue(rig.get(HA + ".3.6.0").endsWith("Gauge32: 0"), "nobody tells anything yet");
    rig.agent().sources().sync().came(new SyncSample());
    assertTrue(rig.get(HA + ".3.6.0").endsWith("Gauge32: 200"), rig.get(HA + ".3.6.0"));
    assertTrue(rig.get(HA + ".3.9.0").contains("not complete"), rig.get(HA + ".3.9.0"));
    String row = ".5.108.97.98.45.50";
    assertTrue(rig.get(HA + ".2.4.1.7" + row).endsWith("INTEGER: 2"), "running");
    assertTrue(rig.get(HA + ".2.4.1.18" + row).endsWith("Counter64: 10"), "bytes");
    assertTrue(rig.get(HA + ".2.4.1.23" + row).endsWith("Gauge32: 9950"), "coverage");
  }

  @Test
  void theStandardModuleShowsTheSame() {
    String vrrp = ".1.3.6.1.2.1.207.1";
    String walk = rig.as("viewer", "snmpbulkwalk", "-Cr40", vrrp).text();
    assertTrue(walk.contains(vrrp + ".1.1.1.6.2.51.1 = INTEGER: 3"), walk); // master
    assertTrue(walk.contains(vrrp + ".1.1.1.9.2.51.1 = INTEGER: 10"), walk); // centiseconds
    assertTrue(walk.contains(vrrp + ".1.1.1.5.2.51.1 = Hex-STRING: 00 00 5E 00 01 33"), walk);
    assertTrue(walk.contains(vrrp + ".1.2.1.2.2.51.1.4.192.0.2.11 = INTEGER: 1"), walk);
    assertTrue(walk.contains(vrrp + ".2.1.0 = Counter64: 6"), walk);
    assertTrue(walk.contains(vrrp + ".2.5.1.2.2.51.1 = INTEGER: 3"), walk); // no response
    assertTrue(walk.contains(vrrp + ".2.5.1.3.2.51.1 = Counter64: 2"), walk);
    assertTrue(!walk.contains("not increasing"), walk);
  }

  @Test
  void eachSwitchIsToldOnceAndInOrder() {
    FailoverState before = FailoverSample.state(FakeDirector.CHANGED);
    HaWatch watch = new HaWatch();
    assertEquals(List.of(), watch.look(before, 1), "what was there is not told");
    List<FailoverState.Switch> switches = new ArrayList<>(before.switches());
    for (long number = 3; number <= 4; number++) {
      switches.addFirst(
          new FailoverState.Switch(
              number,
              FakeDirector.CHANGED,
              "gate",
              DirectorRole.ACTIVE,
              DirectorRole.BACKUP,
              SwitchReason.TRACK,
              Optional.empty(),
              0));
    }
    FailoverState now = new FailoverState(before.instances(), switches, Optional.empty());
    List<Notification> told = watch.look(now, 2);
    assertEquals(2, told.size());
    List<VariableBinding> first = told.getFirst().variables();
    assertEquals(new OID(HA.substring(1) + ".2.3.1.2.3"), first.getFirst().getOid(), "the third");
    assertEquals("11", first.get(4).getVariable().toString(), "track");
    assertEquals(List.of(), watch.look(now, 3));
  }
}
