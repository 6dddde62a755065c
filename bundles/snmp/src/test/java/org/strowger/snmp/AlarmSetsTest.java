package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;
import org.strowger.api.Revision;

/** SETs of alarms and of confirmed commits, with net-snmp's snmpset. */
class AlarmSetsTest {
  private static final String ALARM = Rig.STG + ".2.6";
  private static final String CONFIRMING = Rig.STG + ".2.8.1.2";

  /** stgAlmShelfTable, and the index of the shelf night. */
  private static final String SHELF = ALARM + ".1.2.4.1.";

  private static final String NIGHT = ".5.110.105.103.104.116";

  @TempDir Path state;
  private Rig rig;

  @BeforeEach
  void start() {
    Tools.require("snmp", "snmpset");
    SnmpTarget noc =
        new SnmpTarget(
            "noc",
            Rig.LOOPBACK,
            Rig.freePort(),
            NotificationKind.TRAP,
            "viewer",
            Duration.ofSeconds(1),
            1);
    rig = Rig.start(state, Map.of("noc", noc));
  }

  @AfterEach
  void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private Tools.Output set(String user, String... bindings) {
    return rig.as(user, "snmpset", bindings);
  }

  private void done(String user, String... bindings) {
    Tools.Output output = set(user, bindings);
    assertEquals(0, output.code(), output.text());
  }

  private void refused(String user, String error, String... bindings) {
    long revision = rig.director.revision();
    Tools.Output output = set(user, bindings);
    assertTrue(output.text().contains(error), error + " is not in " + output.text());
    assertEquals(revision, rig.director.revision(), "nothing was changed");
  }

  @Test
  void profileThrottleHeartbeatAndMaintenanceAreKeysOfTheConfiguration() {
    done(
        "admin",
        Stream.of(
                List.of(ALARM + ".1.2.3.1.9.2.1", "i", "4"),
                List.of(ALARM + ".1.2.3.1.10.2.1", "i", "2"),
                List.of(ALARM + ".1.2.3.1.11.2.1", "u", "1500"),
                List.of(ALARM + ".1.2.3.1.13.2.1", "u", "7"),
                List.of(ALARM + ".1.1.15.0", "u", "30"),
                List.of(ALARM + ".1.1.16.0", "u", "9"),
                List.of(ALARM + ".1.1.22.0", "i", "1"))
            .flatMap(List::stream)
            .toArray(String[]::new));
    Map<String, Object> keys = rig.director.alarmKeys();
    assertEquals("major", keys.get("alarms.profiles.realDown.severity"));
    assertEquals(false, keys.get("alarms.profiles.realDown.enabled"));
    assertEquals("1500ms", keys.get("alarms.profiles.realDown.raiseDelay"));
    assertEquals(7L, keys.get("alarms.profiles.realDown.flapCount"));
    assertEquals("30s", keys.get("alarms.heartbeat"));
    assertEquals(9L, keys.get("alarms.throttle.rate"));
    assertEquals(true, keys.get("director.maintenance"));
    assertEquals(1, rig.director.origins().size(), "one PDU is one change");
  }

  @Test
  void wrongValuesGetTheErrorOfTheStandardAndChangeNothing() {
    refused("admin", "wrongValue", ALARM + ".1.2.3.1.9.2.1", "i", "1"); // cleared
    refused("admin", "wrongType", ALARM + ".1.2.3.1.9.2.1", "u", "4");
    refused("admin", "wrongValue", ALARM + ".1.1.13.0", "u", "99");
    refused("admin", "noCreation", ALARM + ".1.2.3.1.9.2.99", "i", "4");
    refused("admin", "notWritable", ALARM + ".1.1.9.0", "u", "4");
    refused("admin", "wrongLength", SHELF + "4" + NIGHT, "x", "07ea0b");
    refused("admin", "wrongEncoding", SHELF + "5" + NIGHT, "x", "ff");
    refused("operator", "noAccess", ALARM + ".1.2.3.1.9.2.1", "i", "4");
    refused("admin", "wrongValue", ALARM + ".1.1.15.0", "u", "30", ALARM + ".1.1.16.0", "u", "0");
  }

  @Test
  void resyncIsTestAndIncrement() {
    done("operator", ALARM + ".1.1.20.0", "i", "0");
    assertTrue(rig.get(ALARM + ".1.1.20.0").endsWith("INTEGER: 1"), rig.get(ALARM + ".1.1.20.0"));
    refused("operator", "inconsistentValue", ALARM + ".1.1.20.0", "i", "0");
  }

