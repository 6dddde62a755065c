package org.strowger.jmx;

import java.util.List;
import org.strowger.api.SchedulerState;

/** {@code type=Scheduler}: a scheduler as a plug-in, which shows hot swaps. */
final class SchedulerObject {
  static final ObjectKind<SchedulerState> KIND =
      new ObjectKind<>("Scheduler", "A scheduler, offered by a bundle", fields(), List.of());

  private SchedulerObject() {}

  private static List<Field<SchedulerState>> fields() {
    return new Fields<SchedulerState>()
        .text("Name", "Name in the configuration", SchedulerState::name)
        .word("Kind", "How it decides", SchedulerState::kind)
        .text("BundleName", "The bundle that offers it; empty if none", SchedulerState::bundleName)
        .text("Version", "Version of that bundle", SchedulerState::version)
        .word("State", "State of the plug-in", SchedulerState::state)
        .gauge("Users", "{service}", "Virtual services that use it", SchedulerState::users)
        .counter("Invocations", "{pick}", "Picks it made", SchedulerState::invocations)
        .counter("Failures", "{pick}", "Picks the guard made instead", SchedulerState::failures)
        .time("LastSwap", "When the present one came", SchedulerState::lastSwap)
        .counter(
            "Evictions",
            "{entry}",
            "Entries of bounded tables that were given up for newer ones",
            SchedulerState::evictions)
        .counter("SwapCount", "{swap}", "Times it was exchanged", SchedulerState::swapCount)
        .list();
  }
}
