package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.api.AdminState;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckTypeState;
import org.strowger.api.Coded;
import org.strowger.api.Configuration;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthState;
import org.strowger.api.HookState;
import org.strowger.api.InitState;
import org.strowger.api.NotificationKind;
import org.strowger.api.OnDown;
import org.strowger.api.OperState;
import org.strowger.api.OriginKind;
import org.strowger.api.Performance;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings;
import org.strowger.api.PlaneState;
import org.strowger.api.PlatformState;
import org.strowger.api.PluginState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.ProxyVersion;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.RevisionSummary;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerState;
import org.strowger.api.Severity;
import org.strowger.api.SwitchReason;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;
import org.strowger.api.Syslog;
import org.strowger.api.SyslogTransport;
import org.strowger.api.TimeSync;
import org.strowger.api.TimeSyncState;
import org.strowger.api.UpgradeClass;
import org.strowger.api.UpgradeRecord;
import org.strowger.api.UpgradeResult;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStep;
import org.strowger.api.UpgradeStepState;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;
import org.strowger.testkit.Vocabulary;

/** The modules in the folder mibs, by themselves and against the vocabulary. */
class MibsTest {
  private static final Path OID_MAP = Modules.FOLDER.resolve("oid-map.csv");

  private static Modules modules;
  private static Map<String, Modules.Subject> subjects;

  @BeforeAll
  static void load() {
    modules = Modules.require();
    subjects = modules.subjects();
  }

  @Test
  void smilintPrintsNothing() {
    assertEquals("", modules.lint("STROWGER-LB-MIB").text());
    assertEquals("", modules.lint("STROWGER-HEALTH-MIB").text());
    assertEquals("", modules.lint("STROWGER-ALARM-MIB").text());
    assertEquals("", modules.lint("STROWGER-CONFIG-MIB").text());
    assertEquals("", modules.lint("STROWGER-SYSTEM-MIB").text());
    assertEquals("", modules.lint("STROWGER-PM-MIB").text());
    assertEquals("", modules.lint("STROWGER-AGENT-CAPS", "-i", "module-name-suffix").text());
    assertEquals("", modules.lint("STROWGER-UPGRADE-MIB").text());
    assertEquals("", modules.lint("STROWGER-HA-MIB").text());
    // It wants every name to end in -MIB, as no module of structure does, ...
    assertEquals("", modules.lint("STROWGER-SMI", "-i", "module-name-suffix").text());
    // ... and every convention to be used where it is defined, as in no module of conventions.
    assertEquals("", modules.lint("STROWGER-TC-MIB", "-i", "type-unref").text());
  }

  @Test
  void capabilitiesNameEveryGroup() throws IOException {
    String capabilities = Files.readString(Modules.FOLDER.resolve("STROWGER-AGENT-CAPS"));
    for (String module : Modules.NAMES) {
      String text = Files.readString(Modules.FOLDER.resolve(module));
      Pattern.compile("(?m)^(\\w+) (OBJECT|NOTIFICATION)-GROUP")
          .matcher(text)
          .results()
          .map(found -> found.group(1))
          .forEach(group -> assertTrue(capabilities.contains(" " + group), group));
    }
  }

  @Test
  void smilintFindsWhatIsWrong() throws IOException {
    Path broken = Files.createTempDirectory("mib").resolve("STROWGER-LB-MIB");
    String text = Files.readString(Modules.FOLDER.resolve("STROWGER-LB-MIB"));
    Files.writeString(broken, text.replaceFirst("STATUS      current", "STATUS      mandatory"));
    Tools.Output output =
        Tools.run(
            Map.of("SMIPATH", modules.smiPath()),
            List.of("smilint", "-c", "/dev/null", "-l", "6", broken.toString()));
    assertTrue(!output.text().isEmpty(), "the check above can fail");
  }

  @Test
  void netSnmpLoadsAllModulesWithoutAWord() {
    Tools.require("snmp", "snmptranslate");
    Tools.Output output =
        Tools.run(
            Map.of(),
            List.of(
                "snmptranslate",
                "-M",
                modules.netSnmpPath(),
                "-m",
                String.join(":", Modules.NAMES),
                "-On",
                "STROWGER-LB-MIB::stgLbRealWeight"));
    assertEquals(Rig.STG + ".2.3.1.2.5.1.9\n", output.text());
  }

