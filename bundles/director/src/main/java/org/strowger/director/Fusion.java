package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.strowger.api.AdminState;
import org.strowger.api.HealthPolicy;
import org.strowger.api.RealServer;
import org.strowger.api.Reason;
import org.strowger.api.Why;

/** Puts the evidence about one real server together, in the order in which it counts. */
final class Fusion {
  private final HealthPolicy policy;
  private final RealServer real;
  private final List<Why.Evidence> first = new ArrayList<>();
  private final List<Why.Evidence> last = new ArrayList<>();
  private RealServer acting;
  private Reason reason = Reason.NONE;
  private String text = "";
  private Optional<Finding.Fault> fault = Optional.empty();
  private Optional<String> flapping = Optional.empty();

  Fusion(HealthPolicy policy, RealServer real) {
    this.policy = policy;
    this.real = real;
    this.acting = real;
  }

  /**
   * @param files names of the files in the maintenance folder
   */
  void maintenance(Set<String> files) {
    String address = real.address().getHostAddress();
    for (String name :
        List.of(real.id().pool() + "_" + real.id().real(), address, address + "_" + real.port())) {
      if (files.contains(name)) {
        ask(AdminState.DRAIN, Reason.MAINTENANCE, "in maintenance: there is a file " + name);
        first.add(new Why.Evidence("maintenance", false, text));
        return;
      }
    }
  }

  void agents(Checked checked) {
    checked
        .wanted()
        .ifPresent(
            state -> {
              String asks = "the check " + checked.by() + " asks for " + state.word();
              ask(state, Reason.ADMIN_DOWN, asks);
              first.add(new Why.Evidence("agent", false, asks));
            });
    if (checked.weight().isPresent() && checked.weight().getAsInt() != real.weight()) {
      int weight = checked.weight().getAsInt();
      acting = acting.withWeight(weight);
      String asks = "its checks ask for weight " + weight + " instead of " + real.weight();
      text = text.isEmpty() && weight == 0 ? "quiesced: " + asks : text;
      first.add(new Why.Evidence("agent", weight >= real.weight(), asks));
    }
  }

  /** The strictest wish counts. */
  private void ask(AdminState state, Reason why, String sentence) {
    if (state.code() > acting.adminState().code()) {
      acting = acting.withAdminState(state);
      reason = why;
      text = sentence;
    }
  }

  void plane(Optional<String> unreachable) {
    unreachable.ifPresent(why -> against(Reason.CONNECT_FAILED, why));
    first.add(
        new Why.Evidence(
            "plane", unreachable.isEmpty(), unreachable.orElse("connections reach it")));
  }

  void checks(Checked checked) {
    checked.fault().ifPresent(f -> against(f.reason(), f.text()));
  }

  void outlier(Optional<String> ejected) {
    ejected.ifPresent(why -> against(Reason.OUTLIER, why));
    if (policy.outlier().enabled()) {
      last.add(new Why.Evidence("outlier", ejected.isEmpty(), ejected.orElse("not ejected")));
    }
  }

  /** Whether it is down by itself, before what holds it down. */
  boolean down() {
    return fault.isPresent();
  }

  /** Whether it is down for more than want of a first verdict. */
  boolean failed() {
    return fault.filter(f -> f.reason() != Reason.CHECK_PENDING).isPresent();
  }

  void held(Holds.Hold hold) {
    if (policy.damping().enabled()) {
      String often =
          hold.falls()
              + " falls within "
              + policy.damping().window().toSeconds()
              + " s; "
              + policy.damping().transitions()
              + " are tolerated"
              + (hold.falls() > policy.damping().transitions() && !hold.flapping()
                  ? "; not held down, because " + policy.damping().maxHeld() + " % of its pool are"
                  : "");
      last.add(new Why.Evidence("damping", !hold.flapping(), often));
      if (hold.flapping()) {
        flapping = Optional.of("it comes and goes: " + often);
        against(Reason.FLAP_HOLD, "it comes and goes, and is held down until it is quiet");
      }
    }
    if (policy.manualResume()) {
      String waits = "it came back, and waits to be resumed";
      last.add(
          new Why.Evidence(
              "manualResume", !hold.waits(), hold.waits() ? waits : "nothing to resume"));
      if (hold.waits()) {
        against(Reason.MANUAL_RESUME, waits);
      }
    }
  }

  /** The first that speaks against it decides. */
  private void against(Reason why, String sentence) {
    if (fault.isEmpty()) {
      fault = Optional.of(new Finding.Fault(why, sentence));
    }
  }

  Finding finding() {
    return new Finding(fault, acting, reason, text, flapping, first, last);
  }
}
