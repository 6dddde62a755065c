package org.strowger.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.SyncSample;

/** The words about failover, over the socket as an operator types them. */
class SwitchingTest {
  @TempDir private Path state;
  private ShellLab lab;

  @BeforeEach
  void start() {
    lab = new ShellLab(state);
  }

  @AfterEach
  void stop() throws Exception {
    lab.close();
  }

  @Test
  void eachWordIsCarriedOutAndSaysWhatHoldsFromNowOn() throws Exception {
    lab.director.standForOthers();
    assertTrue(lab.cli("failover", "switch").out().contains("handed over"));
    assertTrue(lab.cli("failover", "force-standby", "gate").out().contains("failover release"));
    assertTrue(lab.cli("failover", "release").out().contains("takes part again"));
    assertEquals(List.of("switch ", "force-standby gate", "release "), lab.director.words());
  }

  @Test
  void whatCannotBeDoneIsRefusedAndWhatIsNotUnderstoodAsksNothing() throws Exception {
    ShellLab.Run alone = lab.cli("failover", "switch");
    assertEquals(1, alone.exit());
    assertTrue(alone.err().contains("this director is alone"), alone.err());
    lab.director.standForOthers();
    ShellLab.Run unknown = lab.cli("failover", "fly");
    assertEquals(2, unknown.exit());
    assertTrue(unknown.err().contains("'fly': expected"), unknown.err());
    assertEquals(List.of(), lab.director.words());
  }

  @Test
  void whatDirectorsTellEachOtherIsShown() throws Exception {
    lab.sync(new SyncSample());
    String all = lab.cli("show", "sync").out();
    assertTrue(all.contains("200 connections here, 40 of others"), all);
    assertTrue(all.contains("not up to date: the copy from director lab-2"), all);
    assertTrue(all.contains("lab-2") && all.contains("9950"), all);
    String one = lab.cli("show", "sync", "lab-2").out();
    assertTrue(one.lines().anyMatch(line -> line.matches("\\s*peerRefused\\s+6")), one);
    assertTrue(lab.cli("show", "sync", "lab-3").err().contains("lab-2"), "who there is");
  }

  @Test
  void instancesAndSwitchesAreShown() throws Exception {
    lab.director.standForOthers();
    String all = lab.cli("show", "vrrp").out();
    assertTrue(all.contains("gate") && all.contains("192.0.2.2 fell silent"), all);
    String one = lab.cli("show", "vrrp", "gate").out();
    assertTrue(one.contains("signatureErrors") && one.contains("uplink"), one);
    String moved = lab.cli("show", "switches").out();
    assertTrue(moved.contains("peerLost"), moved);
  }
}
