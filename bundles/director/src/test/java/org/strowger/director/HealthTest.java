package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.AdminState;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.HealthState;
import org.strowger.api.KeyPath;
import org.strowger.api.OperState;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PlaneEvent;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.RoleHolder;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.Why;

/** What the director makes of the evidence, with a plane and a checker that the test speaks for. */
class HealthTest {
  private static final Origin SHELL = new Origin(OriginKind.SHELL, "root", "test");
  private static final RealServerId A = new RealServerId("web", "a");
  private static final RealServerId B = new RealServerId("web", "b");

  private final MemoryStore store = new MemoryStore();
  private final MemoryPlane plane = new MemoryPlane();
  private final List<DirectorEvent> events = new CopyOnWriteArrayList<>();
  private FakeChecker checker = new FakeChecker();
  private DirectorService director = new DirectorService(java.time.InstantSource.system());

  @BeforeEach
  void startDirector() throws Exception {
    start();
    apply(Map.of());
  }

  private void start() {
    director.control().storeIs(store);
    director.control().forwarders().came(plane);
    director.control().health().slot().came(checker);
    director.start();
    director.subscribe(events::add);
  }

  @AfterEach
  void stopDirector() {
    director.stop();
  }

  /** Two real servers, checked by {@code alive}, and these keys of their pool. */
  private void apply(Map<String, Object> ofPool) throws Exception {
    Map<String, Object> reals = new LinkedHashMap<>();
    reals.put("a", Map.of("address", "127.0.0.1", "port", 9001L, "weight", 10L));
    reals.put("b", Map.of("address", "127.0.0.1", "port", 9002L, "weight", 10L));
    Map<String, Object> pool = new HashMap<>(ofPool);
    pool.put("checks", List.of("alive"));
    pool.put("realServers", reals);
    put(KeyPath.of("checks"), Map.of("alive", Map.of("type", "tcp")));
    put(KeyPath.of("pools"), Map.of("web", pool));
    put(
        KeyPath.of("virtualServices"),
        Map.of("web", Map.of("address", "127.0.0.1", "port", 8080L, "pool", "web")));
    await(() -> checker.probes() == 2);
  }

