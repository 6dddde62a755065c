package org.strowger.api;

import java.util.Set;

/** Receives what the health checker finds, on any of its threads; must return at once. */
public interface HealthListener {
  /**
   * What decides has changed: the verdict, the weight or admin state asked for, the warning, or
   * whether the last look was a fault. Histories alone are read with {@link HealthChecker#report}.
   */
  void on(ProbeId probe, ProbeState state);

  /**
   * Names of the files in the maintenance folder, each time they change.
   *
   * @param names at most {@link HealthChecker#MAX_MAINTENANCE}
   */
  void maintenance(Set<String> names);
}
