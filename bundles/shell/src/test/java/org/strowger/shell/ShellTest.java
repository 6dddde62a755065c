package org.strowger.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.ObjectName;
import javax.security.auth.Subject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Connection;
import org.strowger.api.KeyPath;
import org.strowger.api.OriginKind;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerId;
import org.strowger.shell.ShellLab.Run;
import org.strowger.testkit.SyncSample;

/** The commands as an operator types them: the real client, the real socket, the real bundle. */
class ShellTest {
  @TempDir Path state;
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
  void showPrintsAlignedColumns() throws Exception {
    Run run = lab.cli("show", "real-servers");
    assertEquals("", run.err());
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.get(0).startsWith("NAME   ADDRESS    PORT  WEIGHT  ADMIN"), lines.get(0));
    assertTrue(lines.get(1).startsWith("web/a  127.0.0.1  9001  1       inService"), lines.get(1));
    assertEquals(3, lines.size());
  }

  @Test
  void jsonHasTheNamesOfTheRecords() throws Exception {
    Run run = lab.cli("--json", "show", "services", "web");
    Map<?, ?> web = (Map<?, ?>) parsed(run.out());
    assertEquals("web", web.get("name"));
    assertEquals(8080, web.get("port"));
    assertEquals(32, ((Map<?, ?>) web.get("limits")).get("sourcePrefixIpv4"));
    assertEquals(List.of(), ((Map<?, ?>) web.get("access")).get("deny"));
    assertEquals("3s", ((java.util.Map<?, ?>) web.get("timeouts")).get("connect"));
    assertEquals("up", web.get("operState"));
    assertEquals("2026-11-22T08:00:00Z", web.get("lastChange"));
    assertEquals(Map.of("accepted", 100), web.get("verdicts"));
    List<?> all = (List<?>) parsed(lab.cli("show", "services", "--json").out());
    assertEquals(web, all.getFirst());
  }

  @Test
  void everythingThatCanBeShownIsShownBothWays() throws Exception {
    lab.sync(new SyncSample());
    for (String thing : Show.THINGS) {
      Run text = lab.cli("show", thing);
      assertEquals(0, text.exit(), text.err());
      assertTrue(text.out().contains("  "), text.out());
      Class<?> whole = thing.equals("sync") ? Map.class : List.class; // there is more than rows
      assertTrue(whole.isInstance(parsed(lab.cli("--json", "show", thing).out())), thing);
    }
  }

  @Test
  void aWeightIsSetUnderTheUsersName() throws Exception {
    Run run = lab.cli("set", "weight", "web/a", "5");
    assertEquals(new Run(0, "committed as revision 4\n", ""), run);
    ChangeSet asked = lab.director.asked().getFirst();
    assertEquals(OriginKind.SHELL, asked.origin().kind());
    assertEquals(System.getProperty("user.name"), asked.origin().user());
    assertEquals("local socket", asked.origin().source());
    assertEquals("5", cell("show", "real-servers", "web/a", "weight"));
  }

  @Test
  void aChangeCanWaitForItsConfirmation() throws Exception {
    Run run = lab.cli("set", "weight", "web/a", "5", "--confirm", "300", "--comment", "a new disk");
    assertEquals(
        "committed as revision 4; it is taken back in 300 s unless you confirm it: confirm 4\n",
        run.out());
    ChangeSet asked = lab.director.asked().getFirst();
    assertEquals("a new disk", asked.comment());
    assertEquals(java.time.Duration.ofMinutes(5), asked.confirm().orElseThrow());
    assertEquals(0, lab.cli("confirm").exit());
    assertEquals(
        new org.strowger.api.Change.Confirm(4),
        lab.director.asked().getLast().changes().getFirst());
    assertEquals(1, lab.cli("confirm").exit(), "none waits any more");
    assertEquals(2, lab.cli("set", "weight", "web/a", "5", "--confirm", "soon").exit());
    assertEquals(2, lab.cli("set", "weight", "web/a", "5", "--confirm").exit());
  }

  @Test
  void alarmsArePutAsideSeenAskedForAndLookedBackAt() throws Exception {
    assertEquals(
        0, lab.cli("shelve", "night", "type=realDown", "for=2h", "comment=new rack").exit());
    var shelf = (org.strowger.api.Change.Put) lab.director.asked().getLast().changes().getFirst();
    assertEquals("alarms.shelves.night", shelf.path().toString());
    assertTrue(shelf.value().toString().contains("until=20"), shelf.value().toString());
    assertEquals(2, lab.cli("shelve", "night", "colour=red").exit());
    assertEquals(1, lab.cli("unshelve", "night").exit(), "the fake has none");
    assertEquals(0, lab.cli("acknowledge", "7").exit());
    assertEquals(
        new org.strowger.api.Change.Acknowledge(7),
        lab.director.asked().getLast().changes().getFirst());
    assertTrue(lab.cli("resync").out().endsWith("alarms are told again\n"));
    assertEquals(0, lab.cli("show", "alarms", "--history").exit());
    assertEquals(0, lab.cli("show", "alarms", "--history", "3").exit());
  }

  @Test
  void drainAndResumeSetTheAdminState() throws Exception {
    assertEquals(0, lab.cli("drain", "service", "web").exit());
    assertEquals("drain", cell("show", "services", "web", "adminState"));
    assertEquals(0, lab.cli("resume", "service", "web").exit());
    assertEquals("inService", cell("show", "services", "web", "adminState"));
    assertEquals(0, lab.cli("drain", "real-server", "web/b").exit());
    assertEquals("drain", cell("show", "real-servers", "web/b", "adminState"));
  }

  @Test
  void aRejectedChangeSaysWhyAndExitsWithOne() throws Exception {
    Run run = lab.cli("set", "weight", "web/a", "70000");
    assertEquals(1, run.exit());
    assertEquals("", run.out());
    assertEquals(
        "pools.web.realServers.a.weight: '70000': expected a whole number 0 to 65535\n", run.err());
    Map<?, ?> json = (Map<?, ?>) parsed(lab.cli("--json", "set", "weight", "web/a", "70000").out());
    assertEquals("rejected", json.get("result"));
    assertEquals(
        List.of(
            Map.of(
                "where", "",
                "path", "pools.web.realServers.a.weight",
                "value", "70000",
                "expected", "a whole number 0 to 65535")),
        json.get("violations"));
  }

  @Test
  void anUnknownNameIsToldWithThoseThereAre() throws Exception {
    Run run = lab.cli("set", "weight", "web/z", "5");
    assertEquals(new Run(1, "", "no real server 'web/z'; there are: web/a, web/b\n"), run);
    assertTrue(lab.director.asked().isEmpty());
  }

  @Test
  void aWrongWordIsToldWithWhatWasExpected() throws Exception {
    Run run = lab.cli("shwo", "services");
    assertEquals(2, run.exit());
    assertTrue(run.err().startsWith("'shwo': expected one of show, set, unset, drain"), run.err());
    run = lab.cli("show", "servces");
    assertEquals(2, run.exit());
    assertTrue(
        run.err().startsWith("'servces': expected services, pools, real-servers"), run.err());
    assertTrue(run.err().contains("\nusage: show services|pools|real-servers"), run.err());
    assertEquals(2, lab.cli("set", "weight", "web/a", "much").exit());
    assertEquals(2, lab.cli("set", "weight", "web/a").exit());
    assertEquals(2, lab.cli("explain", "web", "localhost:80").exit());
    assertEquals(2, lab.cli("disconnect").exit());
  }

  @Test
  void conflictAndBusyHaveTheirOwnExitCodes() throws Exception {
    lab.director.answer(new ChangeResult.Conflict(7, List.of("pools.web: changed by noc")));
    Run run = lab.cli("set", "weight", "web/a", "2");
    assertEquals(new Run(3, "", "conflict with revision 7: pools.web: changed by noc\n"), run);
    lab.director.answer(new ChangeResult.Busy("the queue is full"));
    assertEquals(4, lab.cli("set", "weight", "web/a", "2").exit());
  }

  @Test
  void withoutADirectorTheClientSaysSoAtOnce() throws Exception {
    Path nowhere = state.resolve("nowhere.sock");
    Run run = lab.cli(nowhere, "", "show", "services");
    assertEquals(
        new Run(5, "", "No director is running: there is no socket " + nowhere + ".\n"), run);
  }

  @Test
  void questionsAreAnswered() throws Exception {
    Run run = lab.cli("explain", "web", "192.0.2.7:4000");
    assertTrue(run.out().startsWith("web/a: least connections for 192.0.2.7\n"), run.out());
    run = lab.cli("why", "web");
    assertTrue(
        run.out().startsWith("service web is up since 2026-11-22T08:00:00Z: 3 of 3\n"), run.out());
    assertTrue(run.out().contains("\npool web is up"), run.out());
    assertEquals(0, lab.cli("why", "wlc").exit());
    assertEquals(1, lab.cli("why", "nothing").exit());
  }

  @Test
  void whatChecksFoundIsShownAndExplained() throws Exception {
    Run run = lab.cli("show", "checks");
    List<String> lines = run.out().lines().toList();
    assertEquals(
        "REAL   CHECK  TYPE  VERDICT  LOOKS  FAILED  FAULTS  STREAK  LATENCY  TEXT", lines.get(0));
    assertTrue(lines.get(1).startsWith("web/a  ready  http  passed   100    7"), lines.get(1));
    assertEquals(2, lines.size());
    assertEquals(run, lab.cli("show", "checks", "web/a", "ready", "passed"));
    assertEquals(1, lab.cli("show", "checks", "failed").out().lines().count());
    assertEquals(1, lab.cli("show", "checks", "nothing").exit());
    String why = lab.cli("why", "web/a").out();
    assertTrue(why.contains("check ready  true  HTTP/1.1 200 OK, 24 bytes"), why);
    assertTrue(why.contains("ready  false   3.0ms    status 503, expected 200-299"), why);
    assertTrue(lab.cli("why", "web/a", "--json").out().contains("\"evidence\""));
    assertTrue(lab.cli("show", "check-types").out().contains("org.strowger.checks"));
    assertTrue(lab.cli("why", "http").out().startsWith("check-type http 0.1.0 is active"));
    assertTrue(lab.cli("show", "health").out().contains("LATE-P99-US"));
  }

  @Test
  void resumeAlsoEndsWhatHoldsARealServer() throws Exception {
    lab.director.hold(new RealServerId("web", "a"));
    String held = lab.cli("resume", "real-server", "web/a").out();
    assertTrue(held.endsWith("; it is no longer held down\n"), held);
    String again = lab.cli("resume", "real-server", "web/a").out();
    assertTrue(!again.contains("held down"), again);
  }

  @Test
  void connectionsAreShownAndCut() throws Exception {
    lab.director.connect(connection(1, "192.0.2.1", "a"));
    lab.director.connect(connection(2, "192.0.2.2", "b"));
    List<?> shown = (List<?>) parsed(lab.cli("--json", "show", "connections").out());
    assertEquals("192.0.2.1:4000", ((Map<?, ?>) shown.getFirst()).get("client"));
    assertEquals("web/a", ((Map<?, ?>) shown.getFirst()).get("real"));
    Run run = lab.cli("disconnect", "service=web", "client=192.0.2.2");
    assertEquals(new Run(0, "1 connection cut\n", ""), run);
    assertEquals(new Run(0, "0 connections cut\n", ""), lab.cli("disconnect", "real=web/b"));
  }

  @Test
  void connectionsAreChosenByFilterAndShownInPages() throws Exception {
    for (long id = 1; id <= 5; id++) {
      lab.director.connect(connection(id, "192.0.2." + id, id < 5 ? "a" : "b"));
    }
    Run run = lab.cli("show", "connections", "real=web/a", "limit=3");
    assertEquals(5, run.out().lines().count(), run.out());
    assertTrue(
        run.out().endsWith("more: show connections real=web/a limit=3 after=3\n"), run.out());
    run = lab.cli("show", "connections", "real=web/a", "limit=3", "after=3");
    assertTrue(run.out().contains("192.0.2.4:4000"), run.out());
    assertEquals(2, run.out().lines().count(), run.out());
    assertEquals(3, ids("client=192.0.2.0/30").size());
    assertEquals(List.of(4, 5), ids("web", "age>=90s", "idle=1s", "bytes>=30", "after=3"));
    assertEquals(List.of(), ids("age=2m"));
    assertEquals(List.of(), ids("idle=2s"));
    assertEquals(List.of(), ids("bytes=1k"));
    assertEquals(List.of(), ids("state=halfClosed"));
    run = lab.cli("disconnect", "state=established", "client=192.0.2.0/30", "bytes=30");
    assertEquals("3 connections cut\n", run.out());
    assertEquals(List.of(4, 5), ids());
  }

  @Test
  void aWrongFilterCutsAndShowsNothing() throws Exception {
    lab.director.connect(connection(1, "192.0.2.1", "a"));
    for (String wrong :
        List.of("age=soon", "bytes=-1", "state=open", "client=192.0.2.1/24", "real=a", "x=1")) {
      Run run = lab.cli("disconnect", wrong);
      assertEquals(2, run.exit(), wrong);
      assertTrue(run.err().startsWith("'" + wrong + "': expected "), run.err());
      assertEquals(2, lab.cli("show", "connections", wrong).exit(), wrong);
    }
    assertEquals(2, lab.cli("disconnect", "after=0").exit());
    assertEquals(2, lab.cli("disconnect", "web").exit());
    assertEquals(2, lab.cli("disconnect", "real=web/a", "limit=1").exit());
    assertEquals(2, lab.cli("show", "connections", "limit=0").exit());
    assertEquals(1, lab.cli("show", "connections", "service=wbe").exit());
    assertEquals(List.of(1), ids());
  }

  private List<?> ids(String... filter) throws Exception {
    List<String> words = new ArrayList<>(List.of("--json", "show", "connections"));
    words.addAll(List.of(filter));
    List<?> rows = (List<?>) parsed(lab.cli(words.toArray(String[]::new)).out());
    return rows.stream().map(row -> ((Map<?, ?>) row).get("id")).toList();
  }

  @Test
  void topSumsUpAndTellsBytesASecond() throws Exception {
    lab.director.connect(connection(1, "192.0.2.1", "a"));
    lab.director.connect(connection(2, "192.0.2.2", "a"));
    lab.director.connect(connection(3, "192.0.2.2", "b"));
    lab.director.carries(1_000);
    List<?> clients = (List<?>) parsed(lab.cli("--json", "top").out());
    Map<?, ?> first = (Map<?, ?>) clients.getFirst();
    assertEquals("192.0.2.2", first.get("name"));
    assertEquals(2, first.get("connections"));
    // Two connections carry 2,000 bytes between two looks that are a second or more apart.
    int rate = (Integer) first.get("bytesInPerSecond");
    assertTrue(rate > 0 && rate <= 2_000, "bytes a second: " + rate);
    assertEquals(0, first.get("bytesOutPerSecond"));
    Run run = lab.cli("top", "real-server", "client=192.0.2.2", "limit=1");
    assertTrue(run.out().startsWith("NAME   CONNECTIONS  IN/S"), run.out());
    assertEquals(2, run.out().lines().count(), run.out());
    assertEquals(1, ((List<?>) parsed(lab.cli("--json", "top", "service", "web").out())).size());
    assertEquals(2, lab.cli("top", "bytes=much").exit());
  }

  @Test
  void anyKeyOfTheConfigurationCanBeSet() throws Exception {
    Run run = lab.cli("set", "virtualServices.web.limits.connections", "100");
    assertEquals(new Run(0, "committed as revision 4\n", ""), run);
    assertEquals(0, lab.cli("set", "virtualServices.web.timeouts.drain", "90s").exit());
    assertEquals(0, lab.cli("set", "virtualServices.web.onePacket", "true").exit());
    assertEquals(
        0,
        lab.cli("set", "virtualServices.web.access.deny", "[192.0.2.0/24, 2001:db8::/32]").exit());
    assertEquals(0, lab.cli("set", "pools.\"web\".realServers.a.upperThreshold", "7").exit());
    Map<?, ?> web = (Map<?, ?>) parsed(lab.cli("--json", "show", "services", "web").out());
    assertEquals(100, ((Map<?, ?>) web.get("limits")).get("connections"));
    assertEquals(true, web.get("onePacket"));
    assertEquals(
        List.of("192.0.2.0/24", "2001:db8:0:0:0:0:0:0/32"),
        ((Map<?, ?>) web.get("access")).get("deny"));
    assertEquals("7", cell("show", "real-servers", "web/a", "upperThreshold"));
    String details = lab.cli("show", "services", "web").out();
    assertTrue(details.contains("\ntimeouts.drain") && details.contains("90s"), details);
  }

  @Test
  void whatIsNoKeyIsTheDirectorsToRefuse() throws Exception {
    Run run = lab.cli("set", "virtualServices.web.limits.conections", "100");
    assertEquals(1, run.exit());
    assertTrue(
        run.err().startsWith("virtualServices.web.limits.conections: '100': expected"), run.err());
    assertEquals(2, lab.cli("set", "virtualServices..web", "1").exit());
    assertEquals(2, lab.cli("set", "wieght", "web/a", "1").exit());
    assertEquals(2, lab.cli("set", "virtualServices.web.limits.rate").exit());
  }

  @Test
  void oneKeyIsUnsetButNoWholeBranch() throws Exception {
    assertEquals(0, lab.cli("unset", "pools.web.realServers.a.weight").exit());
    assertEquals(
        new Change.Remove(KeyPath.of("pools", "web", "realServers", "a", "weight")),
        lab.director.asked().getLast().changes().getFirst());
    Run run = lab.cli("unset", "pools.web");
    assertEquals(1, run.exit());
    assertTrue(run.err().startsWith("pools.web holds other keys"), run.err());
    assertEquals(1, lab.cli("unset", "virtualServices.web.backupPool").exit());
    assertEquals(1, lab.director.asked().size());
  }

  @Test
  void explainPrintsAllItGets() throws Exception {
    Run run = lab.cli("explain", "web", "192.0.2.7:4000");
    List<String> lines = run.out().lines().toList();
    assertEquals("service web, scheduler wlc", lines.get(1));
    assertTrue(lines.get(2).startsWith("REAL   WEIGHT  AVAILABLE"), lines.get(2));
    assertEquals(0, lab.cli("explain", "web", "192.0.2.7:4000", "8080").exit());
    assertEquals(2, lab.cli("explain", "web", "192.0.2.7:4000", "8081").exit());
  }

  @Test
  void poolsAndPlanesAreShown() throws Exception {
    Map<?, ?> pool = (Map<?, ?>) parsed(lab.cli("--json", "show", "pools", "web").out());
    assertEquals(List.of("a", "b"), pool.get("realServers"));
    assertEquals("0s", pool.get("slowStart"));
    assertEquals("io_uring", cell("show", "planes", "relay", "transport"));
    assertEquals(1, lab.cli("show", "planes", "bpf").exit());
  }

  @Test
  void aFileIsAppliedRelativeToTheClientsFolder() throws Exception {
    Files.writeString(state.resolve("director.yaml"), "director: {name: lab-1}\n");
    assertEquals(0, lab.cli("apply", "director.yaml").exit());
    var file = (Change.ImportFile) lab.director.asked().getFirst().changes().getFirst();
    assertEquals(state.resolve("director.yaml").toString(), file.file());
    Files.writeString(state.resolve("wrong.yaml"), "bad\n");
    Run run = lab.cli("apply", "wrong.yaml");
    assertEquals(1, run.exit());
    assertEquals(
        state.resolve("wrong.yaml") + ":1: director.name: 'bad': expected a name\n", run.err());
    assertEquals(1, lab.cli("apply", "missing.yaml").exit());
  }

  @Test
  void revisionsAreComparedExportedAndRolledBackTo() throws Exception {
    lab.cli("set", "weight", "web/a", "5");
    Run run = lab.cli("diff", "3");
    assertEquals(
        "- pools.web.realServers.a.weight: 1\n+ pools.web.realServers.a.weight: 5\n", run.out());
    assertEquals("revisions 4 and 4 are equal\n", lab.cli("diff", "4", "4").out());
    assertEquals(1, lab.cli("diff", "99").exit());
    assertTrue(lab.cli("config", "export").out().startsWith("pools: {"));
    assertEquals(0, lab.cli("rollback", "2").exit());
    assertEquals(new Change.Rollback(2), lab.director.asked().getLast().changes().getFirst());
  }

  @Test
  void aBundleIsUpdatedThroughTheInventory() throws Exception {
    Files.writeString(state.resolve("new.jar"), "x");
    Run run = lab.cli("bundle", "update", "new.jar");
    assertEquals(new Run(0, "org.strowger.schedulers 0.1.0 -> 0.1.1: in place\n", ""), run);
    assertEquals(List.of(state.resolve("new.jar")), lab.updated);
    assertEquals(1, lab.cli("bundle", "update", "none.jar").exit());
  }

  /** As the launcher registers it. */
  public interface LevelsMXBean {
    Map<String, String> getLevels();

    void setLevel(String logger, String level);
  }

  @Test
  void theLevelOfALoggerIsChangedThroughItsMBean() throws Exception {
    assertEquals(
        "the levels of the log cannot be changed here: no org.strowger:type=Logging\n",
        lab.cli("log", "org.strowger.relay", "DEBUG").err());
    Map<String, String> levels = new ConcurrentHashMap<>();
    LevelsMXBean logging =
        new LevelsMXBean() {
          @Override
          public Map<String, String> getLevels() {
            return levels;
          }

          @Override
          public void setLevel(String logger, String level) {
            if (level.equals("LOUD")) {
              throw new IllegalArgumentException("level 'LOUD', expected one of TRACE, DEBUG");
            }
            String user = Subject.current().getPrincipals().iterator().next().getName();
            levels.put(logger, level + " by " + user);
          }
        };
    ObjectName name = new ObjectName("org.strowger:type=Logging");
    ManagementFactory.getPlatformMBeanServer().registerMBean(logging, name);
    try {
      assertEquals(
          "org.strowger.relay logs DEBUG until the next start\n",
          lab.cli("log", "org.strowger.relay", "DEBUG").out());
      String user = System.getProperty("user.name");
      assertEquals(Map.of("org.strowger.relay", "DEBUG by " + user), levels);
      assertEquals(
          new Run(1, "", "level 'LOUD', expected one of TRACE, DEBUG\n"),
          lab.cli("log", "org.strowger.relay", "LOUD"));
    } finally {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    }
  }

  @Test
  void whatLooksLikeAScriptIsOnlyAWord() throws Exception {
    for (String script : List.of("services;osgi:removeCommand", "$(osgi:eval x)", "services|x")) {
      Run run = lab.cli("show", script);
      assertEquals(2, run.exit());
      assertTrue(run.err().startsWith("'" + script + "': expected services"), run.err());
    }
    assertEquals(2, lab.cli("osgi:addCommand", "x").exit());
    assertEquals(2, lab.cli("{ show services }").exit());
    assertEquals(2, lab.cli("x=1").exit());
    assertEquals(0, lab.cli("show", "services").exit());
  }

  @Test
  void commandsOfAPipeRunUntilTheFirstFailure() throws Exception {
    Path socket = state.resolve(SocketFile.NAME);
    String script =
        "set weight web/a 2\n\nset weight 'web/b' 3\nset weight web/z 1\nset weight web/a 9\n";
    Run run = lab.cli(socket, script);
    assertEquals(1, run.exit());
    assertEquals("committed as revision 4\ncommitted as revision 5\n", run.out());
    assertEquals("2", cell("show", "real-servers", "web/a", "weight"));
  }

  @Test
  void onlyTheOwnerCanEnterTheSocket() throws Exception {
    Path socket = state.resolve(SocketFile.NAME);
    assertEquals("shell on " + socket, lab.status());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    try (var files = Files.list(state)) {
      assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith(".sh")));
    }
  }

  @Test
  void helpNamesEveryCommand() throws Exception {
    String help = lab.cli("help").out();
    for (String word :
        List.of("show", "set weight", "unset", "top", "drain", "why", "apply", "config export")) {
      assertTrue(help.contains("\n" + word) || help.startsWith(word), word);
    }
  }

  private String cell(String command, String thing, String name, String key) throws Exception {
    Map<?, ?> row = (Map<?, ?>) parsed(lab.cli("--json", command, thing, name).out());
    return String.valueOf(row.get(key));
  }

  private static Object parsed(String json) {
    return new Load(LoadSettings.builder().build()).loadFromString(json);
  }

  private static Connection connection(long id, String client, String real) {
    return new Connection(
        id,
        "web",
        Protocol.TCP,
        new InetSocketAddress(client, 4000),
        new RealServerId("web", real),
        "established",
        Duration.ofSeconds(90),
        Duration.ofMillis(1_500),
        10,
        20);
  }
}
