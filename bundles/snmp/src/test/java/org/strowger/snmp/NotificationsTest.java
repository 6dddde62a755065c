package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;
import org.strowger.api.Severity;

/** Traps and informs as net-snmp's snmptrapd receives them. */
class NotificationsTest {
  private static final String COLD_START = ".1.3.6.1.6.3.1.1.5.1";
  private static final String WARM_START = ".1.3.6.1.6.3.1.1.5.2";
  private static final String ALARM = Rig.STG + ".2.6";
  private static final String CELL = ALARM + ".1.2.1.1";

  @TempDir Path folder;

  @BeforeEach
  void processIsNew() {
    Tools.require("snmptrapd", "snmptrapd");
    Tools.require("snmp", "snmpget", "snmpbulkwalk");
    System.clearProperty(Agent.STARTED_PROPERTY);
  }

  private String engineId() throws IOException {
    return new EngineStore(folder).start("lab-1").id().toHexString().replace(":", "");
  }

  private static SnmpTarget target(String name, int port, NotificationKind kind) {
    return new SnmpTarget(name, Rig.LOOPBACK, port, kind, "viewer", Duration.ofMillis(500), 1);
  }

  private static Map<String, SnmpTarget> targets(SnmpTarget... all) {
    Map<String, SnmpTarget> targets = new LinkedHashMap<>();
    for (SnmpTarget target : all) {
      targets.put(target.name(), target);
    }
    return targets;
  }

