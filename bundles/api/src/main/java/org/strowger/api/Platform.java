package org.strowger.api;

/** Knows the process and the machine under it; an OSGi service. Any thread. */
public interface Platform {
  /** Age at which the machine is looked at again, in milliseconds. */
  int STATE_AGE_MILLIS = 1_000;

  /** The latest look, at most {@value #STATE_AGE_MILLIS} ms old. */
  PlatformState state();
}
