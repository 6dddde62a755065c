package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Choice;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Flow;
import org.strowger.api.KeyPath;
import org.strowger.api.OperState;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PlaneEvent;
import org.strowger.api.PluginState;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;
import org.strowger.api.Revision;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;
import org.strowger.api.VirtualServiceCounters;

class DirectorServiceTest {
  private static final Origin SHELL = new Origin(OriginKind.SHELL, "root", "test");
  private static final RealServerId A = new RealServerId("web", "a");
  private static final RealServerId B = new RealServerId("web", "b");

  private final MemoryStore store = new MemoryStore();
  private final MemoryPlane plane = new MemoryPlane();
  private final List<DirectorEvent> events = new CopyOnWriteArrayList<>();
  private DirectorService director = new DirectorService(java.time.InstantSource.system());

  @BeforeEach
  void startDirector() {
    start();
  }

  private void start() {
    director.control().storeIs(store);
    director.control().forwarders().came(plane);
    director.start();
    director.subscribe(events::add);
  }

  @AfterEach
  void stopDirector() {
    director.stop();
  }

  @Test
  void importedFileBecomesRevisionOneAndReachesThePlane() throws Exception {
    director.shelf().offers().add(offer(new First()));
    assertEquals(new ChangeResult.Committed(1, true), importFile(file(1, 1)));
    assertEquals(1, store.revisions.size());
    assertEquals(List.of("web"), plane.services());
    assertEquals(OperState.UP, director.snapshot().services().get("web").operState());
  }

  @Test
  void weightSetLiveIsSavedBeforeTheAnswerAndSurvivesARestart() throws Exception {
    importFile(file(1, 1));
    assertEquals(new ChangeResult.Committed(2, true), setWeight(A, 7));
    assertEquals(7, store.newest().map(Revision::tree).map(DirectorServiceTest::weightOfA).get());
    director.stop();
    director = new DirectorService(java.time.InstantSource.system());
    start();
    await(() -> director.snapshot().revision() == 2);
    assertEquals(7, director.snapshot().configuration().realServer(A).orElseThrow().weight());
  }

  @Test
  void wrongValueChangesNothingAndNamesWhatWasExpected() throws Exception {
    importFile(file(1, 1));
    ChangeResult.Rejected rejected =
        assertInstanceOf(ChangeResult.Rejected.class, setWeight(A, 65536));
    assertEquals(
        "pools.web.realServers.a.weight: '65536': expected a whole number from 0 to 65535 (weight)",
        rejected.text());
    assertEquals(1, director.snapshot().revision());
  }

  @Test
  void unknownRealServerIsNamedWithThoseThatExist() throws Exception {
    importFile(file(1, 1));
    ChangeResult result = setWeight(new RealServerId("web", "zz"), 3);
    assertEquals(
        "pools.web.realServers.zz: 'zz': expected an existing name, of: a, b", result.text());
  }

  @Test
  void revisionThatCannotBeSavedIsNotApplied() throws Exception {
    importFile(file(1, 1));
    store.full = true;
    assertInstanceOf(ChangeResult.Busy.class, setWeight(A, 5));
    assertEquals(1, director.snapshot().configuration().realServer(A).orElseThrow().weight());
    store.full = false;
    assertEquals(new ChangeResult.Committed(2, true), setWeight(A, 5));
  }

  @Test
  void changeForAnOlderRevisionIsAConflict() throws Exception {
    importFile(file(1, 1));
    setWeight(A, 2);
    ChangeSet late =
        new ChangeSet(
            SHELL,
            OptionalLong.of(1),
            List.of(new Change.Put(KeyPath.realServer(B, "weight"), 9L)),
            "");
    assertInstanceOf(ChangeResult.Conflict.class, apply(late));
  }

  @Test
  void editOfTheFileKeepsWhatWasSetLiveElsewhereAndConflictsOnTheSameKey() throws Exception {
    importFile(file(1, 1));
    setWeight(A, 7);
    assertEquals(new ChangeResult.Committed(3, true), importFile(file(1, 4)));
    assertEquals(7, director.snapshot().configuration().realServer(A).orElseThrow().weight());
    assertEquals(4, director.snapshot().configuration().realServer(B).orElseThrow().weight());
    ChangeResult.Conflict conflict =
        assertInstanceOf(ChangeResult.Conflict.class, importFile(file(2, 4)));
    assertEquals(
        List.of("pools.web.realServers.a.weight is '7' here and '2' in the file"),
        conflict.conflicts());
    await(() -> active(AlarmType.APPLY_FAILED).isPresent());
    assertEquals(new ChangeResult.Committed(4, false), importFile(file(7, 4)));
    await(() -> active(AlarmType.APPLY_FAILED).isEmpty());
  }

