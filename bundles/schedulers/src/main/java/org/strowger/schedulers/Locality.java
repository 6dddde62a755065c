package org.strowger.schedulers;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code lblc} and {@code lblcr}: each destination address keeps to one real server (or, with
 * replication, to a set of them), for the sake of its cache, until that one is crowded: more active
 * connections than its weight, while another one has less than half of its own. Then the least
 * loaded of all takes over, or joins the set. O(n) at most.
 *
 * <p>A set that did not grow for the time of {@code expiry} gives its most loaded member up.
 */
final class Locality implements Scheduler {
  private static final int DEFAULT_ENTRIES = 16_384;
  private static final Duration DEFAULT_EXPIRY = Duration.ofHours(24);

  private final Hash hash;
  private final LeastLoaded everybody;
  private final boolean replicated;
  private final boolean kernelRules;
  private final long expiryNanos;
  private final DestinationTable table;
  private final Renumbering renumbering = new Renumbering();

  Locality(Options options, boolean replicated) {
    this.hash = Hash.keyedBy(options);
    this.everybody = LeastLoaded.weightedLeastConnections(options);
    this.replicated = replicated;
    this.kernelRules = options.kernelRules();
    this.expiryNanos = options.duration(Option.EXPIRY, DEFAULT_EXPIRY).toNanos();
    this.table =
        new DestinationTable(options.number(Option.MAX_ENTRIES, DEFAULT_ENTRIES), expiryNanos);
  }

  @Override
  public void changed(RealServerView reals) {
    everybody.changed(reals);
    table.renumber(renumbering.follow(reals));
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    long now = reals.nanoTime();
    DestinationTable.Entry entry = table.entry(hash.of(flow.destination(), false), now);
    int own = entry.least(reals);
    if (replicated && entry.size() > 1 && now - entry.changedAt() > expiryNanos) {
      entry.removeMost(reals);
    }
    if (own != NONE && !crowded(reals, own)) {
      return own;
    }
    int least = everybody.pick(flow, reals, random);
    if (least != NONE) {
      if (!replicated) {
        entry.clear();
      }
      entry.add(least, now);
    }
    return least;
  }

  private boolean crowded(RealServerView reals, int index) {
    if (reals.active(index) <= reals.weight(index)) {
      return false;
    }
    for (int i = 0; i < reals.size(); i++) {
      // The kernel also counts overloaded ones as free, and then reassigns in vain.
      if (2 * reals.active(i) < reals.weight(i) && (kernelRules || Eligible.at(reals, i))) {
        return true;
      }
    }
    return false;
  }

  private Locality(Locality original) {
    hash = original.hash;
    everybody = original.everybody.copy();
    replicated = original.replicated;
    kernelRules = original.kernelRules;
    expiryNanos = original.expiryNanos;
    table = original.table.copy();
  }

  @Override
  public Scheduler copy() {
    return new Locality(this);
  }

  @Override
  public long evictions() {
    return table.evictions();
  }
}
