package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done about a fault that stays, one thing after the other, and when it ends. */
class LadderTest {
  private static final Budgets BUDGETS =
      new Budgets(
          2,
          2,
          Duration.ofMinutes(10),
          2,
          Duration.ofHours(1),
          1,
          Duration.ofSeconds(5),
          Duration.ofSeconds(20));
  private static final Set<Rung> ALL = EnumSet.complementOf(EnumSet.of(Rung.QUARANTINE));

  private final Ladder ladder = new Ladder(BUDGETS);
  private Instant now = Instant.parse("2026-11-23T03:00:00Z");

  @TempDir Path folder;

  private static Fault fault(Fault.Kind kind) {
    return new Fault("sample", kind, "it is faulty");
  }

  /** What is done if nothing helps for so many seconds, looked at each second. */
  private List<Rung> climb(Fault fault, boolean essential, Set<Rung> offered, int seconds) {
    List<Rung> done = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      ladder
          .next(fault, essential, offered, now)
          .ifPresent(
              rung -> {
                done.add(rung);
                ladder.did(fault, new Ladder.Act(rung, now, fault.why(), ""));
              });
      now = now.plusSeconds(1);
      if (done.contains(Rung.QUARANTINE)) {
        break;
      }
    }
    return done;
  }

  @Test
  void aPlugInCostsNothingButItself() {
    assertEquals(
        List.of(Rung.COMPONENT, Rung.COMPONENT, Rung.BUNDLE, Rung.BUNDLE, Rung.QUARANTINE),
        climb(fault(Fault.Kind.GONE), false, ALL, 3_000));
    assertEquals(
        "component restarted 2x, bundle restarted 2x, shut out until another version comes:"
            + " it is faulty",
        ladder.told(now).get("sample"));
  }

  @Test
  void whatDoesNotRunHasNoComponentsToRestart() {
    assertEquals(
        List.of(Rung.BUNDLE, Rung.BUNDLE, Rung.QUARANTINE),
        climb(fault(Fault.Kind.DOWN), false, ALL, 3_000));
  }

  @Test
  void whatTheDirectorCannotDoWithoutGoesToTheTopAndEndsThere() {
    assertEquals(
        List.of(
            Rung.COMPONENT,
            Rung.COMPONENT,
            Rung.BUNDLE,
            Rung.BUNDLE,
            Rung.FRAMEWORK,
            Rung.FRAMEWORK,
            Rung.PEER,
            Rung.REBOOT),
        climb(fault(Fault.Kind.GONE), true, ALL, 500));
    assertEquals(List.of(), climb(fault(Fault.Kind.GONE), true, ALL, 60));
  }

  @Test
  void eachActMayTakeItsTimeToHelp() {
    climb(fault(Fault.Kind.DOWN), false, ALL, 1);
    Instant acted = now.minusSeconds(1);
    now = acted.plusSeconds(19);
    assertEquals(Optional.empty(), ladder.next(fault(Fault.Kind.DOWN), false, ALL, now));
    now = acted.plusSeconds(20);
    assertEquals(Optional.of(Rung.BUNDLE), ladder.next(fault(Fault.Kind.DOWN), false, ALL, now));
  }

  @Test
  void budgetsAreFreshWhenTheirWindowHasPassed() {
    assertEquals(List.of(Rung.COMPONENT), climb(fault(Fault.Kind.GONE), true, ALL, 1));
    now = now.plus(BUDGETS.window()).plusSeconds(1);
    assertEquals(
        List.of(Rung.COMPONENT, Rung.COMPONENT, Rung.BUNDLE),
        climb(fault(Fault.Kind.GONE), true, ALL, 60));
  }

  @Test
  void whatIsNotOfferedIsPassedOver() {
    assertEquals(
        List.of(Rung.PEER), climb(fault(Fault.Kind.GONE), true, EnumSet.of(Rung.PEER), 500));
  }

  @Test
  void whatItsCallerDoesWithoutGetsOneMoreChance() {
    assertEquals(List.of(Rung.COMPONENT), climb(fault(Fault.Kind.SHUT_OUT), true, ALL, 500));
  }

  @Test
  void aDeadThreadIsNoReasonToRestartWhatCarriesTraffic() {
    assertEquals(List.of(), climb(fault(Fault.Kind.THREW), true, ALL, 500));
    assertEquals(List.of(Rung.COMPONENT), climb(fault(Fault.Kind.THREW), false, ALL, 1));
  }

  @Test
  void memoryOfNobodyIsTheProcesss() {
    Fault fault = new Fault(Fault.PROCESS, Fault.Kind.MEMORY, "it is full");
    assertEquals(
        List.of(Rung.FRAMEWORK, Rung.FRAMEWORK, Rung.REBOOT),
        climb(fault, true, EnumSet.of(Rung.FRAMEWORK, Rung.REBOOT), 500));
  }

  @Test
  void anotherVersionHasAllItsChances() {
    climb(fault(Fault.Kind.DOWN), false, ALL, 3_000);
    ladder.forgive("sample");
    assertEquals(Optional.empty(), Optional.ofNullable(ladder.told(now).get("sample")));
    assertEquals(Optional.of(Rung.BUNDLE), ladder.next(fault(Fault.Kind.DOWN), false, ALL, now));
  }

  @Test
  void aRestartedProcessKnowsThatItWas() throws Exception {
    Path file = folder.resolve("supervision");
    Instant[] wall = {now};
    NodeActs before = new NodeActs(file, () -> wall[0]);
    for (int i = 0; i < NodeActs.KEPT + 3; i++) {
      wall[0] = now.minusSeconds(100 - i);
      before.add(Rung.FRAMEWORK, new Fault("sample", Fault.Kind.GONE, "why " + i));
    }

    Ladder after = new Ladder(BUDGETS);
    List<Ladder.Act> read = new ArrayList<>();
    NodeActs again = new NodeActs(file, InstantSource.fixed(now));
    again.forEach(now, (subject, act) -> read.add(act));
    again.forEach(now, after::did);

    assertEquals(NodeActs.KEPT, read.size());
    assertEquals("why " + (NodeActs.KEPT + 2), read.getLast().why());
    assertTrue(after.told(now).get("sample").startsWith("process restarted 20x: why "));
    Fault fault = new Fault(Fault.PROCESS, Fault.Kind.DEADLOCK, "stuck");
    assertEquals(Optional.of(Rung.PEER), after.next(fault, true, ALL, now.plusSeconds(60)));
  }

  /** What is done at this moment about these, one after the other. */
  private List<Rung> together(List<Fault> faults) {
    List<Rung> done = new ArrayList<>();
    for (Fault fault : faults) {
      ladder
          .next(fault, true, ALL, now)
          .ifPresent(
              rung -> {
                done.add(rung);
                ladder.did(fault, new Ladder.Act(rung, now, fault.why(), ""));
              });
    }
    return done;
  }

  @Test
  void howeverManyFailTogetherTheProcessIsRestartedOnce() {
    for (int many : new int[] {2, 4}) {
      now = now.plus(Duration.ofDays(2));
      List<Fault> faults = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        faults.add(new Fault("essential" + i + "of" + many, Fault.Kind.DOWN, "it does not run"));
      }
      for (int i = 0; i < BUDGETS.bundles(); i++) {
        assertEquals(many, together(faults).size());
        now = now.plus(BUDGETS.grace());
      }
      assertEquals(List.of(Rung.FRAMEWORK), together(faults), many + " at one moment");
      now = now.plusSeconds(19);
      assertEquals(List.of(), together(faults), many + " while it may help yet");
      now = now.plusSeconds(1);
      assertEquals(List.of(Rung.FRAMEWORK), together(faults));
      now = now.plus(BUDGETS.grace());
      assertEquals(List.of(Rung.PEER), together(faults));
      now = now.plus(BUDGETS.grace());
      assertEquals(List.of(Rung.REBOOT), together(faults));
    }
  }

  @Test
  void theLastChanceIsTheLastUntilAnotherVersionComes() {
    assertEquals(List.of(Rung.COMPONENT), climb(fault(Fault.Kind.SHUT_OUT), true, ALL, 1));
    now = now.plus(Duration.ofDays(30));
    assertEquals(List.of(), climb(fault(Fault.Kind.SHUT_OUT), true, ALL, 60));
    ladder.forgive("sample");
    assertEquals(List.of(Rung.COMPONENT), climb(fault(Fault.Kind.SHUT_OUT), true, ALL, 60));
  }

  @Test
  void threadsOfAPlugInThatWaitForEachOtherAreNoReasonToRestartTheProcess() {
    assertEquals(
        Optional.of(Rung.COMPONENT), ladder.next(fault(Fault.Kind.DEADLOCK), false, ALL, now));
    Fault ofAll = new Fault(Fault.PROCESS, Fault.Kind.DEADLOCK, "stuck");
    assertEquals(Optional.of(Rung.FRAMEWORK), ladder.next(ofAll, true, ALL, now));
  }

  @Test
  void whatWasRefusedIsNotToldAsDone() {
    Fault fault = fault(Fault.Kind.GONE);
    ladder.did(fault, new Ladder.Act(Rung.COMPONENT, now, "it is gone", ""));
    ladder.did(fault, new Ladder.Act(Rung.PEER, now, "it is gone", "no other director is heard"));
    assertEquals(
        "component restarted 1x, hand-over to the other director failed 1x: it is gone;"
            + " not done: no other director is heard",
        ladder.told(now).get("sample"));
  }

  @Test
  void anActOfAClockThatWasAheadCountsAsOfNow() throws Exception {
    Path file = folder.resolve("ahead");
    NodeActs ahead = new NodeActs(file, () -> now.plus(Duration.ofDays(3_650)));
    ahead.add(Rung.REBOOT, fault(Fault.Kind.GONE));

    NodeActs read = new NodeActs(file, () -> now);
    read.forEach(now, ladder::did);
    Set<Rung> reboot = EnumSet.of(Rung.REBOOT);
    assertTrue(read.holds(Rung.REBOOT));
    now = now.plus(Duration.ofHours(23));
    assertEquals(Optional.empty(), ladder.next(fault(Fault.Kind.GONE), true, reboot, now));
    now = now.plus(Duration.ofHours(1));
    assertEquals(Optional.of(Rung.REBOOT), ladder.next(fault(Fault.Kind.GONE), true, reboot, now));
  }

  @Test
  void whatWasWrittenDownAndThenRefusedIsCorrected() throws Exception {
    Path file = folder.resolve("refused");
    NodeActs acts = new NodeActs(file, () -> now);
    acts.add(Rung.FRAMEWORK, fault(Fault.Kind.GONE));
    acts.add(Rung.REBOOT, fault(Fault.Kind.GONE));
    acts.refused("nothing outside of the process would reboot it");

    NodeActs read = new NodeActs(file, () -> now);
    read.forEach(now, ladder::did);
    assertTrue(read.holds(Rung.FRAMEWORK));
    assertFalse(read.holds(Rung.REBOOT), "it did not happen");
    assertEquals(
        "process restarted 1x, restart of the machine failed 1x: it is faulty;"
            + " not done: nothing outside of the process would reboot it",
        ladder.told(now).get("sample"));
  }

  @Test
  void budgetsKeepTheirTimeWhoeverSetsTheClock() {
    long[] nanos = {Long.MAX_VALUE - 5};
    Steady steady = new Steady(now, Duration.ofMinutes(1), () -> nanos[0]);
    nanos[0] += Duration.ofSeconds(90).toNanos(); // beyond the largest number
    assertEquals(now.plusSeconds(90), steady.now());
    assertEquals(Duration.ofSeconds(150), steady.uptime());
  }
}
