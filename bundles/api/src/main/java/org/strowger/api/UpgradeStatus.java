package org.strowger.api;

import java.time.Instant;
import java.util.List;

/**
 * An in-service upgrade at one moment.
 *
 * @param packageName and version of the staged or last package; empty if there is none
 * @param fromRelease what ran before
 * @param toRelease what the package brings
 * @param signer name of the key that signed the package
 * @param currentStep what is being done, in words
 * @param changed when the state changed last
 * @param trialLeft seconds until it is taken back by itself; 0 outside of a trial
 * @param lastResult one sentence about the last request or end
 * @param healthGate what the last look at the health found; empty: all well
 * @param integrity what was found altered, unsigned or not to be trusted; empty: nothing
 * @param connsLost connections that failed since the upgrade began, whatever the reason
 * @param longestStepMillis the longest exchange of this upgrade
 * @param history oldest first
 */
public record UpgradeStatus(
    UpgradeState state,
    String packageName,
    String fromRelease,
    String toRelease,
    UpgradeClass upgradeClass,
    String signer,
    int stepsTotal,
    int stepsDone,
    String currentStep,
    Instant changed,
    long trialLeft,
    String lastResult,
    String healthGate,
    String integrity,
    long connsLost,
    long longestStepMillis,
    List<UpgradeStep> plan,
    List<UpgradeRecord> history) {
  /** Before anything was ever staged. */
  public static final UpgradeStatus NONE =
      new UpgradeStatus(
          UpgradeState.IDLE,
          "",
          "",
          "",
          UpgradeClass.NONE,
          "",
          0,
          0,
          "",
          Instant.EPOCH,
          0,
          "",
          "",
          "",
          0,
          0,
          List.of(),
          List.of());

  public UpgradeStatus {
    plan = List.copyOf(plan);
    history = List.copyOf(history);
  }
}
