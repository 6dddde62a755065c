package org.strowger.upgrade;

/**
 * The words of the keeper about in-service upgrade: what it is asked, and what it answers about
 * where the upgrade stands. Part of the contract between an old keeper and a new upgrade bundle:
 * they are added to, never renamed. The words of states are those of {@code api}.
 */
final class Words {
  static final String STAGE = "stage";
  static final String CHECK = "check";
  static final String ACTIVATE = "activate";
  static final String COMMIT = "commit";
  static final String ROLLBACK = "rollback";
  static final String CLEAR = "clear";
  static final String STATUS = "status";

  /** Said to {@link #STAGE}: older versions are wanted. */
  static final String DOWNGRADE = "downgrade";

  /** Said to {@link #ACTIVATE}: critical alarms that stand already do not matter. */
  static final String DESPITE_ALARMS = "despiteAlarms";

  /** Said to {@link #ACTIVATE}: seconds. */
  static final String TRIAL = "trialSeconds";

  static final String STATE = "state";
  static final String PACKAGE = "package";
  static final String FROM = "fromRelease";
  static final String TO = "toRelease";
  static final String CLASS = "class";
  static final String SIGNER = "signer";
  static final String CURRENT = "currentStep";
  static final String CHANGED = "changed";
  static final String STARTED = "started";
  static final String TRIAL_LEFT = "trialLeft";
  static final String RESULT = "lastResult";
  static final String GATE = "healthGate";
  static final String INTEGRITY = "integrity";
  static final String LOST = "connsLost";
  static final String LONGEST = "longestStepMillis";
  static final String USER = "user";

  /** Number of steps; each has {@code step.N.KEY}, each of its parts {@code step.N.part.M.KEY}. */
  static final String STEPS = "steps";

  static final String DONE = "stepsDone";

  /** Number of the last line of the history; each has {@code N.KEY}. */
  static final String LAST = "last";

  static final String OUTCOME = "outcome";
  static final String WHY = "why";
  static final String END = "end";

  private Words() {}
}