  @Test
  void startOfTheProcessIsColdAndOfTheBundleAloneWarm() throws IOException {
    int port = Rig.freePort();
    try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("r"), port, engineId());
        Rig rig = Rig.start(folder, targets(target("noc", port, NotificationKind.TRAP)))) {
      receiver.await(COLD_START, 1);
      rig.agent().close();
      rig.startAgent();
      receiver.await(WARM_START, 1);
      assertEquals(1, receiver.received(COLD_START).size());
      assertEquals(1, receiver.received(WARM_START).size());
    }
  }

  @Test
  void alarmIsSentBySeverityAndItsClearCarriesTheSameKey() throws IOException {
    int traps = Rig.freePort();
    int informs = Rig.freePort();
    String engine = engineId();
    try (TrapReceiver trapped = TrapReceiver.start(folder.resolve("t"), traps, engine);
        TrapReceiver informed = TrapReceiver.start(folder.resolve("i"), informs, engine);
        Rig rig =
            Rig.start(
                folder,
                targets(
                    target("noc-traps", traps, NotificationKind.TRAP),
                    target("noc-informs", informs, NotificationKind.INFORM)))) {
      Alarm alarm =
          rig.director.raise(
              AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, "connection refused");
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      rig.director.clear(alarm);
      for (TrapReceiver receiver : List.of(trapped, informed)) {
        receiver.await(ALARM + ".0.3", 1);
        receiver.await(ALARM + ".0.5", 1);
        receiver.await(ALARM + ".0.6", 1);
        assertRaise(receiver.received(ALARM + ".0.3").getFirst());
        assertClear(receiver.received(ALARM + ".0.6").getFirst());
      }
      Rig.until(
          () -> column(rig, 5, "noc-informs").equals("Counter32: 4"),
          () -> "acknowledged: " + column(rig, 5, "noc-informs"));
      assertEquals("Counter32: 4", column(rig, 4, "noc-informs"));
      assertEquals("Counter32: 0", column(rig, 6, "noc-informs"));
      assertEquals("Gauge32: 3", column(rig, 2, "noc-traps"));
      assertEquals("Counter32: 4", column(rig, 3, "noc-traps"));
    }
  }

  /** A cell of stgAlmTargetTable. */
  private static String column(Rig rig, int column, String target) {
    StringBuilder oid = new StringBuilder(ALARM + ".1.2.5.1." + column);
    target.chars().forEach(octet -> oid.append('.').append(octet));
    String text = rig.get(oid.toString());
    return text.substring(text.indexOf(" = ") + 3);
  }

  private static void assertRaise(String line) {
    assertBindings(
        line,
        ALARM + ".1.1.9.0 = Gauge32: 1",
        ALARM + ".1.3.1.0 = Gauge32: 1",
        CELL + ".2.1 = Gauge32: 2",
        CELL + ".3.1 = Gauge32: 1",
        CELL + ".4.1 = STRING: \"realDown\"",
        CELL + ".5.1 = STRING: \"pool=web,real=a\"",
        CELL + ".6.1 = OID: " + Rig.STG + ".2.3.1.2.5.1.2.3.119.101.98.1.97",
        CELL + ".7.1 = INTEGER: 2",
        CELL + ".8.1 = INTEGER: 22",
        CELL + ".9.1 = INTEGER: 5",
        CELL + ".18.1 = INTEGER: 2",
        CELL + ".12.1 = Hex-STRING: ",
        CELL + ".13.1 = STRING: \"connection refused\"",
        CELL + ".17.1 = Gauge32: 0");
  }

  private static void assertClear(String line) {
    assertBindings(
        line,
        ALARM + ".1.1.9.0 = Gauge32: 3",
        ALARM + ".1.3.1.0 = Gauge32: 1",
        CELL + ".2.1 = Gauge32: 2",
        CELL + ".3.1 = Gauge32: 1",
        CELL + ".5.1 = STRING: \"pool=web,real=a\"",
        CELL + ".9.1 = INTEGER: 1",
        ALARM + ".1.3.2.0 = INTEGER: 5",
        CELL + ".11.1 = Hex-STRING: ");
  }

  /** All there, in this order, after sysUpTime and snmpTrapOID. */
  private static void assertBindings(String line, String... bindings) {
    assertTrue(line.startsWith(".1.3.6.1.2.1.1.3.0 = Timeticks: "), line);
    int from = 0;
    for (String binding : bindings) {
      int at = line.indexOf("\t" + binding, from);
      assertTrue(at >= 0, binding + " is not, or not there, in " + line);
      from = at + 1;
    }
  }

  /** The recipe of the guide, as a manager runs it. */
  private static List<String> resynchronised(Rig rig) {
    List<String> command = new ArrayList<>();
    command.add("sh");
    command.add(Modules.FOLDER.resolve("nms").resolve("resync.sh").toString());
    command.add("127.0.0.1:" + rig.port);
    command.addAll(Rig.credentials("viewer"));
    Tools.Output output = Tools.run(Map.of(), command);
    assertEquals(0, output.code(), output.text());
    return output.text().lines().toList();
  }

  @Test
  void aManagerThatLostNotificationsNoticesAndItsListIsThatOfTheAgentAfterTheRecipe()
      throws IOException {
    int port = Rig.freePort();
    String engine = engineId();
    try (Rig rig = Rig.start(folder, targets(target("noc", port, NotificationKind.TRAP)))) {
      // Nobody receives yet: all of this is lost.
      Alarm lost =
          rig.director.raise(AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, "refused");
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      rig.director.clear(lost);
      try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("r"), port, engine)) {
        rig.director.tell(
            new DirectorEvent.AlarmNotice(
                DirectorEvent.Notice.HEARTBEAT, rig.director.snapshot().alarms()));
        receiver.await(ALARM + ".0.8", 1);
        assertBindings(
            receiver.received(ALARM + ".0.8").getFirst(), ALARM + ".1.1.9.0 = Gauge32: 3");
        assertEquals(List.of("3", "1.1 3 service=web"), resynchronised(rig));
        rig.director.raise(AlarmType.BUNDLE_FAILED, "bundle=x", Severity.MAJOR, "boom");
        receiver.await(ALARM + ".0.4", 1);
        assertEquals(List.of("4", "1.1 3 service=web", "5.1 4 bundle=x"), resynchronised(rig));
      }
    }
  }

  @Test
  void heartbeatsOfATargetComeByThemselvesAndCanBeSet() throws IOException {
    int port = Rig.freePort();
    SnmpTarget noc = target("noc", port, NotificationKind.TRAP);
    SnmpTarget own =
        new SnmpTarget(
            noc.name(),
            noc.address(),
            port,
            noc.kind(),
            noc.user(),
            noc.timeout(),
            noc.retries(),
            Optional.of(Duration.ofSeconds(1)),
            Optional.empty());
    try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("r"), port, engineId());
        Rig rig = Rig.start(folder, targets(own))) {
      receiver.await(ALARM + ".0.8", 2);
      assertEquals("Gauge32: 1", column(rig, 13, "noc"));
      String object = ALARM + ".1.2.5.1.13.110.111.99";
      assertEquals(0, rig.as("admin", "snmpset", object, "u", "30").code());
      assertEquals("30s", rig.director.alarmKeys().get("management.snmp.targets.noc.heartbeat"));
    }
  }

  @Test
  void theListAsAWholeIsToldAndWhatIsToldOfItCarriesItsNumbers() throws IOException {
    int port = Rig.freePort();
    try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("r"), port, engineId());
        Rig rig = Rig.start(folder, targets(target("noc", port, NotificationKind.INFORM)))) {
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      receiver.await(ALARM + ".0.5", 1);
      for (DirectorEvent.Notice notice : DirectorEvent.Notice.values()) {
        rig.director.tell(new DirectorEvent.AlarmNotice(notice, rig.director.snapshot().alarms()));
        receiver.await(ALARM + ".0." + (7 + notice.code()), 1);
      }
      assertBindings(
          receiver.received(ALARM + ".0.8").getFirst(),
          ALARM + ".1.1.9.0 = Gauge32: 1",
          ALARM + ".1.1.8.0 = Hex-STRING: ",
          ALARM + ".1.1.1.0 = Gauge32: 1",
          ALARM + ".1.1.2.0 = Gauge32: 1");
      assertBindings(
          receiver.received(ALARM + ".0.11").getFirst(),
          ALARM + ".1.1.9.0 = Gauge32: 1",
          ALARM + ".1.1.19.0 = Counter64: 7",
          ALARM + ".1.3.3.0 = Gauge32: 1",
          ALARM + ".1.3.4.0 = Gauge32: 2");
      rig.director.tell(new DirectorEvent.RevisionTakenBack(7, 8, "not confirmed in time"));
      receiver.await(Rig.STG + ".2.8.0.3", 1);
    }
  }

  @Test
  void whatAManagerAsksForIsSentToItAgain() throws IOException {
    int port = Rig.freePort();
    try (TrapReceiver receiver = TrapReceiver.start(folder.resolve("r"), port, engineId());
        Rig rig = Rig.start(folder, targets(target("noc", port, NotificationKind.TRAP)))) {
      Alarm alarm = rig.director.raise(AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, "x");
      rig.director.clear(alarm);
      receiver.await(ALARM + ".0.6", 1);
      String object = ALARM + ".1.2.5.1.12.110.111.99";
      assertEquals(0, rig.as("operator", "snmpset", object, "u", "1").code());
      receiver.await(ALARM + ".0.12", 1);
      assertEquals(2, receiver.received(ALARM + ".0.3").size());
      assertEquals(2, receiver.received(ALARM + ".0.6").size());
    }
  }

  @Test
  void aTargetWhoseTimeoutOrHeartbeatIsChangedKeepsWhatItMissedAndCounted() {
    SnmpTarget dead = target("dead", Rig.freePort(), NotificationKind.INFORM);
    try (Rig rig = Rig.start(folder, targets(dead))) {
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      Rig.until(() -> column(rig, 10, "dead").equals("Gauge32: 1"), () -> column(rig, 10, "dead"));
      SnmpTarget other =
          new SnmpTarget(
              dead.name(),
              dead.address(),
              dead.port(),
              dead.kind(),
              dead.user(),
              Duration.ofMillis(400),
              dead.retries(),
              Optional.of(Duration.ofSeconds(77)),
              Optional.empty());
      rig.director.manage(rig.configured(rig.port, targets(other)));
      Rig.until(() -> column(rig, 13, "dead").equals("Gauge32: 77"), () -> column(rig, 13, "dead"));
      assertEquals("Gauge32: 1", column(rig, 10, "dead"), "what it missed");
      assertEquals("Gauge32: 1", column(rig, 2, "dead"), "what it was sent");
      assertNotEquals("Counter32: 0", column(rig, 6, "dead"), "what it did not acknowledge");
    }
  }

  @Test
  void targetThatDoesNotAcknowledgeIsUnreachable() {
    SnmpTarget dead = target("dead", Rig.freePort(), NotificationKind.INFORM);
    try (Rig rig = Rig.start(folder, targets(dead))) {
      Rig.until(() -> column(rig, 6, "dead").equals("Counter32: 1"), () -> column(rig, 6, "dead"));
      assertEquals("INTEGER: 3", column(rig, 9, "dead"));
      Rig.until(
          () ->
              rig.director.reported("snmp").stream()
                  .anyMatch(c -> c.type() == AlarmType.TRAP_TARGET_UNREACHABLE),
          () -> "reported: " + rig.director.reported("snmp"));
    }
  }

  @Test
  void activeAlarmsStandInTheTableUntilTheyAreCleared() {
    try (Rig rig = Rig.start(folder)) {
      Alarm alarm =
          rig.director.raise(AlarmType.BUNDLE_FAILED, "bundle=relay", Severity.MAJOR, "boom");
      assertEquals(ALARM + ".1.1.1.0 = Gauge32: 1", rig.get(ALARM + ".1.1.1.0"));
      assertEquals(ALARM + ".1.1.3.0 = Gauge32: 1", rig.get(ALARM + ".1.1.3.0"));
      assertEquals(CELL + ".6.1 = OID: .0.0", rig.get(CELL + ".6.1"));
      rig.director.clear(alarm);
      assertEquals(ALARM + ".1.1.1.0 = Gauge32: 0", rig.get(ALARM + ".1.1.1.0"));
      assertEquals(ALARM + ".1.1.9.0 = Gauge32: 2", rig.get(ALARM + ".1.1.9.0"));
      assertTrue(rig.get(CELL + ".6.1").contains("No Such Instance"));
    }
  }
}
