package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.HookCall;
import org.strowger.api.HookState;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.ProbeVerdict;

/** Which hooks are run for what happens, with a runner that the test speaks for. */
class HooksTest {
  private static final Origin SHELL = new Origin(OriginKind.SHELL, "root", "test");

  private final MemoryStore store = new MemoryStore();
  private final MemoryPlane plane = new MemoryPlane();
  private final FakeChecker checker = new FakeChecker();
  private final FakeRunner runner = new FakeRunner();
  private final DirectorService director = new DirectorService(java.time.InstantSource.system());

  @BeforeEach
  void start() {
    director.control().storeIs(store);
    director.control().forwarders().came(plane);
    director.control().health().slot().came(checker);
    director.control().hooks().came(runner);
    director.start();
  }

  @AfterEach
  void stop() {
    director.stop();
  }

  /** Two real servers of weight 10, quorum 15, and these hooks of pool, service and director. */
  private void apply(String ofPool, String ofService, String ofDirector) throws Exception {
    Map<String, Object> hooks = new HashMap<>();
    for (String name : List.of("pool", "service", "all")) {
      hooks.put(name, Map.of("command", List.of("/bin/true")));
    }
    hooks.put(
        "alarms",
        Map.of("url", "http://192.0.2.9/hook", "events", List.of("alarmRaised", "alarmCleared")));
    committed(change(KeyPath.of("hooks"), hooks));
    Map<String, Object> reals = new LinkedHashMap<>();
    reals.put("a", Map.of("address", "127.0.0.1", "port", 9001L, "weight", 10L));
    reals.put("b", Map.of("address", "127.0.0.1", "port", 9002L, "weight", 10L));
    Map<String, Object> pool = new HashMap<>();
    pool.put("checks", List.of("alive"));
    pool.put("quorum", 15L);
    pool.put("hooks", names(ofPool));
    pool.put("realServers", reals);
    committed(change(KeyPath.of("checks"), Map.of("alive", Map.of("type", "tcp"))));
    committed(change(KeyPath.of("pools"), Map.of("web", pool)));
    committed(
        change(
            KeyPath.of("virtualServices"),
            Map.of(
                "web",
                Map.of(
                    "address",
                    "127.0.0.1",
                    "port",
                    8080L,
                    "pool",
                    "web",
                    "hooks",
                    names(ofService)))));
    committed(change(KeyPath.of("director", "hooks"), names(ofDirector)));
    await(() -> checker.probes() == 2);
  }

  private static List<String> names(String name) {
    return name.isEmpty() ? List.of() : List.of(name);
  }

  private ChangeResult change(KeyPath path, Object value) throws Exception {
    return director
        .apply(ChangeSet.of(SHELL, new Change.Put(path, value)))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static void committed(ChangeResult result) {
    assertTrue(result instanceof ChangeResult.Committed, result.text());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain");
      Thread.sleep(5);
    }
  }

  private List<String> events(String hook) {
    return runner.calls.stream()
        .filter(call -> call.hook().name().equals(hook))
        .map(call -> call.event().word())
        .toList();
  }

  private void fallsAndComesBack() throws Exception {
    checker.says(9001, ProbeVerdict.FAILED, "connection refused");
    await(() -> director.snapshot().pools().get("web").realsUp() == 1);
    checker.says(9001, ProbeVerdict.PASSED, "open");
    await(() -> director.snapshot().pools().get("web").realsUp() == 2);
  }

  @Test
  void aPoolsHookIsToldOfItsRealServersAndOfItsQuorumWithTheFacts() throws Exception {
    apply("pool", "", "");
    fallsAndComesBack();
    await(() -> events("pool").size() == 4);
    assertEquals(List.of("realDown", "quorumLost", "realUp", "quorumGained"), events("pool"));
    Map<String, String> facts = runner.calls.getFirst().facts();
    assertEquals("pool=web,real=a", facts.get("resource"));
    assertEquals("web/a", facts.get("realServer"));
    assertEquals("127.0.0.1", facts.get("address"));
    assertEquals("9001", facts.get("port"));
    assertEquals("up", facts.get("before"));
    assertEquals("down", facts.get("state"));
    assertEquals("checkFailed", facts.get("reason"));
    assertEquals("alive: connection refused", facts.get("text"));
    assertEquals("strowger", facts.get("director"));
    assertEquals(
        "quorum lost: the live weight is 10, the quorum 15",
        runner.calls.get(1).facts().get("text"));
  }

