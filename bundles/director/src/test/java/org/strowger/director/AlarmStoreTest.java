package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Severity;

/** What becomes of conditions that come and go; the clock is the test's. */
class AlarmStoreTest {
  private static final String A = "pool=web,real=a";
  private static final String WEB = "service=web";

  private Instant now = Instant.parse("2026-11-23T03:00:00Z");
  private long nanos = 5_000_000_000L;
  private final AlarmTelling telling = new AlarmTelling(now);
  private final AlarmStore store = new AlarmStore(telling, Duration.ofSeconds(10));
  private final List<AlarmStore.Condition> holding = new ArrayList<>();
  private AlarmSettings settings = AlarmSettings.STANDARD;

  AlarmStoreTest() {
    store.begin(nanos);
    pass(10);
    assertEquals(List.of("listRebuilt 0"), round(), "after a start");
  }

  private static AlarmSettings settings(
      AlarmType type, AlarmProfile profile, Map<String, AlarmShelf> shelves) {
    return new AlarmSettings(
        1_000, Duration.ZERO, 1_000, 1_000, Map.of(type, profile), shelves, false);
  }

  private static AlarmProfile profile(int raise, int clear, int flaps, int window) {
    return new AlarmProfile(
        Severity.MINOR,
        true,
        Duration.ofSeconds(raise),
        Duration.ofSeconds(clear),
        flaps,
        Duration.ofSeconds(window));
  }

  private void hold(AlarmType type, String resource, String text) {
    end(type, resource);
    holding.add(AlarmStore.Condition.of(type, resource, text));
  }

  private void end(AlarmType type, String resource) {
    holding.removeIf(c -> c.type() == type && c.resource().equals(resource));
  }

  /** One round; what was told, in words. */
  private List<String> round() {
    store.reconcile(holding, settings, now, nanos);
    telling.drainRecords();
    return telling.drainEvents(store.published()).stream().map(AlarmStoreTest::words).toList();
  }

  private static String words(DirectorEvent event) {
    return switch (event) {
      case DirectorEvent.AlarmRaised(Alarm a) -> "raised " + a.sequence() + " " + words(a);
      case DirectorEvent.AlarmChanged(Alarm a) -> "changed " + a.sequence() + " " + words(a);
      case DirectorEvent.AlarmCleared(Alarm a) -> "cleared " + a.sequence() + " " + words(a);
      case DirectorEvent.AlarmResent(Alarm a) -> "resent " + a.sequence() + " " + words(a);
      case DirectorEvent.AlarmNotice(var notice, var alarms) ->
          notice.word() + " " + alarms.sequence();
      default -> event.toString();
    };
  }

  private static String words(Alarm alarm) {
    return alarm.severity().word() + " " + alarm.resource() + ": " + alarm.text();
  }

  private void pass(int seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
    now = now.plusSeconds(seconds);
  }

  private Optional<Alarm> active(AlarmType type) {
    return store.published().active().stream().filter(a -> a.type() == type).findFirst();
  }

  @Test
  void anAlarmIsRaisedChangedAndClearedUnderGrowingNumbers() {
    hold(AlarmType.REAL_DOWN, A, "refused");
    assertEquals(List.of("raised 1 minor " + A + ": refused"), round());
    assertEquals(List.of(), round());
    hold(AlarmType.REAL_DOWN, A, "timed out");
    assertEquals(List.of("changed 2 minor " + A + ": timed out"), round());
    end(AlarmType.REAL_DOWN, A);
    assertEquals(List.of("cleared 3 minor " + A + ": timed out"), round());
    assertEquals(
        List.of(AlarmRecord.Kind.RAISE, AlarmRecord.Kind.CHANGE, AlarmRecord.Kind.CLEAR),
        store.published().history().stream().map(AlarmRecord::kind).toList());
    assertEquals(3, store.published().sequence());
  }

  @Test
  void whatEndsBeforeTheRaiseDelayIsNeverTold() {
    settings = settings(AlarmType.REAL_DOWN, profile(5, 0, 0, 1), Map.of());
    hold(AlarmType.REAL_DOWN, A, "refused");
    assertEquals(List.of(), round());
    assertEquals(Duration.ofSeconds(5).toNanos(), store.nanosUntilDue(nanos));
    pass(4);
    end(AlarmType.REAL_DOWN, A);
    assertEquals(List.of(), round());
    hold(AlarmType.REAL_DOWN, A, "refused");
    round();
    pass(4);
    assertEquals(List.of(), round(), "the delay begins anew");
    pass(1);
    assertEquals(1, round().size());
  }

