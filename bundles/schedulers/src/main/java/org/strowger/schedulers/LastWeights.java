package org.strowger.schedulers;

import java.util.HashMap;
import java.util.Map;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/**
 * The last weight above 0 of each real server, so that quiescing one does not change a table: of a
 * drained one its configured weight, which is known after a restart too; of one whose configured
 * weight is 0 the one it had before, as far as that was seen. It remembers only those that are in
 * the list.
 */
final class LastWeights {
  private Map<RealServerId, Integer> known = Map.of();

  /** Takes over a changed list: by index, 0 for one that never had a weight. */
  int[] follow(RealServerView reals) {
    Map<RealServerId, Integer> now = new HashMap<>();
    int[] weights = new int[reals.size()];
    for (int i = 0; i < weights.length; i++) {
      RealServerId id = reals.id(i);
      int weight = reals.weight(i) > 0 ? reals.weight(i) : reals.configuredWeight(i);
      weights[i] = weight > 0 ? weight : known.getOrDefault(id, 0);
      now.put(id, weights[i]);
    }
    known = now;
    return weights;
  }
}