  @Test
  void enterpriseNumberStandsInOneModuleOnly() throws IOException {
    for (String module : Modules.NAMES) {
      boolean has = Files.readString(Modules.FOLDER.resolve(module)).contains("32473");
      assertEquals(module.equals("STROWGER-SMI"), has, module);
    }
  }

  @Test
  void fileIsNamedAsItsModule() throws IOException {
    try (Stream<Path> files = Files.list(Modules.FOLDER)) {
      List<String> found =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("STROWGER"))
              .sorted()
              .toList();
      assertEquals(Modules.NAMES.stream().sorted().toList(), found);
    }
    for (String module : Modules.NAMES) {
      String text = Files.readString(Modules.FOLDER.resolve(module));
      assertTrue(text.startsWith(module + " DEFINITIONS ::= BEGIN"), module);
    }
  }

  @Test
  void enumerationsHaveTheWordsAndCodesOfTheVocabulary() {
    same("StgAdminState", AdminState.values());
    same("StgOperState", OperState.values());
    same("StgReason", Reason.values());
    same("StgForwardingMethod", ForwardingMethod.values());
    same("StgPluginState", PluginState.values());
    same("StgSchedulerKind", SchedulerKind.values());
    same("StgNotificationKind", NotificationKind.values());
    same("StgProxyVersion", ProxyVersion.values());
    same("StgInitState", InitState.values());
    same("StgOnDown", OnDown.values());
    same("StgProbeVerdict", ProbeVerdict.values());
    same("StgCheckOutcome", CheckOutcome.values());
    same("StgDirectorRole", DirectorRole.values());
    same("StgSyslogTransport", SyslogTransport.values());
    same("StgTimeSyncState", TimeSyncState.values());
    same("StgAlarmRecordKind", AlarmRecord.Kind.values());
    same("StgOriginKind", OriginKind.values());
    same("StgBundleState", BundleLifecycle.values());
    same("StgPerformanceClass", Performance.ObjectClass.values());
    same("StgPerformanceCounter", PerformanceCounter.values());
    same("StgSwitchReason", SwitchReason.values());
    same("StgBulkState", SyncState.Bulk.values());
    same("StgUpgradeState", UpgradeState.values());
    same("StgUpgradeClass", UpgradeClass.values());
    same("StgUpgradeResult", UpgradeResult.values());
    same("StgUpgradeStepState", UpgradeStepState.values());
    Map<Integer, String> severities =
        modules.type("ITU-ALARM-TC-MIB", "ItuPerceivedSeverity").labels();
    assertEquals(words(Severity.values()), severities);
  }

  private static void same(String convention, Coded[] constants) {
    assertEquals(
        words(constants), modules.type("STROWGER-TC-MIB", convention).labels(), convention);
  }

  private static Map<Integer, String> words(Coded[] constants) {
    Map<Integer, String> words = new TreeMap<>();
    for (Coded constant : constants) {
      words.put(constant.code(), constant.word());
    }
    return words;
  }

  @Test
  void targetStatesAreThoseOfTheModule() {
    Map<Integer, String> words = new TreeMap<>();
    for (TargetState state : TargetState.values()) {
      words.put(state.code(), state.name().toLowerCase(Locale.ROOT));
    }
    assertEquals(words, modules.type("STROWGER-TC-MIB", "StgTargetState").labels());
  }

  @Test
  void catalogueUsesEventTypesAndCausesThatExist() {
    var events = modules.type("IANA-ITU-ALARM-TC-MIB", "IANAItuEventType").labels();
    var causes = modules.type("IANA-ITU-ALARM-TC-MIB", "IANAItuProbableCause").labels();
    for (AlarmType type : AlarmType.values()) {
      assertTrue(events.containsKey(type.eventType()), type.word());
      assertTrue(causes.containsKey(type.probableCause()), type.word());
    }
  }

  /** Where a component stands that has no column of its own name, and why. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("VirtualService.name", "the index"),
          Map.entry("VirtualServiceCounters.verdicts", "a column for each verdict"),
          Map.entry("Pool.name", "the index"),
          Map.entry("Pool.realServers", "stgLbRealTable"),
          Map.entry("RealServer.id", "the index"),
          Map.entry("SchedulerState.name", "the index"),
          Map.entry("SchedulerState.kind", "stgLbPluginSchedulerKind: the kind is the index"),
          Map.entry("PlaneState.name", "the index"),
          Map.entry("Configuration.directorName", "sysName"),
          Map.entry("CheckTypeState.name", "the index"),
          Map.entry("HealthCheck.name", "the index"),
          Map.entry("ProbeState.history", "stgHcResultLast*; all of them are in JMX and the shell"),
          Map.entry("Configuration.checks", "stgHcCheckTable"),
          Map.entry("Configuration.pools", "stgLbPoolTable"),
          Map.entry("Configuration.hooks", "stgHcHookTable"),
          Map.entry("Configuration.checksOnStandby", "stgHcChecksOnStandby"),
          Map.entry("HookState.name", "the index"),
          Map.entry("Configuration.virtualServices", "stgLbServiceTable"),
          Map.entry("Configuration.management", "the tables of USM, VACM and targets"),
          Map.entry("Configuration.vrrp", "stgHaInstTable"),
          Map.entry("Configuration.sync", "stgHaSync"),
          Map.entry("Sync.peers", "stgHaPeerTable"),
          Map.entry("SyncState.wanted", "stgHaSyncAddress"),
          Map.entry("SyncState.peers", "stgHaPeerTable"),
          Map.entry("Peer.name", "the index"),
          Map.entry("Configuration.alarms", "STROWGER-ALARM-MIB"),
          Map.entry("Alarm.index", "the index"),
          Map.entry("Alarm.type", "stgAlmActiveMajor, -Minor and -Name"),
          Map.entry("AlarmRecord.number", "the index"),
          Map.entry("AlarmRecord.alarm", "a column for each of its parts"),
          Map.entry("AlarmShelf.name", "the index"),
          Map.entry("Core.index", "the index"),
          Map.entry("Capability.name", "the index"),
          Map.entry("Certificate.name", "the index"),
          Map.entry("Server.name", "the index"),
          Map.entry("BundleView.bundleId", "the index"),
          Map.entry("Threshold.name", "the index"),
          Map.entry("Alarm.rootCause", "stgAlmActiveRootCauseIndex"),
          Map.entry("RevisionSummary.number", "the index"),
          Map.entry("UpgradeStatus.plan", "stgUpgStepTable"),
          Map.entry("UpgradeStatus.history", "stgUpgHistoryTable"),
          Map.entry("UpgradeStep.number", "the index"),
          Map.entry("UpgradeRecord.number", "the index"),
          Map.entry("VrrpInstance.name", "the index"),
          Map.entry("VrrpInstance.addresses", "stgHaAddrTable"),
          Map.entry("VrrpInstanceState.name", "the index"),
          Map.entry("VrrpInstanceState.held", "stgHaAddrHeld"),
          Map.entry("Switch.number", "the index"));

  /** Lists are counted here and written out in JMX: a prefix list may have 10,000 entries. */
  private static final Set<String> COUNTED =
      Set.of("health.checks", "access.allow", "access.deny", "proxyProtocol.acceptFrom");

  @Test
  void everyComponentOfTheVocabularyHasItsColumn() {
    List<String> wrong = new ArrayList<>();
    wrong.addAll(missing("stgLb", Configuration.class));
    wrong.addAll(missing("stgLbService", VirtualService.class));
    wrong.addAll(missing("stgLbService", VirtualServiceState.class));
    wrong.addAll(missing("stgLbService", VirtualServiceCounters.class));
    wrong.addAll(missing("stgLbPool", Pool.class));
    wrong.addAll(missing("stgLbPool", PoolState.class));
    wrong.addAll(missing("stgLbReal", RealServer.class));
    wrong.addAll(missing("stgLbReal", RealServerState.class));
    wrong.addAll(missing("stgLbReal", RealServerCounters.class));
    wrong.addAll(missing("stgLbPlugin", SchedulerState.class));
    wrong.addAll(missing("stgLbPlugin", CheckTypeState.class));
    wrong.addAll(missing("stgLbPlane", PlaneState.class));
    wrong.addAll(missing("stgAlmActive", Alarm.class));
    wrong.addAll(missing("stgAlmHistory", AlarmRecord.class));
    wrong.addAll(missing("stgAlmType", AlarmProfile.class));
    wrong.addAll(missing("stgAlmShelf", AlarmShelf.class));
    wrong.addAll(missing("stgCfgRevision", RevisionSummary.class));
    wrong.addAll(missing("stgUpg", UpgradeStatus.class));
    wrong.addAll(missing("stgUpgStep", UpgradeStep.class));
    wrong.addAll(missing("stgUpgHistory", UpgradeRecord.class));
    wrong.addAll(missing("stgUpgBundle", BundleView.class));
    wrong.addAll(missing("stgHaInst", VrrpInstance.class));
    wrong.addAll(missing("stgHaInst", VrrpInstanceState.class)); // EffPriority beside Priority
    wrong.addAll(missing("stgHaInst", VrrpCounters.class));
    wrong.addAll(missing("stgHaSwitch", FailoverState.Switch.class));
    wrong.addAll(missing("stgHaSync", Sync.class));
    wrong.addAll(missing("stgHaSync", SyncState.class));
    wrong.addAll(missing("stgHaPeer", SyncState.Peer.class));
    wrong.addAll(missing("stgHc", HealthState.class));
    wrong.addAll(missing("stgHcCheck", HealthCheck.class));
    wrong.addAll(missing("stgHcHook", HookState.class));
    wrong.addAll(missing("stgHcResult", ProbeState.class));
    wrong.addAll(missing("stgHcResultLast", ProbeState.Result.class));
    wrong.addAll(missing("stgSys", PlatformState.Identity.class));
    wrong.addAll(missing("stgSys", PlatformState.Usage.class));
    wrong.addAll(missing("stgSysCore", PlatformState.Core.class));
    wrong.addAll(missing("stgSysCapability", PlatformState.Capability.class));
    wrong.addAll(missing("stgSysTime", TimeSync.class));
    wrong.addAll(missing("stgSysCert", PlatformState.Certificate.class));
    wrong.addAll(missing("stgSysSyslog", Syslog.Server.class));
    wrong.addAll(missing("stgPmInterval", Performance.Bin.class));
    wrong.addAll(missing("stgPmDay", Performance.Bin.class));
    wrong.addAll(missing("stgPmThreshold", PerformanceSettings.Threshold.class));
    assertEquals(List.of(), wrong);
    for (Verdict verdict : Verdict.values()) {
      Modules.Subject subject = subjects.get("stgLbService" + capital(verdict.word()));
      assertTrue(subject != null, verdict + " has no column");
      assertEquals(100 + verdict.code(), subject.oid().last());
    }
  }

  private static List<String> missing(String prefix, Class<? extends Record> type) {
    List<String> missing = new ArrayList<>();
    Vocabulary.names(type)
        .forEach(
            (path, flat) -> {
              String key = type.getSimpleName() + "." + path;
              String name = prefix + flat + (COUNTED.contains(path) ? "Count" : "");
              Modules.Subject subject = subjects.get(name);
              // An index is an object too, but one that cannot be read.
              boolean column = subject != null && subject.access().startsWith("read");
              if (column == ELSEWHERE.containsKey(key)) {
                missing.add(key + (column ? " is excused but is " : " has no ") + name);
              }
            });
    return missing;
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  @Test
  void oidMapIsWhatTheModulesSay() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("name,oid,kind,access,type,module");
    for (String module : Modules.NAMES) {
      var document = modules.dump(module);
      for (String kind : List.of("scalar", "column", "notification")) {
        for (var element : Modules.elements(document, kind)) {
          String name = element.getAttribute("name");
          Modules.Subject subject = subjects.get(name);
          lines.add(
              String.join(
                  ",",
                  name,
                  element.getAttribute("oid"),
                  kind,
                  subject == null ? "" : subject.access(),
                  subject == null ? "" : type(subject),
                  module));
        }
      }
    }
    Path made = Path.of("target", "oid-map.csv");
    Files.write(made, lines);
    assertTrue(
        Files.exists(OID_MAP) && Files.readAllLines(OID_MAP).equals(lines),
        "mibs/oid-map.csv is not up to date: copy bundles/snmp/" + made + " there");
  }

  private static String type(Modules.Subject subject) {
    return subject.type().isEmpty() ? subject.syntax().base() : subject.type();
  }
}
