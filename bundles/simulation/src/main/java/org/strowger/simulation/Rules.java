package org.strowger.simulation;

/** By whose rules a scenario is played. */
enum Rules {
  /** Ours, as a director plays: the list in the order of the configuration. */
  OURS,
  /**
   * Those of Linux's IPVS: the newest real server stands first in the list; each is added by a
   * change of its own, from which the phase of {@code rr} and {@code wrr} follows; ties go to the
   * first; an edit leaves the overload flag alone unless it raises or removes the upper threshold.
   */
  KERNEL
}
