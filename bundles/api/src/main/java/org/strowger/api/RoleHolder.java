package org.strowger.api;

import java.util.Optional;

/**
 * Knows which role this director plays; an OSGi service of whoever works out who takes over from
 * whom. Without one the director is alone, and {@link DirectorRole#ACTIVE}.
 */
public interface RoleHolder {
  /** The role now; any thread. */
  DirectorRole role();

  /** All that is observed, now; any thread. */
  FailoverState report();

  /**
   * Does what an operator asks; any thread.
   *
   * @param instance name of a VRRP instance, or empty for all
   * @return why not, one sentence; empty if it is done
   */
  Optional<String> command(FailoverCommand command, String instance);

  /**
   * Planes are about to be told what to forward at addresses that float. Called on the director's
   * thread before they are, each time; returns at once.
   */
  default void expect(Vrrp wanted) {}

  /**
   * Tells of each change from now on, until the subscription is closed.
   *
   * @param changed on any thread; returns at once
   */
  Subscription onChange(Runnable changed);
}
