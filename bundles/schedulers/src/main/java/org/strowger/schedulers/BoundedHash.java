package org.strowger.schedulers;

import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code boundedHash}: consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam
 * 2018): the client's place on a ring, and from there the first real server that is eligible and
 * holds less than {@code factor} percent of its share of all active connections. O(n), for the
 * loads are added up at each pick.
 */
final class BoundedHash implements Scheduler {
  static final int DEFAULT_FACTOR = 125;
  static final int DEFAULT_POINTS = 160;
  private static final long PERCENT = 100;

  private final Hash clients;
  private final HashRing ring;
  private final SeenList seen = new SeenList();
  private final boolean withPort;
  private final int factor;

  BoundedHash(Options options) {
    clients = Hash.keyedBy(options);
    ring = new HashRing(clients.forPurpose(4), options.number(Option.POINTS, DEFAULT_POINTS));
    withPort = options.flag(Option.PORT, false);
    factor = options.number(Option.FACTOR, DEFAULT_FACTOR);
  }

  @Override
  public void changed(RealServerView reals) {
    if (seen.differs(reals)) {
      ring.fill(reals);
    }
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    long weights = 0;
    long connections = 1;
    for (int i = 0; i < reals.size(); i++) {
      if (Eligible.at(reals, i)) {
        weights += reals.weight(i);
        connections += reals.active(i);
      }
    }
    if (weights == 0) {
      return NONE;
    }
    // Points 2 n: after so many in vain, at most a few real servers have room; they are sought out.
    int place = ring.size() == 0 ? 0 : ring.place(clients.of(flow.client(), withPort));
    int probes = Math.min(ring.size(), 2 * reals.size());
    for (int probe = 0; probe < probes; probe++) {
      int owner = ring.owner((place + probe) % ring.size());
      if (hasRoom(reals, owner, connections, weights)) {
        return owner;
      }
    }
    return mostRoom(reals);
  }

  private boolean hasRoom(RealServerView reals, int index, long connections, long weights) {
    // active < ceil(factor * connections * weight / weights), without division.
    return Eligible.at(reals, index)
        && PERCENT * reals.active(index) * weights < factor * connections * reals.weight(index);
  }

  private static int mostRoom(RealServerView reals) {
    int best = NONE;
    for (int i = 0; i < reals.size(); i++) {
      if (Eligible.at(reals, i)
          && (best == NONE
              || Load.more(
                  reals.active(best), reals.weight(best), reals.active(i), reals.weight(i)))) {
        best = i;
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
