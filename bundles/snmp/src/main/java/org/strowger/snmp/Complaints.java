package org.strowger.snmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Director;
import org.strowger.api.Management.SnmpTarget;

/**
 * What the director is to alarm for the agent: users that do not exist, targets that acknowledge
 * nothing, TLS that cannot be had, sources that are refused again and again. Told when it changed.
 * Used by the agent's thread only.
 */
final class Complaints {
  private static final String REPORTER = "snmp";

  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;

  void tell(
      @Nullable Director director,
      PassphraseFiles passphrases,
      @Nullable AgentState state,
      Optional<AlarmCondition> problem,
      AccessAudit access) {
    List<AlarmCondition> conditions = new ArrayList<>(passphrases.conditions());
    if (state != null) {
      state.targets().stream()
          .filter(target -> target.counters().state() == TargetState.UNREACHABLE)
          .map(target -> unreachable(target.configured()))
          .forEach(conditions::add);
    }
    problem.ifPresent(conditions::add);
    conditions.addAll(access.conditions());
    if (director != null && !(conditions.equals(reported) && director.equals(reportedTo))) {
      director.report(REPORTER, conditions);
      reported = conditions;
      reportedTo = director;
    }
  }

  private static AlarmCondition unreachable(SnmpTarget target) {
    String text =
        target.fingerprint().isPresent()
            ? "there is no TLS session with the target %s, or it acknowledges nothing"
            : "the target %s acknowledges nothing";
    return new AlarmCondition(
        AlarmType.TRAP_TARGET_UNREACHABLE,
        "manager=" + target.name(),
        text.formatted(target.name()));
  }

  /** Who is gone alarms nothing. */
  void withdraw(@Nullable Director director) {
    if (director != null && !reported.isEmpty()) {
      director.report(REPORTER, List.of());
      reported = List.of();
    }
  }
}
