package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attributes and MIB objects are the same things: their names and OIDs agree. */
class OidsTest {
  private static final Map<String, String> PREFIXES =
      Map.ofEntries(
          Map.entry("Director", "stgLb"),
          Map.entry("Service", "stgLbService"),
          Map.entry("Pool", "stgLbPool"),
          Map.entry("Real", "stgLbReal"),
          Map.entry("Scheduler", "stgLbPlugin"),
          Map.entry("Plane", "stgLbPlane"),
          Map.entry("Vrrp", "stgHaInst"),
          Map.entry("Sync", "stgHaSync"),
          Map.entry("Health", "stgHc"),
          Map.entry("Check", "stgHcCheck"),
          Map.entry("CheckType", "stgLbPlugin"),
          Map.entry("Hook", "stgHcHook"),
          Map.entry("Alarms", "stgAlm"),
          Map.entry("Platform", "stgSys"),
          Map.entry("Performance", "stgPm"),
          Map.entry("Config", "stgCfg"),
          Map.entry("Upgrade", "stgUpg"));

  private static final Map<String, String> OTHERWISE_CALLED =
      Map.ofEntries(
          Map.entry("Scheduler.Kind", "stgLbPluginSchedulerKind"),
          Map.entry("Vrrp.Interface", "stgHaInstDevice"),
          Map.entry("Vrrp.ProtocolVersion", "stgHaInstVersion"),
          Map.entry("Vrrp.WantedPriority", "stgHaInstPriority"),
          Map.entry("Vrrp.Priority", "stgHaInstEffPriority"),
          Map.entry("Director.ChecksOnStandby", "stgHcChecksOnStandby"),
          Map.entry("Director.Role", "stgHcRole"),
          Map.entry("Alarms.ActiveTotal", "stgAlmActiveCount"),
          Map.entry("Alarms.ActiveCritical", "stgAlmCriticalCount"),
          Map.entry("Alarms.ActiveMajor", "stgAlmMajorCount"),
          Map.entry("Alarms.ActiveMinor", "stgAlmMinorCount"),
          Map.entry("Alarms.ActiveWarning", "stgAlmWarningCount"),
          Map.entry("Alarms.ActiveIndeterminate", "stgAlmIndeterminateCount"),
          Map.entry("Alarms.AlarmSequence", "stgAlmLastSequence"),
          Map.entry("Alarms.AlarmsChanged", "stgAlmActiveLastChanged"));

  private final Map<String, String> mib = new HashMap<>();
  private final Set<String> writable = new TreeSet<>();

  @BeforeEach
  void readTheMap() throws IOException {
    Path map = Path.of("..", "..", "mibs", "oid-map.csv");
    Assumptions.assumeTrue(Files.exists(map), "there is no mibs/oid-map.csv to compare with");
    for (String line : Files.readAllLines(map)) {
      String[] cells = line.split(",", -1);
      // Names are indexes of the tables, which cannot be read themselves.
      if (!cells[3].equals("noaccess")) {
        mib.put(cells[0], cells[1]);
      }
      if (cells[0].startsWith("stgLb") && cells[3].equals("readwrite")) {
        writable.add(cells[0]);
      }
    }
  }

  @Test
  void everyAttributeThatIsInTheMibTellsItsOid() {
    compare(DirectorObject.KIND);
    compare(ServiceObject.KIND);
    compare(PoolObject.KIND);
    compare(RealObject.KIND);
    compare(SchedulerObject.KIND);
    compare(PlaneObject.KIND);
    compare(HealthObjects.HEALTH);
    compare(HealthObjects.CHECK);
    compare(HealthObjects.TYPE);
    compare(HealthObjects.HOOK);
    compare(AlarmsObject.KIND);
    compare(ConfigObject.KIND);
    compare(PlatformObject.KIND);
    compare(PerformanceObject.KIND);
    compare(UpgradeObject.KIND);
    compare(VrrpObject.KIND);
    compare(SyncObject.KIND);
  }

  @Test
  void whatSnmpCanWriteJmxCanWriteAndNothingElse() {
    Set<String> attributes = new TreeSet<>();
    for (ObjectKind<?> kind : List.of(ServiceObject.KIND, PoolObject.KIND, RealObject.KIND)) {
      for (Field<?> field : kind.fields()) {
        if (field.write() != null) {
          attributes.add(PREFIXES.get(kind.type()) + field.name());
        }
      }
    }
    assertEquals(writable, attributes);
  }

  private void compare(ObjectKind<?> kind) {
    for (Field<?> field : kind.fields()) {
      String attribute = kind.type() + "." + field.name();
      String object =
          OTHERWISE_CALLED.getOrDefault(
              attribute, PREFIXES.getOrDefault(kind.type(), "") + field.name());
      assertEquals(
          Optional.ofNullable(mib.get(object)),
          Oids.of(kind.type(), field.name()),
          attribute + " is " + object);
    }
  }
}
