package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.api.io.TempDir;

/** What managers are given, in the tools that it is for; and that it stays what it was. */
class NmsTest {
  /** The modules as the last release had them; renewed with each release, and only then. */
  private static final Path RELEASED = Path.of("src", "test", "resources", "mibs-released");

  private static final Path NMS = Modules.FOLDER.resolve("nms");

  /** What smidiff finds grave: removed, retyped, renumbered, renamed. */
  private static final Pattern BREAKS =
      Pattern.compile(" \\[[1-4]] | \\{(name|index|access|range|to-implicit)-[a-z-]+} ");

  /** A second stack, which shares no line with SNMP4J or net-snmp. */
  private static final String PYSNMP =
      """
      import sys
      from pysnmp.hlapi import *
      port, user, auth, priv = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
      oids = sys.argv[5:]
      who = UsmUserData(user, auth, priv, authProtocol=usmHMAC192SHA256AuthProtocol,
                        privProtocol=usmAesCfb128Protocol)
      there = UdpTransportTarget(('127.0.0.1', port), timeout=10, retries=2)
      def said(answer):
          failed, status, index, bindings = answer
          if failed or status:
              print('error', failed or status.prettyPrint(), index)
          for name, value in bindings if not failed else []:
              print(name.prettyPrint(), '=', value.prettyPrint())
      said(next(getCmd(SnmpEngine(), who, there, ContextData(), ObjectType(ObjectIdentity(oids[0])))))
      rows = 0
      for answer in bulkCmd(SnmpEngine(), who, there, ContextData(), 0, 25,
                            ObjectType(ObjectIdentity(oids[1])), lexicographicMode=False):
          if answer[0] or answer[1]:
              said(answer)
              break
          rows += 1
      print('rows', rows)
      said(next(setCmd(SnmpEngine(), who, there, ContextData(),
                       ObjectType(ObjectIdentity(oids[2]), Gauge32(5)))))
      """;

  @TempDir Path folder;

  private static List<String> broken(Path module, Modules modules) {
    Path before = RELEASED.resolve(module.getFileName());
    Tools.Output output =
        Tools.run(
            Map.of("SMIPATH", modules.smiPath()),
            List.of(
                "smidiff",
                "-c",
                "/dev/null",
                "-m",
                "-s",
                "-l",
                "5",
                before.toString(),
                module.toString()));
    return output.lines().stream().filter(line -> BREAKS.matcher(line).find()).toList();
  }

  @Test
  void nothingOfTheLastReleaseIsGoneOrAnother() {
    Tools.require("smitools", "smidiff");
    Modules modules = Modules.require();
    List<String> found = new ArrayList<>();
    for (String name : Modules.NAMES) {
      found.addAll(broken(Modules.FOLDER.resolve(name), modules));
    }
    assertEquals(List.of(), found);
  }

  @Test
  void whoRetypesRemovesOrRenamesIsFoundOut() throws IOException {
    Tools.require("smitools", "smidiff");
    Modules modules = Modules.require();
    String text = Files.readString(RELEASED.resolve("STROWGER-SYSTEM-MIB"));
    Path module = folder.resolve("STROWGER-SYSTEM-MIB");
    for (String[] change :
        new String[][] {
          {"(stgSysThreads OBJECT-TYPE\\s+SYNTAX\\s+)Gauge32", "$1Counter64"},
          {"::= \\{ stgSysUsage 12 }", "::= { stgSysUsage 99 }"},
          {"stgSysThreadsPeak", "stgSysThreadsMost"}
        }) {
      String edited = text.replaceAll(change[0], change[1]);
      assertFalse(edited.equals(text), change[0]);
      Files.writeString(module, edited);
      assertFalse(broken(module, modules).isEmpty(), change[0] + " is not found");
    }
  }

  @Test
  void prometheusTakesTheRules() {
    Tools.require("prometheus", "promtool");
    Tools.Output output =
        Tools.run(
            Map.of(),
            List.of("promtool", "check", "rules", NMS.resolve("prometheus-rules.yml").toString()));
    assertEquals(0, output.code(), output.text());
    assertTrue(output.text().contains("rules found"), output.text());
  }

