package org.strowger.api;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs hooks; an OSGi service. The calls of one hook run one after the other in the order in which
 * they were handed in, those of different hooks beside each other. Any thread.
 */
public interface HookRunner {
  /** Calls of one hook that wait at most; a further one drops the oldest. */
  int MAX_WAITING = 256;

  /** Hooks that run at once at most. */
  int MAX_RUNNING = 16;

  /**
   * These are the hooks from now on: what waits for others is dropped, and their counts forgotten.
   *
   * @param changed called when a state that is an alarm has changed; must return at once
   */
  void apply(Set<String> wanted, Runnable changed);

  /** Runs it soon, on another thread. Returns at once. */
  void run(HookCall call);

  /** States now, by name. */
  Map<String, HookState> report();

  /** The calls that have not begun, in order: they are the caller's again. */
  List<HookCall> takeBack();
}