  private void put(KeyPath path, Object value) throws Exception {
    ChangeResult result =
        director
            .apply(ChangeSet.of(SHELL, new Change.Put(path, value)))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    assertTrue(result instanceof ChangeResult.Committed, result.text());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain");
      Thread.sleep(5);
    }
  }

  private RealServerState state(RealServerId id) {
    return director.snapshot().realServers().get(id);
  }

  private void awaitState(RealServerId id, OperState oper, Reason reason) throws Exception {
    await(
        () ->
            Optional.ofNullable(state(id))
                .filter(state -> state.operState() == oper && state.reason() == reason)
                .isPresent());
  }

  private Optional<Alarm> active(AlarmType type) {
    return director.snapshot().activeAlarms().stream().filter(a -> a.type() == type).findFirst();
  }

  private RealServer told(RealServerId id) {
    return plane.table.services().getFirst().realServers().stream()
        .filter(real -> real.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFailedCheckTakesItOutWithAReasonAndAnAlarmAndAPassTakesItBack() throws Exception {
    assertEquals(OperState.UP, state(A).operState(), "init state");
    checker.says(9001, ProbeVerdict.FAILED, "connection refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    assertEquals("alive: connection refused", state(A).reasonText());
    assertEquals(0, state(A).operWeight());
    assertEquals("pool=web,real=a", active(AlarmType.REAL_DOWN).orElseThrow().resource());
    await(() -> told(A).weight() == 0);
    assertEquals(AdminState.IN_SERVICE, told(A).adminState(), "its connections go on");
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.NONE);
    await(() -> told(A).weight() == 10 && active(AlarmType.REAL_DOWN).isEmpty());
    assertEquals(2, state(A).transitions());
  }

  @Test
  void planeAndCheckMustBothBeContent() throws Exception {
    checker.says(9001, ProbeVerdict.FAILED, "no banner");
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    awaitState(A, OperState.DOWN, Reason.CONNECT_FAILED);
    plane.report(new PlaneEvent.RealServerReachable(A));
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    checker.says(9001, ProbeVerdict.PASSED, "banner");
    awaitState(A, OperState.UP, Reason.NONE);
  }

  @Test
  void initStateDownServesOnlyAfterTheFirstPassAndIsNoAlarm() throws Exception {
    apply(Map.of("initState", "down"));
    awaitState(A, OperState.DOWN, Reason.CHECK_PENDING);
    assertTrue(active(AlarmType.REAL_DOWN).isEmpty());
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.NONE);
    awaitState(B, OperState.DOWN, Reason.CHECK_PENDING);
  }

  @Test
  void whoIsNotCheckedYetWasNeverUpForAMoment() throws Exception {
    apply(Map.of("initState", "down"));
    awaitState(A, OperState.DOWN, Reason.CHECK_PENDING);
    long before = state(A).transitions();
    replaceDirector();
    awaitState(A, OperState.DOWN, Reason.CHECK_PENDING);
    assertEquals(before, state(A).transitions());
  }

  @Test
  void onDownDecidesWhatBecomesOfLiveConnections() throws Exception {
    apply(Map.of("onDown", "reset"));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    await(() -> told(A).adminState() == AdminState.OUT_OF_SERVICE);
    assertEquals(AdminState.IN_SERVICE, told(B).adminState());
    put(KeyPath.pool("web", "onDown"), "drainThenReset");
    await(() -> told(A).adminState() == AdminState.DRAIN);
    put(KeyPath.pool("web", "panicThreshold"), 60L);
    await(() -> told(A).adminState() == AdminState.IN_SERVICE); // all are used, none is cut
  }

  @Test
  void anAgentSetsWeightAndAdminState() throws Exception {
    checker.says(9001, state(ProbeVerdict.PASSED, 4, Optional.empty()));
    await(() -> state(A).operWeight() == 4);
    assertEquals(10, director.snapshot().configuration().realServer(A).orElseThrow().weight());
    checker.says(9001, state(ProbeVerdict.PASSED, 4, Optional.of(AdminState.DRAIN)));
    awaitState(A, OperState.DRAINING, Reason.ADMIN_DOWN);
    assertEquals("the check alive asks for drain", state(A).reasonText());
    await(() -> told(A).adminState() == AdminState.DRAIN);
    checker.says(9001, state(ProbeVerdict.PASSED, 10, Optional.empty()));
    await(() -> state(A).operWeight() == 10 && told(A).adminState() == AdminState.IN_SERVICE);
  }

  private static ProbeState state(ProbeVerdict verdict, int weight, Optional<AdminState> wanted) {
    return CheckedTest.state(verdict, "agent", OptionalInt.of(weight), wanted);
  }

  @Test
  void manualResumeWaitsForTheOperatorAlsoAfterTheDirectorWasReplaced() throws Exception {
    apply(Map.of("manualResume", true));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.DOWN, Reason.MANUAL_RESUME);
    replaceDirector();
    awaitState(A, OperState.DOWN, Reason.MANUAL_RESUME);
    assertTrue(director.resume(A, SHELL));
    awaitState(A, OperState.UP, Reason.NONE);
    assertFalse(director.resume(A, SHELL), "nothing holds it");
  }

  @Test
  void whatWasObservedSurvivesTheDirectorsBundle() throws Exception {
    apply(Map.of("quorum", 15L, "quorumHysteresis", 5L));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.NONE);
    put(KeyPath.pool("web", "quorum"), 30L);
    await(() -> active(AlarmType.QUORUM_LOST).isPresent());
    // Back from 20 + 5 only: not at a live weight of 20, which a director that knew nothing took.
    put(KeyPath.pool("web", "quorum"), 20L);
    await(() -> quorumText().endsWith("the quorum 20"));
    Snapshot before = director.snapshot();
    replaceDirector();
    await(() -> state(A) != null);
    assertEquals(before.realServers(), director.snapshot().realServers());
    await(() -> quorumText().endsWith("the quorum 20"));
    VirtualServiceState service = before.services().get("web");
    VirtualServiceState after = director.snapshot().services().get("web");
    assertEquals(service.lastChange(), after.lastChange());
    assertEquals(service.transitions(), after.transitions());
    assertEquals(
        before.pools().get("web").lastChange(),
        director.snapshot().pools().get("web").lastChange());
  }

  private String quorumText() {
    return active(AlarmType.QUORUM_LOST).map(Alarm::text).orElse("");
  }

  @Test
  void slowStartAndEjectionGoOnInTheNextDirectorsBundle() throws Exception {
    apply(
        Map.of(
            "slowStart",
            "1h",
            "outlier",
            Map.of(
                "failures", 5L, "ejection", "10m", "longestEjection", "10m", "maxEjected", 50L)));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.WARMUP);
    plane.reals = Map.of(B, new RealServerCounters(0, 50, 0, 0, 40, 0, 0, 0, 0));
    awaitState(B, OperState.DOWN, Reason.OUTLIER);
    replaceDirector();
    awaitState(A, OperState.UP, Reason.WARMUP);
    awaitState(B, OperState.DOWN, Reason.OUTLIER);
    assertEquals(1, state(A).operWeight(), "a tenth of its weight");
  }

  @Test
  void aStandbyDirectorLeavesTheLookingToTheActiveOneIfThatIsWanted() throws Exception {
    FakeRole role = new FakeRole();
    director.control().health().roles().came(role);
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    role.becomes(DirectorRole.BACKUP);
    await(() -> director.snapshot().role() == DirectorRole.BACKUP);
    assertEquals(2, checker.probes(), "it is not wanted");
    put(KeyPath.of("director", "checksOnStandby"), false);
    await(() -> checker.probes() == 0);
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    assertTrue(
        director.why(A).orElseThrow().evidence().stream()
            .anyMatch(each -> each.text().startsWith("suspended while this director is backup")));
    director.control().health().roles().went(role);
    assertEquals(DirectorRole.BACKUP, director.snapshot().role(), "while it is replaced");
    director.control().health().roles().came(role);
    role.becomes(DirectorRole.ACTIVE);
    await(() -> checker.probes() == 2);
    assertEquals("refused", checker.known(9001).last().orElseThrow().text());
  }

  /** Whoever works out the role; the test speaks for it. */
  private static final class FakeRole implements RoleHolder {
    private volatile DirectorRole role = DirectorRole.ACTIVE;
    private volatile Runnable changed = () -> {};

    @Override
    public DirectorRole role() {
      return role;
    }

    @Override
    public FailoverState report() {
      return FailoverState.ALONE;
    }

    @Override
    public Optional<String> command(FailoverCommand command, String instance) {
      return Optional.of("nobody asks in this test");
    }

    @Override
    public Subscription onChange(Runnable told) {
      changed = told;
      return () -> changed = () -> {};
    }

    void becomes(DirectorRole other) {
      role = other;
      changed.run();
    }
  }

  private void replaceDirector() {
    director.stop();
    events.clear();
    director = new DirectorService(java.time.InstantSource.system());
    start();
  }

  @Test
  void oneThatFlapsIsHeldDownAndAlarmed() throws Exception {
    apply(Map.of("damping", Map.of("transitions", 1L, "window", "10m")));
    for (int i = 0; i < 2; i++) {
      checker.says(9001, ProbeVerdict.FAILED, "refused");
      awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
      checker.says(9001, ProbeVerdict.PASSED, "open");
      await(() -> state(A).reason() != Reason.CHECK_FAILED);
    }
    awaitState(A, OperState.DOWN, Reason.FLAP_HOLD);
    assertEquals("pool=web,real=a", active(AlarmType.REAL_FLAPPING).orElseThrow().resource());
    assertTrue(director.resume(A, SHELL));
    awaitState(A, OperState.UP, Reason.NONE);
    await(() -> active(AlarmType.REAL_FLAPPING).isEmpty());
  }

  @Test
  void theOneThatTracksAnotherFollowsIt() throws Exception {
    put(KeyPath.realServer(B, "track"), "web/a");
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(B, OperState.DOWN, Reason.DEPENDENCY);
    assertEquals("it tracks web/a, which is down: alive: refused", state(B).reasonText());
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(B, OperState.UP, Reason.NONE);
    put(KeyPath.realServer(A, "adminState"), "drain");
    awaitState(B, OperState.DRAINING, Reason.DEPENDENCY);
    put(KeyPath.realServer(A, "adminState"), "outOfService");
    awaitState(B, OperState.DOWN, Reason.DEPENDENCY);
  }

  @Test
  void withoutItsQuorumThePoolDoesNotServe() throws Exception {
    apply(Map.of("quorum", 15L, "quorumHysteresis", 5L));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    assertTrue(active(AlarmType.QUORUM_LOST).isEmpty(), "10 are not less than 10");
    checker.says(9002, state(ProbeVerdict.PASSED, 9, Optional.empty()));
    await(() -> active(AlarmType.QUORUM_LOST).isPresent());
    assertEquals("pool=web", active(AlarmType.QUORUM_LOST).orElseThrow().resource());
    assertEquals(OperState.DOWN, director.snapshot().services().get("web").operState());
    assertEquals(Reason.QUORUM_LOST, director.snapshot().pools().get("web").reason());
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.NONE);
    assertTrue(active(AlarmType.QUORUM_LOST).isPresent(), "19 are not 20");
    checker.says(9002, state(ProbeVerdict.PASSED, 10, Optional.empty()));
    await(() -> active(AlarmType.QUORUM_LOST).isEmpty());
    await(() -> director.snapshot().pools().get("web").operState() == OperState.UP);
  }

  @Test
  void aFileInTheMaintenanceFolderDrains() throws Exception {
    checker.maintenance(Set.of("web_a", "127.0.0.1_9002"));
    awaitState(A, OperState.DRAINING, Reason.MAINTENANCE);
    awaitState(B, OperState.DRAINING, Reason.MAINTENANCE);
    checker.maintenance(Set.of());
    awaitState(A, OperState.UP, Reason.NONE);
    awaitState(B, OperState.UP, Reason.NONE);
  }

  @Test
  void anOutlierOfTheTrafficIsEjected() throws Exception {
    apply(Map.of("outlier", Map.of("failures", 5L, "ejection", "10m", "longestEjection", "10m")));
    for (int i = 1; i < 40 && state(A).operState() == OperState.UP; i++) {
      plane.reals = Map.of(A, new RealServerCounters(0, 0, 0, 0, 10L * i, 0, 0, 0, 0));
      Thread.sleep(1_100); // a look is due each second
    }
    awaitState(A, OperState.DOWN, Reason.OUTLIER);
    assertEquals(OperState.UP, state(B).operState());
    assertTrue(director.resume(A, SHELL));
    awaitState(A, OperState.UP, Reason.NONE);
  }

  @Test
  void slowStartBeginsWhenTheChecksPassAgain() throws Exception {
    apply(Map.of("slowStart", "30s"));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    checker.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.WARMUP);
    assertTrue(state(A).operWeight() < 10);
  }

  @Test
  void aCheckerThatGoesLeavesItsVerdictsAndTheNextOneIsToldOfThem() throws Exception {
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    director.control().health().slot().went(checker);
    await(() -> active(AlarmType.PLUGIN_MISSING).isPresent());
    assertEquals(Reason.CHECK_FAILED, state(A).reason());
    checker.says(9001, ProbeVerdict.PASSED, "what a stopped bundle says is not heard");
    FakeChecker next = new FakeChecker();
    director.control().health().slot().came(next);
    await(() -> next.probes() == 2);
    assertEquals("refused", next.known(9001).last().orElseThrow().text());
    assertEquals(Reason.CHECK_FAILED, state(A).reason());
    next.says(9001, ProbeVerdict.PASSED, "open");
    awaitState(A, OperState.UP, Reason.NONE);
  }

  @Test
  void directorAndCheckerReplacedTogetherKeepVerdictsAndHistory() throws Exception {
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    checker = new FakeChecker();
    replaceDirector();
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    assertEquals("refused", checker.known(9001).last().orElseThrow().text());
    assertTrue(
        events.stream().noneMatch(event -> event instanceof DirectorEvent.AlarmCleared),
        "nobody was told that it had come back");
  }

  @Test
  void stalledFaultyAndExpiringAreAlarms() throws Exception {
    checker.state = new HealthState(2, 2, 2, 100, 7, 12, 9_000_000);
    ProbeState fine =
        CheckedTest.state(ProbeVerdict.PASSED, "open", OptionalInt.empty(), Optional.empty());
    checker.says(9001, with(fine, "the check threw", Optional.empty()));
    checker.says(9002, with(fine, "", Optional.of("certificate expires in 3 days")));
    await(() -> active(AlarmType.CHECK_FAULTY).isPresent());
    assertEquals(
        "check=alive,endpoint=127.0.0.1_9001",
        active(AlarmType.CHECK_FAULTY).orElseThrow().resource());
    await(() -> active(AlarmType.CERT_EXPIRING).isPresent());
    await(this::stalled);
    checker.state = HealthState.NONE;
    checker.says(9001, fine);
    checker.says(9002, fine);
    await(
        () ->
            active(AlarmType.CHECK_FAULTY).isEmpty()
                && active(AlarmType.CERT_EXPIRING).isEmpty()
                && !stalled());
  }

  /** Whether the condition holds, which is an alarm only when it has held for a while. */
  private boolean stalled() {
    Conditions conditions = new Conditions(director.snapshot().configuration());
    director.control().health().conditions(director.snapshot().configuration(), conditions);
    return conditions.all().stream().anyMatch(c -> c.type() == AlarmType.CHECK_STALLED);
  }

  private static ProbeState with(ProbeState state, String faultText, Optional<String> warning) {
    return new ProbeState(
        state.verdict(),
        state.lastChange(),
        0,
        state.looks(),
        0,
        3,
        faultText,
        state.streak(),
        state.weight(),
        state.wanted(),
        warning,
        state.history());
  }

  @Test
  void whyNamesEverythingThatHasASay() throws Exception {
    apply(Map.of("manualResume", true, "onDown", "keep"));
    checker.says(9001, ProbeVerdict.FAILED, "refused");
    awaitState(A, OperState.DOWN, Reason.CHECK_FAILED);
    Why why = director.why(A).orElseThrow();
    assertEquals(
        List.of("pool", "adminState", "plane", "check alive", "manualResume"),
        why.evidence().stream().map(Why.Evidence::source).toList());
    assertEquals(
        List.of("failed: failed 3 in a row, refused"),
        why.evidence().stream().filter(e -> !e.speaksFor()).map(Why.Evidence::text).toList());
    assertEquals(Reason.CHECK_FAILED, why.state().reason());
    assertTrue(director.why(new RealServerId("web", "zz")).isEmpty());
  }
}
