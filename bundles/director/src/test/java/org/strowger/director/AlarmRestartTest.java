package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.DirectorEvent;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PlaneEvent;
import org.strowger.api.RealServerId;

/** Alarms over the end of the director: by its update, by a restart, by whatever ended it. */
class AlarmRestartTest {
  private static final Origin SHELL = new Origin(OriginKind.SHELL, "anna", "test");
  private static final RealServerId A = new RealServerId("web", "a");

  @TempDir Path folder;

  private final MemoryStore revisions = new MemoryStore();
  private final MemoryPlane plane = new MemoryPlane();
  private final List<DirectorEvent> events = new CopyOnWriteArrayList<>();
  private volatile boolean diskFull;
  private Duration settling = Duration.ofMillis(300);
  private DirectorService director;

  @BeforeEach
  void startDirector() throws Exception {
    start();
    apply(new Change.ImportFile("f", "1", DirectorServiceTest.file(1, 1), Map.of(), List.of()));
  }

  private void start() {
    AlarmFolder alarms =
        new AlarmFolder(
            folder,
            step -> {
              if (diskFull) {
                throw new IOException("No space left on device");
              }
            });
    director = new DirectorService(InstantSource.system(), alarms, settling);
    director.control().storeIs(revisions);
    director.control().forwarders().came(plane);
    director.subscribe(events::add);
    director.start();
  }

  @AfterEach
  void stopDirector() {
    director.stop();
  }

  private void restart() {
    director.stop();
    events.clear();
    start();
  }

