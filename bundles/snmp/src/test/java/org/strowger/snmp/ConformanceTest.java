package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.smi.OID;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;
import org.strowger.api.Revision;
import org.strowger.api.Severity;
import org.strowger.testkit.SyncSample;

/** A running agent against our modules, object by object, with net-snmp's tools. */
class ConformanceTest {
  @TempDir static Path state;
  private static Modules modules;
  private static Map<String, Modules.Subject> subjects;
  private static Rig rig;

  /**
   * What a walk by an administrator found: instance, and type and value as net-snmp writes them.
   */
  private static final Map<OID, String> walked = new HashMap<>();

  @BeforeAll
  static void walk() {
    Tools.require("snmp", "snmpget", "snmpset", "snmpbulkwalk");
    modules = Modules.require();
    subjects = modules.subjects();
    SnmpTarget target =
        new SnmpTarget(
            "noc",
            Rig.LOOPBACK,
            Rig.freePort(),
            NotificationKind.TRAP,
            "viewer",
            Duration.ofSeconds(1),
            1);
    rig = Rig.start(state, Map.of("noc", target));
    rig.agent().sources().sync().came(new SyncSample());
    rig.director.raise(AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, "refused");
    rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "down");
    rig.director.shelve(
        new AlarmShelf(
            "night", Optional.of(AlarmType.REAL_DOWN), "pool=web,*", Optional.empty(), "rack"));
    rig.director.pend(new Revision.Pending(7, 6, Instant.now().plusSeconds(300), "anna"));
    String text = rig.as("admin", "snmpbulkwalk", "-Cr50", Rig.STG).text();
    for (String line : text.split("\n(?=\\.)", -1)) {
      int equals = line.indexOf(" = ");
      if (equals > 0 && !line.contains("No more variables")) {
        walked.put(new OID(line.substring(1, equals)), line.substring(equals + 3).strip());
      }
    }
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private static Modules.Subject subjectOf(OID instance) {
    return subjects.values().stream()
        .filter(subject -> instance.startsWith(subject.oid()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(instance + " is served but not in a module"));
  }

  @Test
  void everyReadableObjectIsServedAndNothingElse() {
    Set<String> served =
        walked.keySet().stream()
            .map(instance -> subjectOf(instance).name())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> readable =
        subjects.values().stream()
            .filter(subject -> subject.access().startsWith("read"))
            .map(Modules.Subject::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(readable, served);
    assertTrue(served.size() > 100, "objects: " + served.size());
  }

  @Test
  void everyValueHasTheTypeAndRangeOfItsObject() {
    List<String> wrong = new ArrayList<>();
    walked.forEach(
        (instance, text) -> {
          Modules.Subject subject = subjectOf(instance);
          if (!fits(subject, text)) {
            wrong.add(subject.name() + " " + instance + " = " + text);
          }
        });
    assertEquals(List.of(), wrong);
  }

  private static boolean fits(Modules.Subject subject, String text) {
    Modules.Syntax syntax = subject.syntax();
    if (text.equals("\"\"")) {
      return syntax.base().equals("OctetString") && inRange(syntax, 0);
    }
    String type = text.substring(0, Math.max(0, text.indexOf(": ")));
    String value = text.substring(text.indexOf(": ") + 2);
    return switch (syntax.base()) {
      case "Counter64" -> type.equals("Counter64");
      case "Counter32" -> type.equals("Counter32");
      case "Gauge32", "Unsigned32" ->
          type.equals("Gauge32") && inRange(syntax, Long.parseLong(value));
      case "Integer32" -> type.equals("INTEGER") && inRange(syntax, Long.parseLong(value));
      case "TimeTicks" -> type.equals("Timeticks");
      case "Enumeration" ->
          type.equals("INTEGER") && syntax.labels().containsKey(Integer.valueOf(value));
      case "ObjectIdentifier" -> type.equals("OID");
      case "OctetString" ->
          switch (type) {
            case "STRING" -> inRange(syntax, value.length() - 2);
            case "Hex-STRING" -> inRange(syntax, value.strip().split("\\s+", -1).length);
            default -> false;
          };
      default -> throw new AssertionError(subject.name() + " has base type " + syntax.base());
    };
  }

  private static boolean inRange(Modules.Syntax syntax, long value) {
    return syntax.ranges().isEmpty()
        || syntax.ranges().stream().anyMatch(range -> range[0] <= value && value <= range[1]);
  }

  @Test
  void whatIsNotAccessibleIsNotServed() {
    for (Modules.Subject subject : subjects.values()) {
      if (!subject.access().startsWith("read")) {
        String answer = rig.get(subject.oid() + ".0");
        assertTrue(answer.contains("No Such Object"), subject.name() + ": " + answer);
      }
    }
  }

  @Test
  void absentInstanceOfEveryObjectIsTold() {
    for (Modules.Subject subject : subjects.values()) {
      if (subject.access().startsWith("read")) {
        String answer = rig.get(subject.oid() + ".77.1");
        assertTrue(answer.contains("No Such Instance"), subject.name() + ": " + answer);
      }
    }
  }

  @Test
  void onlyWhatIsReadWriteCanBeWritten() {
    Set<String> writable = new TreeSet<>();
    Set<String> tried = new TreeSet<>();
    walked.forEach(
        (instance, text) -> {
          Modules.Subject subject = subjectOf(instance);
          if (tried.add(subject.name())) {
            Tools.Output set =
                rig.as(
                    "admin",
                    "snmpset",
                    instance.toString(),
                    type(text),
                    value(subject, type(text)));
            if (set.code() == 0) {
              writable.add(subject.name());
            } else {
              assertTrue(set.text().contains("notWritable"), subject.name() + set.text());
            }
          }
        });
    Set<String> readWrite =
        subjects.values().stream()
            .filter(subject -> subject.access().matches("readwrite|readcreate"))
            .map(Modules.Subject::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(readWrite, writable);
  }

  @Test
  void theStandardAlarmModulesShowTheSameList() {
    String active = rig.as("viewer", "snmpbulkwalk", ".1.3.6.1.2.1.118.1.2").text();
    assertTrue(active.contains("STRING: \"refused\""), active);
    assertTrue(active.contains("STRING: \"down\""), active);
    assertTrue(active.contains("OID: .1.3.6.1.4.1.32473.2.6.0.3"), active); // stgAlmMinor
    // realDown, minor: the row of the model, and that of ITU-ALARM-MIB which it points to.
    String model = ".1.3.6.1.2.1.118.1.1.2.1.7.0.2001.4";
    assertTrue(rig.get(model).endsWith("OID: .1.3.6.1.2.1.121.1.1.1.1.2.0.2001.5"), rig.get(model));
    assertTrue(rig.get(".1.3.6.1.2.1.121.1.1.1.1.3.0.2001.5").endsWith("INTEGER: 22"));
    assertTrue(rig.get(".1.3.6.1.2.1.121.1.2.2.1.2.0").endsWith("Gauge32: 1"), "critical now");
    assertTrue(rig.get(".1.3.6.1.2.1.118.1.2.4.1.1.0").endsWith("Gauge32: 2"), "active now");
    String walk = rig.as("viewer", "snmpbulkwalk", "-Cr40", ".1.3.6.1.2.1.121").text();
    assertTrue(walk.contains("Check the real server and the path to it."), walk);
    String end = rig.as("viewer", "snmpbulkwalk", "-Cr40", ".1.3.6.1.2.1.118").text();
    assertTrue(!end.contains("not increasing"), end);
  }

  private static String type(String text) {
    return text.startsWith("INTEGER")
        ? "i"
        : (text.startsWith("\"") || text.contains("STRING")) ? "x" : "u";
  }

  /** One that the object takes, where 1 is none. */
  private static String value(Modules.Subject subject, String type) {
    return switch (subject.name()) {
      case "stgAlmHistorySize" -> "500";
      case "stgAlmTypeSeverity", "stgPmThresholdSeverity" -> "4";
      case "stgAlmResyncRequest" -> "0";
      case "stgCfgConfirm" -> "7";
      case "stgAlmShelfUntil" -> "0000000000000000";
      default -> type.equals("x") ? "2a" : "1";
    };
  }

  @Test
  void objectsAreReadAndWrittenByTheirNames() {
    assertEquals(0, named("snmpset", "STROWGER-LB-MIB::stgLbRealWeight.\"web\".\"b\"", "=", "12"));
    assertEquals(12, rig.director.real("web", "b").weight());
    assertEquals(
        0, named("snmpset", "STROWGER-LB-MIB::stgLbRealAdminState.\"web\".\"b\"", "=", "drain"));
    assertEquals("drain", rig.director.real("web", "b").adminState().word());
  }

  private static int named(String tool, String... arguments) {
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(Rig.credentials("operator"));
    command.addAll(List.of("-M", modules.netSnmpPath(), "-m", String.join(":", Modules.NAMES)));
    command.add("127.0.0.1:" + rig.port);
    command.addAll(List.of(arguments));
    Tools.Output output = Tools.run(Map.of(), command);
    assertEquals("", output.code() == 0 ? "" : output.text());
    return output.code();
  }

  @Test
  void viewsShownAreTheViewsThatDecide() {
    String walk = rig.as("admin", "snmpbulkwalk", ".1.3.6.1.6.3.16.1.5.2.1.4").text();
    for (View view : View.values()) {
      for (OID subtree : view.included()) {
        assertTrue(walk.contains(family(view, subtree) + " = INTEGER: 1"), walk);
        assertTrue(view.allows(Oids.below(subtree, 9)));
      }
      for (OID subtree : view.excluded()) {
        assertTrue(walk.contains(family(view, subtree) + " = INTEGER: 2"), walk);
        assertTrue(!view.allows(Oids.below(subtree, 9)));
      }
    }
  }

  private static String family(View view, OID subtree) {
    return ".1.3.6.1.6.3.16.1.5.2.1.4."
        + Smi.nameIndex(view.viewName())
        + "."
        + subtree.toSubIndex(false);
  }
}