  @Test
  void fileAppliedByHandReplacesWhatRunsAndIsNotTheOperatorsFile() throws Exception {
    importFile(file(1, 1));
    ChangeSet byHand =
        ChangeSet.of(
            SHELL, new Change.ImportFile("other.yaml", "ff", file(5, 6), Map.of(), List.of()));
    assertEquals(new ChangeResult.Committed(2, true), apply(byHand));
    assertEquals(file(1, 1), store.newest().orElseThrow().lastImport().orElseThrow().tree());
    assertEquals(new ChangeResult.Committed(2, false), importFile(file(1, 1)));
    assertEquals(5, director.snapshot().configuration().realServer(A).orElseThrow().weight());
  }

  @Test
  void movedRealServerIsNotJudgedByWhatItsOldAddressDid() throws Exception {
    importFile(file(1, 1));
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    apply(ChangeSet.of(SHELL, new Change.Put(KeyPath.realServer(A, "port"), 9011L)));
    await(() -> active(AlarmType.REAL_DOWN).isEmpty());
  }

  @Test
  void misspelledSchedulerIsRefusedWithThoseThatAreOffered() throws Exception {
    director.shelf().offers().add(offer(new First()));
    importFile(file(1, 1));
    ChangeResult result =
        apply(
            ChangeSet.of(
                SHELL, new Change.Put(KeyPath.virtualService("web", "scheduler"), "wlcc")));
    assertEquals(
        "virtualServices.web.scheduler: 'wlcc': expected the name of an offered scheduler; there is"
            + " wlc",
        result.text());
  }

  @Test
  void sameFileTwiceIsNothingToChange() throws Exception {
    importFile(file(1, 1));
    assertEquals(new ChangeResult.Committed(1, false), importFile(file(1, 1)));
  }

  @Test
  void rollbackRestoresAnOlderRevisionAsANewOne() throws Exception {
    importFile(file(1, 1));
    setWeight(A, 7);
    assertEquals(
        new ChangeResult.Committed(3, true), apply(ChangeSet.of(SHELL, new Change.Rollback(1))));
    assertEquals(1, director.snapshot().configuration().realServer(A).orElseThrow().weight());
    assertInstanceOf(
        ChangeResult.Rejected.class, apply(ChangeSet.of(SHELL, new Change.Rollback(99))));
  }

  @Test
  void unreachableRealServerIsAvoidedAlarmedAndTakenBack() throws Exception {
    director.shelf().offers().add(offer(new First()));
    importFile(file(1, 1));
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    assertEquals("pool=web,real=a", active(AlarmType.REAL_DOWN).orElseThrow().resource());
    assertEquals(OperState.DEGRADED, director.snapshot().services().get("web").operState());
    assertEquals(new Choice.Chosen(1), plane.choose());
    plane.report(new PlaneEvent.RealServerReachable(A));
    await(() -> active(AlarmType.REAL_DOWN).isEmpty());
    assertEquals(new Choice.Chosen(0), plane.choose());
    await(() -> events.stream().anyMatch(e -> e instanceof DirectorEvent.AlarmCleared));
  }

  @Test
  void serviceWithoutAnyReachableRealServerIsDownAndCritical() throws Exception {
    importFile(file(1, 1));
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    plane.report(new PlaneEvent.RealServerUnreachable(B, "connection refused"));
    await(() -> active(AlarmType.SERVICE_DOWN).isPresent());
    assertInstanceOf(Choice.Refused.class, plane.choose());
  }