  /** The definitions of LibreNMS name objects, and their identifiers are those. */
  @Test
  void librenmsNamesWhatThereIs() throws IOException {
    Map<String, String> map = new HashMap<>();
    for (String line : Files.readAllLines(Modules.FOLDER.resolve("oid-map.csv"))) {
      String[] cells = line.split(",", -1);
      map.put(cells[0], cells[1]);
    }
    String text =
        Files.readString(NMS.resolve("librenms").resolve("os_discovery").resolve("strowger.yaml"));
    Matcher entry =
        Pattern.compile("value: (stg\\w+)\\s+num_oid: '\\.([0-9.]+)\\.\\{\\{").matcher(text);
    Set<String> wrong = new TreeSet<>();
    int count = 0;
    while (entry.find()) {
      count++;
      if (!entry.group(2).equals(map.get(entry.group(1)))) {
        wrong.add(entry.group(1) + " is " + map.get(entry.group(1)));
      }
    }
    assertEquals(Set.of(), wrong);
    assertTrue(count >= 8, "entries: " + count);
  }

  @Test
  void snmpttKnowsEachTrapOfTheAgent() throws IOException {
    Tools.require("snmptt", "snmptt");
    Path out = folder.resolve("out");
    Path ini = folder.resolve("snmptt.ini");
    Files.writeString(
        ini,
        """
        [General]
        mode = standalone
        dns_enable = 0
        net_snmp_perl_enable = 0
        description_mode = 0
        [Logging]
        stdout_enable = 0
        log_enable = 1
        log_file = %s
        unknown_trap_log_enable = 0
        syslog_enable = 0
        [TrapFiles]
        snmptt_conf_files = <<END
        %s
        END
        """
            .formatted(out, NMS.resolve("snmptt.conf")));
    Path trap = folder.resolve("trap");
    StringBuilder lines =
        new StringBuilder(
            """
            director
            UDP: [127.0.0.1]:161->[127.0.0.1]:162
            .1.3.6.1.2.1.1.3.0 0:0:00:01.00
            .1.3.6.1.6.3.1.1.4.1.0 %s.2.6.0.5
            """
                .formatted(Rig.STG));
    for (int i = 1; i <= 14; i++) { // the bindings of an alarm, in their order
      lines.append("%s.2.6.1.1.%d.0 value-%d%n".formatted(Rig.STG, i, i));
    }
    Files.writeString(trap, lines);
    Tools.Output output =
        Tools.run(Map.of(), List.of("sh", "-c", "snmptt --ini=" + ini + " < " + trap));
    assertEquals(0, output.code(), output.text());
    String said = Files.readString(out);
    assertTrue(said.contains("CRITICAL \"Strowger\" director"), said);
    assertTrue(said.contains("value-5 of value-6 is critical: value-13 (sequence value-1)"), said);
  }

  @Test
  void aSecondStackReadsWalksAndIsRefused() throws IOException {
    Path python = Path.of("/usr/bin/python3");
    assumeTrue(
        Files.isExecutable(python)
            && Tools.run(Map.of(), List.of("env", python.toString(), "-c", "import pysnmp.hlapi"))
                    .code()
                == 0,
        "pysnmp is not installed (Debian package python3-pysnmp4)");
    Path script = Files.writeString(folder.resolve("poll.py"), PYSNMP);
    String weight = Rig.STG + ".2.3.1.2.5.1.9.3.119.101.98.1.97";
    try (Rig rig = Rig.start(folder)) {
      int before = rig.director.real("web", "a").weight();
      Tools.Output output =
          Tools.run(
              Map.of(),
              List.of(
                  "env",
                  python.toString(),
                  script.toString(),
                  String.valueOf(rig.port),
                  "viewer",
                  "viewer-auth-secret",
                  "viewer-priv-secret",
                  ".1.3.6.1.2.1.1.5.0",
                  Rig.STG + ".2.3.1.2.5",
                  weight));
      assertEquals(0, output.code(), output.text());
      assertTrue(output.text().contains("= lab-1"), output.text());
      Matcher rows = Pattern.compile("rows (\\d+)").matcher(output.text());
      assertTrue(rows.find() && Integer.parseInt(rows.group(1)) > 10, output.text());
      assertTrue(output.text().contains("error authorizationError"), output.text());
      assertEquals(before, rig.director.real("web", "a").weight());
      Tools.Output wrong =
          Tools.run(
              Map.of(),
              List.of(
                  "env",
                  python.toString(),
                  script.toString(),
                  String.valueOf(rig.port),
                  "viewer",
                  "not-the-right-one",
                  "viewer-priv-secret",
                  ".1.3.6.1.2.1.1.5.0",
                  Rig.STG + ".2.3.1.2.5",
                  weight));
      assertFalse(wrong.text().contains("lab-1"), wrong.text());
      assertTrue(wrong.text().contains("error"), wrong.text());
    }
  }
}
