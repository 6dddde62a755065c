package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.strowger.api.AdminState;
import org.strowger.api.HealthPolicy;
import org.strowger.api.InitState;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.Reason;
import org.strowger.api.Why;

/**
 * What the checks of one real server come to: k of n. Pure.
 *
 * @param fault why it is not healthy; empty if it is
 * @param weight the least that a check asks for
 * @param wanted the strictest admin state that a check asks for, if it is not in service
 * @param by the check that asks for it
 * @param each what each of them says
 */
record Checked(
    Optional<Finding.Fault> fault,
    OptionalInt weight,
    Optional<AdminState> wanted,
    String by,
    List<Why.Evidence> each) {
  static final Checked NONE =
      new Checked(Optional.empty(), OptionalInt.empty(), Optional.empty(), "", List.of());

  static Checked of(HealthPolicy policy, List<ProbeId> probes, Map<ProbeId, ProbeState> known) {
    if (probes.isEmpty()) {
      return NONE;
    }
    Counting counting = new Counting(policy.initState() == InitState.UP);
    for (ProbeId probe : probes) {
      counting.add(probe, Optional.ofNullable(known.get(probe)));
    }
    int required =
        policy.checksRequired() == 0
            ? probes.size()
            : Math.min(policy.checksRequired(), probes.size());
    return counting.result(required, probes.size());
  }

  private static final class Counting {
    private final boolean pendingPasses;
    private final List<Why.Evidence> each = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> pending = new ArrayList<>();
    private int passes;
    private OptionalInt weight = OptionalInt.empty();
    private Optional<AdminState> wanted = Optional.empty();
    private String by = "";

    Counting(boolean pendingPasses) {
      this.pendingPasses = pendingPasses;
    }

    void add(ProbeId probe, Optional<ProbeState> known) {
      ProbeVerdict verdict = known.map(ProbeState::verdict).orElse(ProbeVerdict.PENDING);
      String said = known.map(Checked::said).orElse("has no result yet");
      boolean passes = verdict == ProbeVerdict.PASSED;
      switch (verdict) {
        case PASSED -> this.passes++;
        case FAILED -> failures.add(probe.check() + ": " + newest(known));
        case PENDING -> {
          pending.add(probe.check());
          passes = pendingPasses;
          this.passes += pendingPasses ? 1 : 0;
        }
      }
      each.add(new Why.Evidence("check " + probe.check(), passes, verdict.word() + ": " + said));
      known.ifPresent(state -> asks(probe, state));
    }

    private void asks(ProbeId probe, ProbeState state) {
      if (state.weight().isPresent()
          && (weight.isEmpty() || state.weight().getAsInt() < weight.getAsInt())) {
        weight = state.weight();
      }
      AdminState asked = state.wanted().orElse(AdminState.IN_SERVICE);
      if (asked.code() > wanted.orElse(AdminState.IN_SERVICE).code()) {
        wanted = Optional.of(asked);
        by = probe.check();
      }
    }

    Checked result(int required, int size) {
      if (required < size) {
        each.add(
            new Why.Evidence(
                "checks",
                passes >= required,
                passes + " of " + size + " pass, " + required + " must"));
      }
      Optional<Finding.Fault> fault =
          passes >= required ? Optional.empty() : Optional.of(fault(required, size));
      return new Checked(fault, weight, wanted, by, List.copyOf(each));
    }

    private Finding.Fault fault(int required, int size) {
      boolean certain = pendingPasses || passes + pending.size() < required;
      if (certain) {
        String all = String.join("; ", failures);
        return new Finding.Fault(
            Reason.CHECK_FAILED,
            required < size ? passes + " of " + required + " required checks pass: " + all : all);
      }
      return new Finding.Fault(
          Reason.CHECK_PENDING, "no verdict yet of " + String.join(", ", pending));
    }
  }

  private static String newest(Optional<ProbeState> state) {
    return state.flatMap(Checked::newestFailure).map(ProbeState.Result::text).orElse("failed");
  }

  private static Optional<ProbeState.Result> newestFailure(ProbeState state) {
    return state.history().stream().filter(result -> !result.passed()).findFirst();
  }

  private static String said(ProbeState state) {
    String results =
        state
            .last()
            .map(last -> (last.passed() ? "passed " : "failed ") + state.streak() + " in a row, ")
            .orElse("");
    String text = state.last().map(ProbeState.Result::text).orElse("no result yet");
    return results
        + text
        + state.warning().map(warning -> "; " + warning).orElse("")
        + (state.faultText().isEmpty() ? "" : "; no result lately: " + state.faultText());
  }
}
