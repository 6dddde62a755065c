package org.strowger.api;

import java.util.List;

/**
 * One step of the plan of an upgrade: bundles that are exchanged together.
 *
 * @param number from 1
 * @param bundles {@code NAME FROM -> TO}, one for each
 * @param rewired other bundles that stop and start again with them
 * @param predictedMillis how long what these bundles do is expected to be away; connections go on
 * @param prediction the same in words
 * @param takenMillis how long it took; 0 before
 */
public record UpgradeStep(
    int number,
    List<String> bundles,
    int rewired,
    UpgradeClass upgradeClass,
    long predictedMillis,
    String prediction,
    long takenMillis,
    UpgradeStepState state) {
  public UpgradeStep {
    bundles = List.copyOf(bundles);
  }
}