  @Test
  void anEndShorterThanTheClearDelayIsNeverTold() {
    settings = settings(AlarmType.REAL_DOWN, profile(0, 10, 0, 1), Map.of());
    hold(AlarmType.REAL_DOWN, A, "refused");
    round();
    end(AlarmType.REAL_DOWN, A);
    assertEquals(List.of(), round());
    pass(9);
    hold(AlarmType.REAL_DOWN, A, "refused");
    assertEquals(List.of(), round());
    end(AlarmType.REAL_DOWN, A);
    round();
    pass(10);
    assertEquals(List.of("cleared 2 minor " + A + ": refused"), round());
  }

  @Test
  void oneThatComesAndGoesIsToldOnceThenCountedUntilItIsQuiet() {
    settings = settings(AlarmType.REAL_DOWN, profile(0, 0, 5, 60), Map.of());
    List<String> told = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      hold(AlarmType.REAL_DOWN, A, "refused");
      told.addAll(round());
      pass(1);
      end(AlarmType.REAL_DOWN, A);
      told.addAll(round());
      pass(1);
    }
    assertEquals(5, told.size(), told::toString);
    assertEquals(
        "raised 5 minor " + A + ": flapping, 5 transitions within 60 s: refused", told.getLast());
    assertTrue(active(AlarmType.REAL_DOWN).orElseThrow().flapping());
    assertEquals(15, active(AlarmType.REAL_DOWN).orElseThrow().transitions());
    pass(58);
    assertEquals(List.of(), round());
    pass(1);
    assertEquals(1, round().size(), "the true state: it is over");
    assertTrue(active(AlarmType.REAL_DOWN).isEmpty());
  }

  @Test
  void aProfileChangesSeverityAndMasks() {
    settings =
        settings(
            AlarmType.REAL_DOWN,
            new AlarmProfile(
                Severity.CRITICAL, true, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(1)),
            Map.of());
    hold(AlarmType.REAL_DOWN, A, "refused");
    assertEquals(List.of("raised 1 critical " + A + ": refused"), round());
    settings =
        settings(
            AlarmType.REAL_DOWN,
            new AlarmProfile(
                Severity.MINOR, false, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(1)),
            Map.of());
    assertEquals(List.of("cleared 2 critical " + A + ": refused"), round());
    assertEquals(List.of(), round());
  }

  @Test
  void aShelfEndsItForManagersAndItsTimeRaisesItAgain() {
    hold(AlarmType.REAL_DOWN, A, "refused");
    round();
    AlarmShelf shelf =
        new AlarmShelf(
            "night", Optional.empty(), "pool=web,*", Optional.of(now.plusSeconds(60)), "");
    settings =
        settings(AlarmType.REAL_DOWN, AlarmType.REAL_DOWN.defaultProfile(), Map.of("n", shelf));
    assertEquals(List.of("cleared 2 minor " + A + ": refused"), round());
    assertTrue(active(AlarmType.REAL_DOWN).orElseThrow().shelved());
    assertEquals(0, store.published().count());
    assertEquals(1, store.published().shelved());
    hold(AlarmType.REAL_DOWN, "pool=web,real=b", "refused");
    hold(AlarmType.REAL_DOWN, "pool=dns,real=b", "refused");
    assertEquals(List.of("raised 3 minor pool=dns,real=b: refused"), round());
    end(AlarmType.REAL_DOWN, "pool=web,real=b");
    assertEquals(List.of(), round());
    assertEquals(Duration.ofSeconds(60).toNanos(), store.nanosUntilDue(nanos), "the shelf's end");
    pass(61);
    assertEquals(List.of("raised 4 minor " + A + ": refused"), round());
  }

  @Test
  void aRealServersAlarmIsSeenWithThatOfItsService() {
    holding.add(
        new AlarmStore.Condition(
            AlarmType.REAL_DOWN,
            A,
            Severity.MINOR,
            "refused",
            List.of(new AlarmEntry.Key(AlarmType.SERVICE_DOWN, WEB))));
    round();
    assertEquals(0, active(AlarmType.REAL_DOWN).orElseThrow().rootCause());
    hold(AlarmType.SERVICE_DOWN, WEB, "nobody is up");
    round();
    assertEquals(
        active(AlarmType.SERVICE_DOWN).orElseThrow().index(),
        active(AlarmType.REAL_DOWN).orElseThrow().rootCause());
  }

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      hold(AlarmType.REAL_DOWN, "pool=p,real=r" + i, "refused");
    }
  }

  @Test
  void aFullListKeepsTheGravestSaysSoAndTakesTheOthersWhenThereIsRoom() {
    fill(AlarmStore.MAX_ACTIVE + 50);
    round();
    assertEquals(AlarmStore.MAX_ACTIVE, store.published().active().size());
    assertTrue(active(AlarmType.ALARM_TABLE_OVERFLOW).isPresent());
    assertEquals(1, store.published().overflowed());
    assertTrue(store.nanosUntilDue(nanos) > 0, "it must not spin");
    hold(AlarmType.SERVICE_DOWN, WEB, "nobody is up");
    round();
    round();
    assertTrue(active(AlarmType.SERVICE_DOWN).isPresent(), "graver ones are not left out");
    holding.removeIf(c -> c.resource().matches("pool=p,real=r\\d{1,2}"));
    round();
    pass(61);
    round();
    assertTrue(active(AlarmType.ALARM_TABLE_OVERFLOW).isEmpty());
    assertEquals(951, store.published().active().size());
  }

  @Test
  void aStormIsBracketedCountedAndEndsWithAListThatIsWhole() {
    settings = new AlarmSettings(5_000, Duration.ZERO, 10, 20, Map.of(), Map.of(), false);
    fill(100);
    List<String> told = round();
    assertEquals(21, told.size(), told::toString);
    assertEquals("stormStart 100", told.getLast());
    assertTrue(store.published().storm());
    assertEquals(80, store.published().suppressed());
    assertEquals(21, store.published().firstSuppressed());
    assertEquals(100, store.published().lastSuppressed());
    assertEquals(100, store.published().active().size(), "the list is never throttled");
    assertEquals(100, store.published().history().size(), "nor is the history");
    end(AlarmType.REAL_DOWN, "pool=p,real=r3");
    end(AlarmType.REAL_DOWN, "pool=p,real=r60");
    assertEquals(
        List.of("cleared 101 minor pool=p,real=r3: refused"),
        round(),
        "the end of what was told is told, of what was not told is not");
    pass(2);
    pass(9);
    assertEquals(List.of("stormEnd 102", "listRebuilt 102"), round());
    assertFalse(store.published().storm());
    end(AlarmType.REAL_DOWN, "pool=p,real=r61");
    assertEquals(1, round().size(), "the manager has read it by now");
  }

  @Test
  void aResyncTellsAllAgainAtTheRateThatIsAllowed() {
    settings = new AlarmSettings(5_000, Duration.ZERO, 10, 30, Map.of(), Map.of(), false);
    fill(30);
    round();
    pass(11);
    round();
    store.resync();
    List<String> told = round();
    assertEquals(31, told.size());
    assertEquals("resent 31 minor pool=p,real=r0: refused", told.getFirst());
    assertEquals("listRebuilt 60", told.getLast());
    store.resync();
    assertEquals(List.of(), round(), "it waits, nothing is suppressed");
    pass(1);
    assertEquals(10, round().size());
    pass(2);
    assertEquals("listRebuilt 90", round().getLast());
    assertEquals(2, store.published().resyncs());
    assertEquals(0, store.published().suppressed());
  }

  @Test
  void heartbeatsComeAtTheirIntervalAndStopAtZero() {
    settings = new AlarmSettings(100, Duration.ofSeconds(30), 10, 30, Map.of(), Map.of(), false);
    assertEquals(List.of(), round());
    assertEquals(Duration.ofSeconds(30).toNanos(), store.nanosUntilDue(nanos));
    pass(30);
    assertEquals(List.of("heartbeat 0"), round());
    settings = new AlarmSettings(100, Duration.ZERO, 10, 30, Map.of(), Map.of(), false);
    pass(100);
    assertEquals(List.of(), round());
  }

  @Test
  void theHistoryIsARing() {
    settings = new AlarmSettings(100, Duration.ZERO, 1_000, 1_000, Map.of(), Map.of(), false);
    fill(150);
    round();
    assertEquals(100, store.published().history().size());
    assertEquals(50, store.published().historyDropped());
    assertEquals(51, store.published().history().getFirst().number());
  }

  @Test
  void maintenanceShelvesAllButItself() {
    hold(AlarmType.REAL_DOWN, A, "refused");
    round();
    settings = new AlarmSettings(100, Duration.ZERO, 10, 30, Map.of(), Map.of(), true);
    hold(AlarmType.MAINTENANCE, "unit=director", "somebody works");
    assertEquals(
        List.of(
            "raised 2 warning unit=director: somebody works", "cleared 3 minor " + A + ": refused"),
        round());
    assertFalse(active(AlarmType.MAINTENANCE).orElseThrow().shelved());
  }

  @Test
  void acknowledgedIsKeptWithTheAlarm() {
    hold(AlarmType.REAL_DOWN, A, "refused");
    round();
    assertTrue(store.acknowledge(1, "anna"));
    assertFalse(store.acknowledge(2, "anna"));
    assertEquals("anna", active(AlarmType.REAL_DOWN).orElseThrow().acknowledgedBy());
    assertEquals(1, store.published().sequence(), "no notification");
  }
}