  @Test
  void aShelfIsMadeWrittenAndRemovedByItsRowStatus() {
    done(
        "operator",
        SHELF + "2" + NIGHT,
        "s",
        "realDown",
        SHELF + "3" + NIGHT,
        "s",
        "pool=web,*",
        SHELF + "4" + NIGHT,
        "x",
        "07ea0b17120000002b0100",
        SHELF + "8" + NIGHT,
        "i",
        "4");
    List<Change> changes = rig.director.last().changes();
    KeyPath night = KeyPath.of("alarms", "shelves", "night");
    assertEquals(new Change.Put(night, Map.of()), changes.getFirst(), "the row comes first");
    assertTrue(changes.contains(new Change.Put(night.child("type"), "realDown")));
    assertTrue(changes.contains(new Change.Put(night.child("resource"), "pool=web,*")));
    assertTrue(
        changes.contains(new Change.Put(night.child("until"), "2026-11-23T18:00+01:00")),
        changes::toString);
    rig.director.shelve(
        new AlarmShelf(
            "night", Optional.of(AlarmType.REAL_DOWN), "*", Optional.empty(), "new rack"));
    assertTrue(rig.get(SHELF + "5" + NIGHT).contains("new rack"));
    assertTrue(rig.get(SHELF + "4" + NIGHT).contains("00 00 00 00 00 00 00 00"));
    refused("operator", "inconsistentValue", SHELF + "8" + NIGHT, "i", "4");
    refused("operator", "wrongValue", SHELF + "8" + NIGHT, "i", "5");
    done("operator", SHELF + "2" + NIGHT, "s", "");
    assertEquals(List.of(new Change.Remove(night.child("type"))), rig.director.last().changes());
    done("operator", SHELF + "8" + NIGHT, "i", "6");
    assertTrue(rig.get(SHELF + "8" + NIGHT).contains("No Such Instance"));
  }

  @Test
  void aSetWithATimeoutIsAConfirmedCommitAndItsCommentIsKept() {
    String weight = Rig.STG + ".2.3.1.2.5.1.9.3.119.101.98.1.97";
    done(
        "operator",
        weight,
        "u",
        "9",
        CONFIRMING + ".7.0",
        "u",
        "300",
        CONFIRMING + ".8.0",
        "s",
        "try");
    assertEquals(Optional.of(Duration.ofMinutes(5)), rig.director.last().confirm());
    assertEquals("try", rig.director.last().comment());
    assertEquals(1, rig.director.last().changes().size());
    rig.director.pend(new Revision.Pending(7, 6, Instant.now().plusSeconds(300), "anna"));
    assertTrue(rig.get(CONFIRMING + ".1.0").endsWith("INTEGER: 1"));
    assertTrue(rig.get(CONFIRMING + ".2.0").endsWith("Gauge32: 7"));
    assertTrue(rig.get(CONFIRMING + ".5.0").contains("anna"));
    refused("operator", "inconsistentValue", CONFIRMING + ".6.0", "u", "8");
    done("operator", CONFIRMING + ".6.0", "u", "7");
    assertTrue(rig.get(CONFIRMING + ".1.0").endsWith("INTEGER: 2"));
    refused("operator", "noAccess", Rig.STG + ".2.8.1.3.1.0", "u", "1");
    refused("admin", "inconsistentValue", Rig.STG + ".2.8.1.3.1.0", "u", "4000000");
  }

  @Test
  void whatIsRefusedIsAuditedWithUserObjectAndReason() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger audit = (Logger) LoggerFactory.getLogger("audit");
    lines.start();
    audit.setLevel(Level.INFO);
    audit.addAppender(lines);
    try {
      refused("admin", "wrongValue", ALARM + ".1.1.16.0", "u", "0");
      refused("operator", "noAccess", ALARM + ".1.1.16.0", "u", "5");
      refused("viewer", "authorizationError", ALARM + ".1.1.16.0", "u", "5");
      Rig.until(() -> lines.list.size() >= 3, () -> "audited: " + lines.list);
      List<String> written =
          lines.list.stream()
              .map(line -> line.getKeyValuePairs().toString().replaceAll("[0-9.]+:[0-9]+", "ADDR"))
              .toList();
      for (String part : Arrays.asList("user=\"admin\"", "why=\"Wrong value\"", "2.6.1.1.16.0")) {
        assertTrue(written.getFirst().contains(part), part + " is not in " + written);
      }
      assertTrue(written.get(1).contains("operator"), written::toString);
      assertTrue(written.get(2).contains("viewer"), written::toString);
    } finally {
      audit.detachAppender(lines);
      audit.setLevel(null);
    }
  }
}
