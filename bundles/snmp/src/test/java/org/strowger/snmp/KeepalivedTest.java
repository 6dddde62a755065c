package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;
import org.strowger.api.RealServerId;

/** What a manager made for keepalived sees, and that it sees nothing unless it is configured. */
class KeepalivedTest {
  private static final String CHECK = ".1.3.6.1.4.1.9586.100.5.3";
  private static final String VIRTUAL = CHECK + ".3.1";
  private static final String REAL = CHECK + ".4.1";
  private static final String REAL_CHANGED = CHECK + ".5.0.1";

  @TempDir Path folder;
  private Rig rig;
  private int traps;

  @BeforeEach
  void start() {
    Tools.require("snmp", "snmpget", "snmpbulkwalk");
    traps = Rig.freePort();
    rig = Rig.start(folder, targets());
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private Map<String, SnmpTarget> targets() {
    return Map.of(
        "noc",
        new SnmpTarget(
            "noc", Rig.LOOPBACK, traps, NotificationKind.TRAP, "viewer", Duration.ofSeconds(1), 1));
  }

  private void show() {
    Snmp plain = rig.configured(rig.port, targets());
    rig.director.manage(
        new Snmp(
            plain.address(), plain.port(), plain.users(), plain.targets(), true, Optional.empty()));
  }

  private String value(String oid) {
    String answer = rig.get(oid);
    return answer.substring(answer.indexOf(" = ") + 3);
  }

  @Test
  void nothingIsShownUnlessItIsConfigured() {
    assertTrue(value(VIRTUAL + ".11.1").contains("No Such Instance"));
    String walk = rig.as("viewer", "snmpbulkwalk", ".1.3.6.1.4.1.9586").text();
    assertTrue(!walk.contains("= INTEGER"), walk);
  }

  @Test
  void virtualAndRealServersAreShownAsKeepalivedDoes() {
    show();
    assertEquals("STRING: \"web\"", value(VIRTUAL + ".71.1"));
    assertEquals("INTEGER: 1", value(VIRTUAL + ".11.1"), "alive");
    assertEquals("INTEGER: 4", value(VIRTUAL + ".9.1"), "wlc");
    assertEquals("Gauge32: 3", value(VIRTUAL + ".21.1"));
    assertEquals("Counter64: 5000000000", value(VIRTUAL + ".38.1"));
    assertEquals("INTEGER: 2", value(REAL + ".6.1.1"), "dead");
    assertEquals("STRING: \"b\"", value(REAL + ".55.1.2"));
    assertEquals("Gauge32: 9002", value(REAL + ".5.1.2"));
    assertEquals("Counter64: 17", value(REAL + ".27.1.1"));
    List<String> lines = rig.as("viewer", "snmpbulkwalk", "-Cr25", CHECK).lines();
    assertEquals(25 * 2 + 17 * 4, lines.size(), String.join("\n", lines));
  }

  private static Optional<String> came(TrapReceiver receiver) {
    return receiver.received(REAL_CHANGED).stream()
        .filter(told -> told.contains(REAL + ".6.1.1 = INTEGER: 1\t"))
        .findFirst();
  }

  @Test
  void realServerThatComesBackIsTold() {
    Tools.require("snmptrapd", "snmptrapd");
    show();
    String engine = value(".1.3.6.1.6.3.10.2.1.1.0").replaceAll("Hex-STRING:|\\s", "");
    try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("t"), traps, engine)) {
      RealServerId a = new RealServerId("web", "a");
      AtomicBoolean up = new AtomicBoolean();
      // It comes and goes until the agent, which tells no first look, has seen both.
      Rig.until(
          () -> {
            rig.director.answers(a, up.getAndSet(!up.get()));
            return came(receiver).isPresent();
          },
          receiver::text);
      String told = came(receiver).orElseThrow();
      assertTrue(told.contains(VIRTUAL + ".20.1 = Gauge32: 3\t"), told);
      assertTrue(told.contains(".1.3.6.1.4.1.9586.100.5.1.2.0 = STRING: \"lab-1\"\t"), told);
    }
  }
}
