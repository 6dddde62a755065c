package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
                ladder.did(fault.subject(), new Ladder.Act(rung, now, fault.why()));
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
    NodeActs before = new NodeActs(file);
    for (int i = 0; i < NodeActs.KEPT + 3; i++) {
      before.add("sample", new Ladder.Act(Rung.FRAMEWORK, now.minusSeconds(100 - i), "why " + i));
    }

    Ladder after = new Ladder(BUDGETS);
    List<Ladder.Act> read = new ArrayList<>();
    NodeActs again = new NodeActs(file);
    again.forEach((subject, act) -> read.add(act));
    again.forEach(after::did);

    assertEquals(NodeActs.KEPT, read.size());
    assertEquals("why " + (NodeActs.KEPT + 2), read.getLast().why());
    assertTrue(after.told(now).get("sample").startsWith("process restarted 20x: why "));
    Fault fault = new Fault("sample", Fault.Kind.DEADLOCK, "stuck");
    assertEquals(Optional.of(Rung.PEER), after.next(fault, true, ALL, now.plusSeconds(60)));
  }
}