  private ChangeResult apply(Change change) throws Exception {
    return director
        .apply(ChangeSet.of(SHELL, change))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain");
      Thread.sleep(5);
    }
  }

  private Optional<Alarm> active(AlarmType type) {
    return director.snapshot().activeAlarms().stream().filter(a -> a.type() == type).findFirst();
  }

  private boolean told(Class<? extends DirectorEvent> kind) {
    return events.stream().anyMatch(kind::isInstance);
  }

  private boolean rebuilt() {
    return events.stream()
        .anyMatch(
            e ->
                e instanceof DirectorEvent.AlarmNotice(DirectorEvent.Notice notice, var alarms)
                    && notice == DirectorEvent.Notice.LIST_REBUILT
                    && alarms.sequence() >= 0);
  }

  private static boolean isOfTheRealServer(DirectorEvent event) {
    return switch (event) {
      case DirectorEvent.AlarmRaised(Alarm alarm) -> alarm.type() == AlarmType.REAL_DOWN;
      case DirectorEvent.AlarmCleared(Alarm alarm) -> alarm.type() == AlarmType.REAL_DOWN;
      default -> false;
    };
  }

  @Test
  void anAlarmThatStillHoldsIsTheSameOneAfterwardsAndTheListIsToldToBeWhole() throws Exception {
    settling = Duration.ofSeconds(3);
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    Alarm before = active(AlarmType.REAL_DOWN).orElseThrow();
    director.stop();
    events.clear();
    start();
    await(() -> director.snapshot().revision() > 0);
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(this::rebuilt);
    Alarm after = active(AlarmType.REAL_DOWN).orElseThrow();
    assertEquals(before.index(), after.index());
    assertEquals(before.raisedTime(), after.raisedTime());
    assertFalse(events.stream().anyMatch(AlarmRestartTest::isOfTheRealServer), events::toString);
  }

  @Test
  void anAlarmThatEndedMeanwhileIsClearedUnderALaterNumber() throws Exception {
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    long sequence = director.snapshot().alarmSequence();
    long history = director.snapshot().alarms().history().size();
    restart();
    await(this::rebuilt);
    assertTrue(active(AlarmType.REAL_DOWN).isEmpty());
    assertEquals(sequence + 1, director.snapshot().alarmSequence());
    assertEquals(history + 1, director.snapshot().alarms().history().size());
    assertTrue(told(DirectorEvent.AlarmCleared.class));
  }

  @Test
  void whatBundlesReportIsAlarmedUntilTheyTakeItBack() throws Exception {
    apply(new Change.Put(KeyPath.of("alarms", "profiles", "secretMissing", "raiseDelay"), "0s"));
    director.report(
        "snmp", List.of(new AlarmCondition(AlarmType.SECRET_MISSING, "user=noc", "no file")));
    await(() -> active(AlarmType.SECRET_MISSING).isPresent());
    director.report("jmx", List.of());
    assertEquals("user=noc", active(AlarmType.SECRET_MISSING).orElseThrow().resource());
    director.report("snmp", List.of());
    await(() -> active(AlarmType.SECRET_MISSING).isEmpty());
  }

  @Test
  void aDiskThatIsFullIsAlarmedToldAllTheSameAndSavedLater() throws Exception {
    diskFull = true;
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    await(() -> active(AlarmType.ALARM_STORE_DAMAGED).isPresent());
    diskFull = false;
    await(() -> active(AlarmType.ALARM_STORE_DAMAGED).isEmpty());
    director.stop();
    assertTrue(
        new AlarmFolder(folder)
            .load().active().stream().anyMatch(a -> a.type() == AlarmType.REAL_DOWN));
  }

  @Test
  void aDamagedFileIsAnAlarmUntilSomebodyHasTakenItAway() throws Exception {
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    director.stop();
    try (var files = Files.list(folder)) {
      for (Path each : files.toList()) {
        Files.writeString(each, "00000000 nonsense\n");
      }
    }
    events.clear();
    start();
    await(() -> active(AlarmType.ALARM_STORE_DAMAGED).isPresent());
    assertTrue(director.snapshot().alarmSequence() > AlarmFolder.JUMP);
    try (var files = Files.list(folder)) {
      for (Path each : files.filter(f -> f.toString().endsWith(".damaged")).toList()) {
        Files.delete(each);
      }
    }
    director.wake();
    await(() -> active(AlarmType.ALARM_STORE_DAMAGED).isEmpty());
  }

  @Test
  void acknowledgementResyncAndShelfComeThroughTheOneDoor() throws Exception {
    plane.report(new PlaneEvent.RealServerUnreachable(A, "connection refused"));
    await(() -> active(AlarmType.REAL_DOWN).isPresent());
    long index = active(AlarmType.REAL_DOWN).orElseThrow().index();
    assertTrue(apply(new Change.Acknowledge(index)) instanceof ChangeResult.Committed);
    await(() -> active(AlarmType.REAL_DOWN).orElseThrow().acknowledgedBy().equals("anna"));
    assertTrue(apply(new Change.Acknowledge(index + 7)) instanceof ChangeResult.Rejected);
    assertTrue(apply(new Change.Resync(99)) instanceof ChangeResult.Rejected);
    assertTrue(apply(new Change.Resync(0)) instanceof ChangeResult.Committed);
    await(() -> told(DirectorEvent.AlarmResent.class));
    await(() -> director.snapshot().alarms().resyncs() == 1);
    long revision = director.snapshot().revision();
    apply(
        new Change.Put(
            KeyPath.of("alarms", "shelves", "night"),
            Map.of("type", "realDown", "resource", "pool=web,*", "comment", "new rack")));
    await(() -> active(AlarmType.REAL_DOWN).orElseThrow().shelved());
    assertEquals(revision + 1, director.snapshot().revision());
    settling = Duration.ofMinutes(10);
    restart();
    await(() -> director.snapshot().revision() == revision + 1);
    assertEquals("anna", active(AlarmType.REAL_DOWN).orElseThrow().acknowledgedBy());
    assertEquals(1, director.snapshot().alarms().resyncs());
    assertEquals(AlarmRecord.Kind.SHELVE, director.snapshot().alarms().history().getLast().kind());
  }
}
