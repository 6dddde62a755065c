package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmType;

/** What managers are given beside the modules: made from the code, or checked against it. */
class ReferenceTest {
  private static final Path CATALOGUE = Modules.FOLDER.resolve("alarm-catalogue.csv");
  private static final Path NMS = Modules.FOLDER.resolve("nms");
  private static final Pattern OURS = Pattern.compile("1\\.3\\.6\\.1\\.4\\.1\\.32473[.0-9]*[0-9]");
  private static final Pattern NAME = Pattern.compile("\\bstg[A-Z][A-Za-z0-9]+");

  @Test
  void alarmCatalogueIsWhatTheCodeSays() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "major,minor,name,severity,eventType,probableCause,raiseDelaySeconds,clearDelaySeconds,"
            + "repair");
    for (AlarmType type : AlarmType.values()) {
      AlarmProfile profile = type.defaultProfile();
      lines.add(
          "%d,%d,%s,%s,%d,%d,%d,%d,\"%s\""
              .formatted(
                  type.major(),
                  type.minor(),
                  type.word(),
                  type.defaultSeverity().word(),
                  type.eventType(),
                  type.probableCause(),
                  profile.raiseDelay().toSeconds(),
                  profile.clearDelay().toSeconds(),
                  type.repairText().replace("\"", "\"\"")));
    }
    Path made = Path.of("target", "alarm-catalogue.csv");
    Files.write(made, lines);
    assertTrue(
        Files.exists(CATALOGUE) && Files.readAllLines(CATALOGUE).equals(lines),
        "mibs/alarm-catalogue.csv is not up to date: copy bundles/snmp/" + made + " there");
  }

  /** Name, and identifier, of every object and notification. */
  private static Map<String, String> map() throws IOException {
    Map<String, String> map = new HashMap<>();
    for (String line : Files.readAllLines(Modules.FOLDER.resolve("oid-map.csv"))) {
      String[] cells = line.split(",", -1);
      map.put(cells[0], cells[1]);
    }
    return map;
  }

  private static Set<String> found(Pattern pattern, String file) throws IOException {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(Files.readString(NMS.resolve(file)));
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  @Test
  void templatesNameObjectsAndIdentifiersThatExist() throws IOException {
    Map<String, String> map = map();
    Set<String> unknown = new TreeSet<>();
    for (String file : List.of("zabbix-template-6.0.yaml", "snmptt.conf")) {
      Set<String> identifiers = found(OURS, file);
      assertTrue(identifiers.size() > 10, file + " names " + identifiers);
      identifiers.stream()
          .map(each -> each.replaceFirst("\\.0$", "")) // the instance of a scalar
          .filter(each -> !map.containsValue(each))
          .forEach(unknown::add);
      found(NAME, file).stream().filter(each -> !map.containsKey(each)).forEach(unknown::add);
    }
    found(NAME, "opennms-events.xml").stream()
        .filter(each -> !map.containsKey(each))
        .forEach(unknown::add);
    assertEquals(Set.of(), unknown);
  }

  @Test
  void generatorInputNamesTablesAndGroupsOfTheModules() throws IOException {
    StringBuilder modules = new StringBuilder();
    for (String module : Modules.NAMES) {
      modules.append(Files.readString(Modules.FOLDER.resolve(module)));
    }
    for (String name : found(NAME, "snmp-exporter-generator.yml")) {
      assertTrue(
          Pattern.compile("(?m)^" + name + "\\s+OBJECT").matcher(modules).find(),
          name + " is in no module");
    }
  }

  @Test
  void everyNotificationIsExplained() throws IOException {
    Set<String> notifications = new TreeSet<>();
    for (String line : Files.readAllLines(Modules.FOLDER.resolve("oid-map.csv"))) {
      if (line.contains(",notification,")) {
        notifications.add(line.substring(0, line.indexOf(',')));
      }
    }
    for (String file : List.of("snmptt.conf", "opennms-events.xml")) {
      Set<String> missing = new TreeSet<>(notifications);
      missing.removeAll(found(NAME, file));
      assertEquals(Set.of(), missing, file);
    }
  }
}
