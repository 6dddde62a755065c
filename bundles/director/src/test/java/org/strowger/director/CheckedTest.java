package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.strowger.api.AdminState;
import org.strowger.api.HealthPolicy;
import org.strowger.api.InitState;
import org.strowger.api.OnDown;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.Reason;

/** What several checks of one real server come to. */
class CheckedTest {
  private final Map<ProbeId, ProbeState> known = new HashMap<>();

  private static ProbeId id(String check) {
    return new ProbeId(check, InetAddress.ofLiteral("192.0.2.1"), 80);
  }

  private void verdict(String check, ProbeVerdict verdict, String text) {
    known.put(id(check), state(verdict, text, OptionalInt.empty(), Optional.empty()));
  }

  static ProbeState state(
      ProbeVerdict verdict, String text, OptionalInt weight, Optional<AdminState> wanted) {
    boolean passed = verdict == ProbeVerdict.PASSED;
    ProbeState.Result result =
        new ProbeState.Result(Instant.EPOCH, passed, Duration.ofMillis(1), text);
    return new ProbeState(
        verdict,
        Instant.EPOCH,
        0,
        3,
        0,
        0,
        "",
        3,
        weight,
        wanted,
        Optional.empty(),
        List.of(result));
  }

  private Checked checked(int required, InitState init, String... checks) {
    HealthPolicy none = HealthPolicy.NONE;
    HealthPolicy policy =
        new HealthPolicy(
            List.of(checks),
            required,
            init,
            OnDown.KEEP,
            false,
            0,
            0,
            none.outlier(),
            none.damping());
    return Checked.of(policy, List.of(checks).stream().map(CheckedTest::id).toList(), known);
  }

  private String fault(int required, InitState init, String... checks) {
    return checked(required, init, checks)
        .fault()
        .map(fault -> fault.reason().word() + ": " + fault.text())
        .orElse("");
  }

  @Test
  void allMustPassUnlessFewerAreRequired() {
    verdict("a", ProbeVerdict.PASSED, "open");
    verdict("b", ProbeVerdict.FAILED, "500 Internal Server Error");
    verdict("c", ProbeVerdict.PASSED, "open");
    assertEquals(
        "checkFailed: b: 500 Internal Server Error", fault(0, InitState.UP, "a", "b", "c"));
    assertEquals("", fault(2, InitState.UP, "a", "b", "c"), "two of three");
    assertEquals("", fault(1, InitState.UP, "b", "c"), "any");
    verdict("c", ProbeVerdict.FAILED, "refused");
    assertEquals(
        "checkFailed: 1 of 2 required checks pass: b: 500 Internal Server Error; c: refused",
        fault(2, InitState.UP, "a", "b", "c"));
  }

  @Test
  void beforeTheFirstVerdictTheInitStateCounts() {
    assertEquals("", fault(0, InitState.UP, "a"));
    assertEquals("checkPending: no verdict yet of a", fault(0, InitState.DOWN, "a"));
    verdict("b", ProbeVerdict.FAILED, "refused");
    assertEquals("checkFailed: b: refused", fault(0, InitState.UP, "a", "b"));
    assertEquals("checkFailed: b: refused", fault(0, InitState.DOWN, "a", "b"), "it cannot pass");
    assertEquals("checkPending: no verdict yet of a", fault(1, InitState.DOWN, "a", "b"));
    verdict("a", ProbeVerdict.PASSED, "open");
    assertEquals("", fault(1, InitState.DOWN, "a", "b"));
  }

  @Test
  void theLeastWeightAndTheStrictestWishCount() {
    known.put(
        id("a"), state(ProbeVerdict.PASSED, "", OptionalInt.of(70), Optional.of(AdminState.DRAIN)));
    known.put(
        id("b"),
        state(ProbeVerdict.PASSED, "", OptionalInt.of(30), Optional.of(AdminState.IN_SERVICE)));
    Checked checked = checked(0, InitState.UP, "a", "b");
    assertEquals(OptionalInt.of(30), checked.weight());
    assertEquals(Optional.of(AdminState.DRAIN), checked.wanted());
    assertEquals("a", checked.by());
  }

  @Test
  void eachCheckSaysWhatItSawAndTheRuleWhatItCameTo() {
    verdict("a", ProbeVerdict.FAILED, "refused");
    Checked checked = checked(1, InitState.UP, "a", "b");
    assertEquals(
        List.of("check a", "check b", "checks"),
        checked.each().stream().map(evidence -> evidence.source()).toList());
    assertEquals("failed: failed 3 in a row, refused", checked.each().get(0).text());
    assertEquals("pending: has no result yet", checked.each().get(1).text());
    assertTrue(checked.each().get(2).speaksFor());
    assertEquals(Reason.CHECK_FAILED, checked(0, InitState.UP, "a").fault().get().reason());
  }

  @Test
  void whatIsKeptInAPlanesMemoryComesBackWhole() {
    ProbeState state =
        state(ProbeVerdict.FAILED, "refused", OptionalInt.of(7), Optional.of(AdminState.DRAIN));
    Map<String, Object> written = ProbeMemory.write(id("a"), state);
    assertEquals(Optional.of(id("a")), ProbeMemory.id(written));
    assertEquals(Optional.of(state), ProbeMemory.state(written));
    assertTrue(
        written.values().stream().allMatch(value -> value.getClass().getClassLoader() == null),
        "only the JDK's types outlive this bundle");
    assertEquals(Optional.empty(), ProbeMemory.state(Map.of("verdict", 3)), "another version's");
  }
}
