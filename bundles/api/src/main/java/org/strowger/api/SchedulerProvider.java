package org.strowger.api;

import java.util.List;
import java.util.Map;

/**
 * Offers a scheduler by name; an OSGi service. A bundle dropped in with one of these is all a third
 * party needs to add a scheduler.
 */
public interface SchedulerProvider {
  /** The name used as {@code scheduler:} in the configuration. */
  String name();

  SchedulerKind kind();

  /**
   * Checks the options; empty if all is well.
   *
   * @param options {@code schedulerOptions} of the virtual service
   * @param path where they stand, for the violations
   */
  List<Violation> check(Map<String, Object> options, KeyPath path);

  /** A new scheduler for one virtual service, with options that passed {@link #check}. */
  Scheduler create(Map<String, Object> options);

  /**
   * How it is brought to the kernel with these options. Say {@link Compilation#REFUSED} of one that
   * looks at the flow, or at what only the relay knows, and has no table.
   */
  default Compilation compilation(Map<String, Object> options) {
    return kind() == SchedulerKind.COUNTING ? Compilation.PICK_AHEAD : Compilation.REFUSED;
  }
}
