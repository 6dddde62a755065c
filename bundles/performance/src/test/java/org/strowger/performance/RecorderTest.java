package org.strowger.performance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.AlarmCondition;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.Performance.ObjectClass;
import org.strowger.api.Performance.ObjectId;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings.Threshold;
import org.strowger.api.Severity;
import org.strowger.testkit.FakeDirector;

/** Bins are filled, become whole, outlive the process, and raise alarms. */
class RecorderTest {
  private static final Instant QUARTER = Instant.parse("2026-11-23T10:00:00Z");
  private static final ObjectId WEB = new ObjectId(ObjectClass.SERVICE, "web");
  private static final long STEP = 5_000_000_000L;

  @TempDir Path folder;

  private static Reading reading(long conns, long active, boolean down) {
    return new Reading(conns, conns / 10, conns * 100, conns * 1_000, 0, 0, active, down, false);
  }

  /** Looks each 5 s for so long: so many connections a second, half of the time down. */
  private static void measure(Track track, Instant from, int seconds, long rate, boolean down) {
    for (int second = 0; second <= seconds; second += 5) {
      Instant now = from.plusSeconds(second);
      long conns = rate * (now.getEpochSecond() - QUARTER.getEpochSecond());
      track.look(reading(conns, rate * 2, down), now, STEP);
    }
  }

  @Test
  void binHoldsWhatHappenedBetweenItsBeginAndItsEnd() {
    Track track = new Track(WEB, QUARTER);
    measure(track, QUARTER, 900, 20, false);
    Bin bin = track.history().intervals().getFirst();
    assertEquals(
        new Bin(QUARTER, 900, false, 18_000, 1_800, 1_800_000, 18_000_000, 0, 0, 40, 20, 0, 0),
        bin);
    assertEquals(QUARTER.plusSeconds(900), track.history().interval().start());
    assertEquals(0, track.history().interval().conns());
    assertEquals(18_000, track.history().day().conns());
  }

  @Test
  void secondsOutOfServiceAreCounted() {
    Track track = new Track(WEB, QUARTER);
    measure(track, QUARTER, 600, 1, false);
    measure(track, QUARTER.plusSeconds(605), 295, 1, true);
    assertEquals(300, track.history().intervals().getFirst().downSeconds());
  }

  @Test
  void binThatWasNotSeenAsAWholeIsSuspect() {
    Track late = new Track(WEB, QUARTER.plusSeconds(300));
    measure(late, QUARTER.plusSeconds(300), 600, 20, false);
    Bin bin = late.history().intervals().getFirst();
    assertTrue(bin.suspect());
    assertEquals(600, bin.secondsMeasured());
    assertEquals(QUARTER, bin.start());
  }

  @Test
  void counterThatBeganAnewMakesTheBinSuspectAndIsNotNegative() {
    Track track = new Track(WEB, QUARTER);
    track.look(reading(1_000, 1, false), QUARTER, STEP);
    track.look(reading(1_500, 1, false), QUARTER.plusSeconds(5), STEP);
    track.look(reading(30, 1, false), QUARTER.plusSeconds(10), STEP);
    assertEquals(530, track.history().interval().conns());
    assertTrue(track.history().interval().suspect());
  }

  @Test
  void whatHappenedWhileNobodyLookedIsCountedAndMissedInTime() {
    Track track = new Track(WEB, QUARTER);
    track.look(reading(0, 1, false), QUARTER, STEP);
    track.look(reading(700, 1, false), QUARTER.plusSeconds(70), 14 * STEP);
    Bin bin = track.history().interval();
    assertEquals(700, bin.conns());
    assertEquals(0, bin.secondsMeasured());
    assertEquals(0, bin.connRateMax());
  }

  @Test
  void clockThatIsSetBackBeginsABinAndLosesNone() {
    Track track = new Track(WEB, QUARTER);
    measure(track, QUARTER, 600, 20, false);
    track.look(reading(13_000, 1, false), QUARTER.minusSeconds(3_600), STEP);
    History history = track.history();
    assertEquals(QUARTER.minusSeconds(3_600), history.interval().start());
    assertTrue(history.intervals().getFirst().suspect());
    assertEquals(13_000, history.intervals().getFirst().conns());
  }

  @Test
  void clockThatIsCorrectedByALittleDoesNotEndABin() {
    Track track = new Track(WEB, QUARTER);
    measure(track, QUARTER, 900, 20, false);
    track.look(reading(18_010, 1, false), QUARTER.plusSeconds(899), STEP);
    assertEquals(1, track.history().intervals().size());
    assertEquals(QUARTER.plusSeconds(900), track.history().interval().start());
    assertEquals(10, track.history().interval().conns());
  }

  @Test
  void onlyTheNewestBinsAreKept() {
    Track track = new Track(WEB, QUARTER);
    for (int i = 1; i <= 200; i++) {
      track.look(reading(i, 1, false), QUARTER.plusSeconds(900L * i), STEP);
    }
    History history = track.history();
    assertEquals(Performance.INTERVALS, history.intervals().size());
    assertEquals(QUARTER.plusSeconds(900L * 199), history.intervals().getFirst().start());
    assertEquals(2, history.days().size());
    assertEquals(history.intervals(), track.history().intervals());
  }

