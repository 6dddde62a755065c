package org.strowger.schedulers;

import java.net.InetSocketAddress;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/**
 * The list as last told, so that being told the same again costs no new table and no turn: a
 * director tells it whenever it publishes, also when something else changed.
 */
final class SeenList {
  private RealServerId[] ids = {};
  private InetSocketAddress[] addresses = {};
  private int[] weights = {};
  private int[] configuredWeights = {};

  /** Whether members, order, addresses or weights differ from the last call; O(n). */
  boolean differs(RealServerView reals) {
    boolean differs = ids.length != reals.size();
    for (int i = 0; i < ids.length && !differs; i++) {
      differs =
          weights[i] != reals.weight(i)
              || configuredWeights[i] != reals.configuredWeight(i)
              || !ids[i].equals(reals.id(i))
              || !addresses[i].equals(reals.address(i));
    }
    if (differs) {
      remember(reals);
    }
    return differs;
  }

  private void remember(RealServerView reals) {
    ids = new RealServerId[reals.size()];
    addresses = new InetSocketAddress[ids.length];
    weights = new int[ids.length];
    configuredWeights = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = reals.id(i);
      addresses[i] = reals.address(i);
      weights[i] = reals.weight(i);
      configuredWeights[i] = reals.configuredWeight(i);
    }
  }
}
