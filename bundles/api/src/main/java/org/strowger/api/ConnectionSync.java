package org.strowger.api;

/** Tells other directors the connections of this one, and takes over theirs; an OSGi service. */
public interface ConnectionSync {
  /** What is observed now; any thread. */
  SyncState state();
}