  private static Threshold busy() {
    return new Threshold("busy", "service=*", PerformanceCounter.CONNS, 100, 50, Severity.MAJOR);
  }

  private static History history(long running, boolean newestSuspect, long... newestFirst) {
    List<Bin> bins =
        IntStream.range(0, newestFirst.length)
            .mapToObj(i -> bin(QUARTER.minusSeconds(900L * (i + 1)), newestFirst[i]))
            .map(b -> newestSuspect && b.start().equals(QUARTER.minusSeconds(900)) ? spoil(b) : b)
            .toList();
    return new History(WEB, bin(QUARTER, running), bins, bin(QUARTER, 0), List.of());
  }

  private static Bin bin(Instant start, long conns) {
    return new Bin(start, 900, false, conns, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static Bin spoil(Bin bin) {
    return new Bin(bin.start(), 3, true, bin.conns(), 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static List<AlarmCondition> crossed(History history) {
    return Thresholds.crossed(List.of(busy()), List.of(history));
  }

  @Test
  void thresholdIsCrossedAtOnceAndOverWhenAWholeBinIsLowEnough() {
    assertEquals(List.of(), crossed(history(99, false, 10, 10)));
    assertEquals(1, crossed(history(100, false, 10, 10)).size());
    assertEquals(1, crossed(history(0, false, 120, 10)).size());
    assertEquals(1, crossed(history(0, false, 51, 120)).size(), "above falling: it stands");
    assertEquals(List.of(), crossed(history(60, false, 50, 120)));
    assertEquals(1, crossed(history(0, true, 3, 120)).size(), "a suspect bin clears nothing");
    AlarmCondition condition = crossed(history(100, false)).getFirst();
    assertEquals("service=web,threshold=busy", condition.resource());
    assertEquals(Severity.MAJOR, condition.severity());
  }

  @Test
  void binsOutliveTheProcess() {
    FakeDirector director = new FakeDirector("a", "b");
    Recorder first = new Recorder(new Shelf(folder), QUARTER);
    for (int second = 0; second <= 1_000; second += 5) {
      first.look(director, QUARTER.plusSeconds(second), second * (STEP / 5));
    }
    first.close();
    Performance before = first.performance();
    Recorder second = new Recorder(new Shelf(folder), QUARTER.plusSeconds(1_010));
    second.look(director, QUARTER.plusSeconds(1_010), 1);
    Performance after = second.performance();
    assertEquals(4, after.histories().size());
    assertEquals("[director, service=web, real=web/a, real=web/b]", names(after));
    assertEquals(names(before), names(after));
    for (int i = 0; i < 4; i++) {
      History was = before.histories().get(i);
      History is = after.histories().get(i);
      assertEquals(was.intervals(), is.intervals());
      assertEquals(was.interval(), is.interval());
    }
    assertFalse(after.histories().get(1).intervals().getFirst().suspect());
    assertEquals(900, after.histories().get(1).intervals().getFirst().secondsMeasured());
  }

  private static String names(Performance performance) {
    return performance.histories().stream().map(h -> h.id().toString()).toList().toString();
  }

  @Test
  void objectThatIsRemovedIsForgottenAndOneThatCameIsMeasured() {
    FakeDirector director = new FakeDirector("a");
    Recorder recorder = new Recorder(new Shelf(folder), QUARTER);
    recorder.look(director, QUARTER, 0);
    director.remove("a");
    director.add("c");
    recorder.look(director, QUARTER.plusSeconds(5), STEP);
    assertEquals("[director, service=web, real=web/c]", names(recorder.performance()));
  }

  @Test
  void damagedFileIsSetAside() throws IOException {
    FakeDirector director = new FakeDirector("a");
    Recorder first = new Recorder(new Shelf(folder), QUARTER);
    first.look(director, QUARTER, 0);
    first.close();
    Path file = folder.resolve("running.csv");
    String whole = Files.readString(file);
    for (int cut : new int[] {0, 10, whole.length() / 2, whole.length() - 2}) {
      Files.writeString(file, whole.substring(0, cut));
      Recorder next = new Recorder(new Shelf(folder), QUARTER);
      assertEquals(List.of(), next.performance().histories(), "cut at " + cut);
      assertTrue(Files.exists(folder.resolve("running.csv.damaged")));
    }
  }

  @Test
  void diskThatTakesNothingIsAlarmed() throws IOException {
    Path notAFolder = Files.writeString(folder.resolve("file"), "");
    FakeDirector director = new FakeDirector("a");
    Recorder recorder = new Recorder(new Shelf(notAFolder), QUARTER);
    for (int second = 0; second <= 65; second += 5) {
      recorder.look(director, QUARTER.plusSeconds(second), second * (STEP / 5));
    }
    List<AlarmCondition> told = director.reported().getOrDefault("performance", List.of());
    assertEquals("unit=director,resource=performance", told.getFirst().resource());
  }
}