  @Test
  void aPlaneThatIsReplacedIsNoAlarmAndWhatItToldStandsMeanwhile() throws Exception {
    importFile(file(1, 1));
    plane.total = 7;
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent() && connsTotal() == 7);
    director.control().forwarders().went(plane);
    setWeight(B, 3);
    assertTrue(active(AlarmType.REAL_DOWN).isPresent());
    assertEquals(OperState.DEGRADED, director.snapshot().services().get("web").operState());
    assertEquals(7, connsTotal(), "a counter never goes back");
    MemoryPlane next = new MemoryPlane();
    next.total = 8;
    director.control().forwarders().came(next);
    await(() -> next.services().equals(List.of("web")) && connsTotal() == 8);
    await(() -> active(AlarmType.REAL_DOWN).isEmpty()); // of which it knows nothing
    assertTrue(
        events.stream()
            .noneMatch(
                e ->
                    e instanceof DirectorEvent.AlarmRaised raised
                        && raised.alarm().type() == AlarmType.SERVICE_DOWN));
  }

  @Test
  void aDirectorThatHasReadNoRevisionYetTellsThePlaneNothing() throws Exception {
    importFile(file(1, 1));
    director.stop();
    director = new DirectorService(java.time.InstantSource.system());
    director.control().forwarders().came(plane);
    director.start();
    assertInstanceOf(ChangeResult.Busy.class, setWeight(A, 3));
    assertInstanceOf(ChangeResult.Busy.class, setWeight(A, 4)); // the first was followed by a look
    assertEquals(List.of("web"), plane.services(), "what it was told before stands");
    director.control().storeIs(store);
    await(() -> director.snapshot().revision() == 1);
  }

  @Test
  void aPlaneThatStaysAwayIsAnAlarm() throws Exception {
    importFile(file(1, 1));
    await(() -> plane.services().equals(List.of("web")));
    director.control().forwarders().went(plane);
    await(() -> active(AlarmType.SERVICE_DOWN).isPresent());
    assertEquals(
        "no forwarding plane offers relay", active(AlarmType.SERVICE_DOWN).orElseThrow().text());
  }

  @Test
  void aKernelPlaneThatHasNotComeYetIsNoAlarm() throws Exception {
    director.shelf().offers().add(offer(new First()));
    importFile(file(1, 1));
    assertEquals(
        new ChangeResult.Committed(2, true),
        apply(
            ChangeSet.of(
                SHELL,
                new Change.Put(KeyPath.virtualService("web", "forwarding"), "masquerading"))));
    await(
        () ->
            director.snapshot().services().get("web").reason()
                == org.strowger.api.Reason.NO_FORWARDER);
    assertTrue(active(AlarmType.SERVICE_DOWN).isEmpty(), "it loads its programs");
  }

  private long connsTotal() {
    VirtualServiceCounters counters = director.snapshot().serviceCounters().get("web");
    return counters == null ? 0 : counters.connsTotal();
  }

  @Test
  void backupPoolServesAndIsAlarmedWhileNobodyOfThePoolDoes() throws Exception {
    director.shelf().offers().add(offer(new First()));
    importFile(file(1, 1));
    apply(
        ChangeSet.of(
            SHELL,
            new Change.Put(
                KeyPath.of("pools", "sorry"),
                Map.of("realServers", Map.of("s", Map.of("address", "127.0.0.1", "port", 9003L)))),
            new Change.Put(KeyPath.virtualService("web", "backupPool"), "sorry")));
    assertEquals(new Choice.Chosen(0), plane.choose());
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    plane.report(new PlaneEvent.RealServerUnreachable(B, "connection refused"));
    await(() -> active(AlarmType.SERVICE_ON_BACKUP).isPresent());
    assertEquals(new Choice.Chosen(2), plane.choose());
    assertEquals(OperState.DEGRADED, director.snapshot().services().get("web").operState());
    assertEquals(1, director.snapshot().pools().get("sorry").usedByServices());
    assertTrue(active(AlarmType.SERVICE_DOWN).isEmpty());
    assertEquals(1, director.snapshot().schedulers().get("wlc").users());
    plane.report(new PlaneEvent.RealServerReachable(B));
    await(() -> active(AlarmType.SERVICE_ON_BACKUP).isEmpty());
    assertEquals(new Choice.Chosen(1), plane.choose());
  }

  @Test
  void panicIsAlarmedAndAllAreUsed() throws Exception {
    director.shelf().offers().add(offer(new First()));
    importFile(file(1, 1));
    apply(ChangeSet.of(SHELL, new Change.Put(KeyPath.of("pools", "web", "panicThreshold"), 60L)));
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.SERVICE_PANIC).isPresent());
    assertEquals(new Choice.Chosen(0), plane.choose());
    plane.report(new PlaneEvent.RealServerReachable(A));
    await(() -> active(AlarmType.SERVICE_PANIC).isEmpty());
  }

  @Test
  void slowStartShowsItsWeightAndEndsByItself() throws Exception {
    importFile(file(100, 100));
    apply(ChangeSet.of(SHELL, new Change.Put(KeyPath.of("pools", "web", "slowStart"), "2s")));
    assertEquals(100, director.snapshot().realServers().get(A).operWeight());
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    plane.report(new PlaneEvent.RealServerReachable(A));
    await(() -> active(AlarmType.REAL_DOWN).isEmpty());
    assertTrue(director.snapshot().realServers().get(A).operWeight() < 100);
    await(() -> director.snapshot().realServers().get(A).operWeight() == 100);
  }

  @Test
  void reachedLimitsAreAlarmedAndClearedWithoutAnybodyAsking() throws Exception {
    importFile(file(1, 1));
    apply(
        ChangeSet.of(
            SHELL,
            new Change.Put(KeyPath.of("virtualServices", "web", "limits", "connections"), 10L),
            new Change.Put(KeyPath.of("director", "connectionLimit"), 20L),
            new Change.Put(KeyPath.realServer(A, "upperThreshold"), 4L)));
    plane.held = 10;
    await(() -> active(AlarmType.SERVICE_CONN_LIMIT).isPresent());
    await(() -> active(AlarmType.REAL_OVERLOADED).isPresent());
    assertEquals("pool=web,real=a", active(AlarmType.REAL_OVERLOADED).orElseThrow().resource());
    assertTrue(active(AlarmType.CONNECTION_LIMIT).isEmpty());
    plane.held = 20;
    await(() -> active(AlarmType.CONNECTION_LIMIT).isPresent());
    plane.held = 3;
    await(() -> active(AlarmType.SERVICE_CONN_LIMIT).isEmpty());
    await(() -> active(AlarmType.CONNECTION_LIMIT).isEmpty());
    assertTrue(active(AlarmType.REAL_OVERLOADED).isPresent(), "three are not below three quarters");
    plane.held = 2;
    await(() -> active(AlarmType.REAL_OVERLOADED).isEmpty());
  }

  @Test
  void schedulerThatWentGoesOnUntilItsSuccessorComes() throws Exception {
    First old = new First();
    director.shelf().offers().add(offer(old));
    importFile(file(1, 1));
    assertEquals(new Choice.Chosen(0), plane.choose());
    director.shelf().offers().remove(old);
    director.wake();
    await(() -> director.snapshot().schedulers().get("wlc").state() == PluginState.ABSENT);
    assertEquals(new Choice.Chosen(0), plane.choose());
    director.shelf().offers().add(offer(new Last()));
    director.wake();
    await(() -> plane.choose().equals(new Choice.Chosen(1)));
    await(() -> director.snapshot().schedulers().get("wlc").swapCount() == 1);
  }

  @Test
  void schedulerThatThrowsIsReplacedPerCallAndQuarantined() throws Exception {
    director.shelf().offers().add(offer(new Throwing()));
    importFile(file(1, 1));
    for (int i = 0; i < GuardedScheduler.QUARANTINE_AFTER + 5; i++) {
      assertInstanceOf(Choice.Chosen.class, plane.choose());
    }
    director.wake();
    await(() -> active(AlarmType.SCHEDULER_FAULTY).isPresent());
    assertEquals(
        GuardedScheduler.QUARANTINE_AFTER, director.snapshot().schedulers().get("wlc").failures());
  }

  @Test
  void explainDoesNotDisturbTheTurn() throws Exception {
    importFile(file(1, 1));
    Flow flow = MemoryPlane.flow();
    String first = director.explain("web", flow).orElseThrow().chosen();
    assertEquals(first, director.explain("web", flow).orElseThrow().chosen());
    assertFalse(director.explain("nobody", flow).isPresent());
  }

  @Test
  void addressThatCannotBeListenedOnIsAnAlarmAndAStartupFailure() throws Exception {
    importFile(file(1, 1));
    plane.report(new PlaneEvent.ListenFailed("web", "TCP port 8080 on 127.0.0.1 is in use"));
    await(() -> active(AlarmType.LISTEN_FAILED).isPresent());
    assertEquals(
        "failed: virtual service web: TCP port 8080 on 127.0.0.1 is in use",
        director.startupReport());
    plane.report(new PlaneEvent.Listening("web"));
    await(() -> active(AlarmType.LISTEN_FAILED).isEmpty());
    assertEquals("revision 1", director.startupReport());
  }

  private Optional<Alarm> active(AlarmType type) {
    return director.snapshot().activeAlarms().stream().filter(a -> a.type() == type).findFirst();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 20 s in vain");
      Thread.sleep(5);
    }
  }

  private ChangeResult apply(ChangeSet changes) throws Exception {
    return director.apply(changes).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private ChangeResult setWeight(RealServerId id, long weight) throws Exception {
    return apply(ChangeSet.of(SHELL, new Change.Put(KeyPath.realServer(id, "weight"), weight)));
  }

  private ChangeResult importFile(Map<String, Object> tree) throws Exception {
    return apply(
        ChangeSet.of(
            new Origin(OriginKind.FILE, "root", "director.yaml"),
            new Change.ImportFile(
                "director.yaml", Integer.toHexString(tree.hashCode()), tree, Map.of(), List.of())));
  }

  static Map<String, Object> file(long weightA, long weightB) {
    return Map.of(
        "pools",
        Map.of("web", Map.of("realServers", realServers(weightA, weightB))),
        "virtualServices",
        Map.of("web", Map.of("address", "127.0.0.1", "port", 8080L, "pool", "web")),
        "alarms",
        Map.of("profiles", PROMPT));
  }

  /** Raised and cleared at once: here it is not the delays that are looked at. */
  private static final Map<String, Object> PROMPT =
      java.util.stream.Stream.of(
              AlarmType.SERVICE_DOWN,
              AlarmType.SERVICE_ON_BACKUP,
              AlarmType.SERVICE_PANIC,
              AlarmType.SERVICE_CONN_LIMIT,
              AlarmType.CONNECTION_LIMIT,
              AlarmType.REAL_OVERLOADED)
          .collect(
              java.util.stream.Collectors.toMap(
                  AlarmType::word, type -> Map.of("raiseDelay", "0s", "clearDelay", "0s")));

  private static Map<String, Object> realServers(long weightA, long weightB) {
    Map<String, Object> reals = new java.util.LinkedHashMap<>();
    reals.put("a", Map.of("address", "127.0.0.1", "port", 9001L, "weight", weightA));
    reals.put("b", Map.of("address", "127.0.0.1", "port", 9002L, "weight", weightB));
    return reals;
  }

  private static int weightOfA(Map<String, Object> tree) {
    Object weight = Trees.get(tree, KeyPath.realServer(A, "weight"));
    return Integer.parseInt(String.valueOf(weight));
  }

  static <T> Offers.Offer<T> offer(T provider) {
    return new Offers.Offer<>(provider, "test", "1.0.0", Instant.now());
  }

  private abstract static class Offered implements SchedulerProvider {
    @Override
    public String name() {
      return "wlc";
    }

    @Override
    public SchedulerKind kind() {
      return SchedulerKind.COUNTING;
    }

    @Override
    public List<Violation> check(Map<String, Object> options, KeyPath path) {
      return List.of();
    }

    @Override
    public Scheduler create(Map<String, Object> options) {
      return new Scheduler() {
        @Override
        public void changed(RealServerView reals) {}

        @Override
        public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
          return Offered.this.pick(reals);
        }

        @Override
        public Scheduler copy() {
          return this;
        }
      };
    }

    abstract int pick(RealServerView reals);
  }

  private static final class First extends Offered {
    @Override
    int pick(RealServerView reals) {
      for (int i = 0; i < reals.size(); i++) {
        if (reals.available(i)) {
          return i;
        }
      }
      return Scheduler.NONE;
    }
  }

  private static final class Last extends Offered {
    @Override
    int pick(RealServerView reals) {
      return reals.size() - 1;
    }
  }

  private static final class Throwing extends Offered {
    @Override
    int pick(RealServerView reals) {
      throw new IllegalStateException("broken on purpose");
    }
  }
}
