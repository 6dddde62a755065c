package org.strowger.api;

/**
 * Knows which role this director plays; an OSGi service of whoever works out who takes over from
 * whom. Without one the director is alone, and {@link DirectorRole#ACTIVE}.
 */
public interface RoleHolder {
  /** The role now; any thread. */
  DirectorRole role();

  /**
   * Tells of each change from now on, until the subscription is closed.
   *
   * @param changed on any thread; returns at once
   */
  Subscription onChange(Runnable changed);
}
