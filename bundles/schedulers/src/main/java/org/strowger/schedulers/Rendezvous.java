package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code rendezvous}: highest random weight (Thaler and Ravishankar 1998; weighted: Schindelhauer
 * and Schomaker 2005). Each eligible real server draws a lot for the client, and the best lot wins:
 * when one goes only its own clients move, and they spread over all others by weight. Exact shares
 * and least movement without a table, at O(n) with a logarithm each.
 */
final class Rendezvous implements Scheduler {
  private static final double TO_UNIT = 0x1p-53;

  private final Hash clients;
  private final Hash servers;
  private final boolean withPort;
  private long[] lots = {};

  Rendezvous(Options options) {
    clients = Hash.keyedBy(options);
    servers = clients.forPurpose(3);
    withPort = options.flag(Option.PORT, false);
  }

  @Override
  public void changed(RealServerView reals) {
    lots = new long[reals.size()];
    for (int i = 0; i < lots.length; i++) {
      lots[i] = servers.of(reals.address(i), true);
    }
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    long client = clients.of(flow.client(), withPort);
    int best = NONE;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < lots.length; i++) {
      if (Eligible.at(reals, i)) {
        // An exponential variable with the weight as its rate: the least of them is i with the
        // probability weight / sum. StrictMath, so that all directors agree to the last bit.
        double unit = ((Hash.next(client ^ lots[i]) >>> 11) + 0.5) * TO_UNIT;
        double lot = -StrictMath.log(unit) / reals.weight(i);
        if (lot < least) {
          least = lot;
          best = i;
        }
      }
    }
    return best;
  }

  /** Its picks change nothing, so it can serve as its own copy. */
  @Override
  public Scheduler copy() {
    return this;
  }
}
