package org.strowger.schedulers;

import java.util.HashMap;
import java.util.Map;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/** Finds the new index of each real server after a change of the list. */
final class Renumbering {
  static final int GONE = -1;

  private RealServerId[] order = {};

  /** Takes over a changed list: the new index by the old one, or {@link #GONE}. */
  int[] follow(RealServerView reals) {
    Map<RealServerId, Integer> places = new HashMap<>();
    RealServerId[] now = new RealServerId[reals.size()];
    for (int i = 0; i < now.length; i++) {
      now[i] = reals.id(i);
      places.put(now[i], i);
    }
    int[] renumbered = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      renumbered[i] = places.getOrDefault(order[i], GONE);
    }
    order = now;
    return renumbered;
  }
}