  @Test
  void aServicesHookIsToldOfTheServiceAndOfTheQuorumOfItsPool() throws Exception {
    apply("", "service", "");
    await(() -> plane.services().contains("web"));
    fallsAndComesBack();
    await(() -> events("service").size() >= 4);
    assertTrue(events("service").contains("quorumLost"), events("service").toString());
    assertTrue(events("service").contains("quorumGained"), events("service").toString());
    assertTrue(events("service").contains("serviceDown"), events("service").toString());
    assertTrue(events("service").contains("serviceDegraded"), "the test offers no scheduler");
    assertTrue(!events("service").contains("realDown"), events("service").toString());
  }

  @Test
  void theDirectorsHookIsToldOfEverythingAndAlarmsOnlyWhereAskedFor() throws Exception {
    apply("alarms", "", "all");
    fallsAndComesBack();
    await(() -> events("alarms").size() >= 2 && events("all").contains("quorumGained"));
    assertTrue(events("all").containsAll(List.of("realDown", "realUp", "serviceDown")));
    assertTrue(events("all").stream().noneMatch(event -> event.startsWith("alarm")));
    HookCall raised =
        runner.calls.stream()
            .filter(call -> "realDown".equals(call.facts().get("alarm")))
            .findFirst()
            .orElseThrow();
    assertEquals("minor", raised.facts().get("severity"));
  }

  @Test
  void aStartIsNoEventButARealServerThatIsFoundDeadAtItIs() throws Exception {
    apply("pool", "", "");
    checker.says(9002, ProbeVerdict.FAILED, "no route to it");
    await(() -> events("pool").contains("quorumLost"));
    assertEquals(List.of("realDown", "quorumLost"), events("pool"));
  }

  @Test
  void callsWaitWhileTheRunnerIsReplacedAndItsFailureIsAnAlarmWithAnEnd() throws Exception {
    apply("pool", "", "");
    runner.holds = true;
    checker.says(9001, ProbeVerdict.FAILED, "connection refused");
    await(() -> runner.held.size() == 2);
    director.control().hooks().went(runner);
    checker.says(9001, ProbeVerdict.PASSED, "open");
    await(() -> director.snapshot().pools().get("web").realsUp() == 2);
    await(() -> director.snapshot().hooks().get("pool").waiting() == 4);
    FakeRunner next = new FakeRunner();
    director.control().hooks().came(next);
    await(() -> next.calls.size() == 4);
    assertEquals(
        List.of("realDown", "quorumLost", "realUp", "quorumGained"),
        next.calls.stream().map(call -> call.event().word()).toList());
    next.fails("pool", "exit code 3: it is broken");
    await(() -> alarm(AlarmType.HOOK_FAILED).isPresent());
    assertEquals("hook=pool exit code 3: it is broken", alarm(AlarmType.HOOK_FAILED).orElseThrow());
    next.runsAgain("pool");
    await(() -> alarm(AlarmType.HOOK_FAILED).isEmpty());
  }

  private Optional<String> alarm(AlarmType type) {
    return director.snapshot().activeAlarms().stream()
        .filter(alarm -> alarm.type() == type)
        .map(alarm -> alarm.resource() + " " + alarm.text())
        .findFirst();
  }

  @Test
  void aHookHasEitherACommandOrAUrlAndWhatRefersToItExists() throws Exception {
    assertEquals(
        "hooks.x: 'neither': expected either command or url",
        refusal(change(KeyPath.of("hooks"), Map.of("x", Map.of()))));
    assertEquals(
        "hooks.x: 'both': expected either command or url",
        refusal(
            change(
                KeyPath.of("hooks"),
                Map.of("x", Map.of("url", "http://h/", "command", List.of("/bin/true"))))));
    assertEquals(
        "hooks.x.command: 'true': expected a list that starts with the absolute path of a program",
        refusal(change(KeyPath.of("hooks"), Map.of("x", Map.of("command", List.of("true"))))));
    assertEquals(
        "director.hooks: 'x': expected names of hooks; there is none",
        refusal(change(KeyPath.of("director", "hooks"), List.of("x"))));
    assertTrue(
        refusal(change(KeyPath.of("hooks"), Map.of("x", Map.of("url", "ftp://h/"))))
            .contains("expected a URL such as"));
    assertTrue(
        refusal(change(KeyPath.of("hooks"), Map.of("x", Map.of("url", "http://u:p@h/"))))
            .contains("without user and password"));
    assertEquals(Map.<String, HookState>of(), director.snapshot().hooks());
  }

  private static String refusal(ChangeResult result) {
    assertTrue(result instanceof ChangeResult.Rejected, result.text());
    return ((ChangeResult.Rejected) result).violations().getFirst().text();
  }
}
