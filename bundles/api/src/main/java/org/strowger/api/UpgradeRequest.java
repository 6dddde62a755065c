package org.strowger.api;

import java.nio.file.Path;
import java.time.Duration;

/** What an operator asks of an in-service upgrade. */
public sealed interface UpgradeRequest {
  /**
   * Verifies the package and keeps a copy.
   *
   * @param downgrade whether older versions than those that run are wanted
   */
  record Stage(Path file, boolean downgrade) implements UpgradeRequest {}

  /** Finds out whether the staged package could be activated now, and makes its plan. */
  record Check() implements UpgradeRequest {}

  /**
   * Checks again, then exchanges the bundles step by step; goes on after the answer.
   *
   * @param trial after which it is taken back unless it is committed, 5 s to 24 h
   * @param despiteAlarms whether critical alarms that stand already do not matter
   */
  record Activate(Duration trial, boolean despiteAlarms) implements UpgradeRequest {}

  /** What runs on trial stays. */
  record Commit() implements UpgradeRequest {}

  /** What was activated is taken back, at the next step or from the trial. */
  record Rollback() implements UpgradeRequest {}

  /** The staged package is forgotten, and what is said of the last upgrade is over. */
  record Clear() implements UpgradeRequest {}
}
