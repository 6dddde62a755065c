package org.strowger.schedulers;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.strowger.api.Flow;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/**
 * {@code sh}, {@code dh} and {@code mh}: a table of buckets, and a keyed hash of the client's (or
 * destination's) address that finds one. O(1) while the bucket's owner is eligible.
 *
 * <p>With {@code fallback} a client whose owner is not eligible is sent to one that is: 64 further
 * buckets are tried, which spreads the clients of a lost real server over all others by weight, and
 * then the list is searched, so that a lone survivor is always found: O(n) at most. (The kernel
 * tries as many buckets as there are, without certainty.) Without it such a client is refused.
 */
final class HashScheduler implements Scheduler {
  private static final int PROBES = 64;

  private final HashTable filler;
  private final Hash hash;
  private final boolean byDestination;
  private final boolean withPort;
  private final boolean fallback;
  private final boolean kernelRules;
  private final SeenList seen = new SeenList();
  private int[] table = {};

  private HashScheduler(HashTable filler, Hash hash, boolean byDestination, Options options) {
    this.filler = filler;
    this.hash = hash;
    this.byDestination = byDestination;
    this.withPort = options.flag(Option.PORT, false);
    this.kernelRules = options.kernelRules();
    this.fallback = options.flag(Option.FALLBACK, !kernelRules);
  }

  static HashScheduler sourceHash(Options options) {
    return new HashScheduler(WalkedTable.weighted(options), Hash.keyedBy(options), false, options);
  }

  static HashScheduler destinationHash(Options options) {
    return new HashScheduler(WalkedTable.unweighted(options), Hash.keyedBy(options), true, options);
  }

  static HashScheduler maglev(Options options) {
    Hash hash = Hash.keyedBy(options);
    return new HashScheduler(new MaglevTable(options, hash), hash, false, options);
  }

  @Override
  public void changed(RealServerView reals) {
    if (seen.differs(reals)) {
      table = filler.fill(reals);
    }
  }

  @Override
  public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
    if (table.length == 0) {
      return NONE;
    }
    long key = hash.of(byDestination ? flow.destination() : flow.client(), withPort);
    int owner = table[Hash.reduce(key, table.length)];
    if (Eligible.at(reals, owner)) {
      return owner;
    }
    return fallback ? fallBack(key, reals) : NONE;
  }

  private int fallBack(long key, RealServerView reals) {
    long probe = key;
    int probes = kernelRules ? table.length : PROBES;
    for (int i = 0; i < probes; i++) {
      probe = Hash.next(probe);
      int owner = table[Hash.reduce(probe, table.length)];
      if (Eligible.at(reals, owner)) {
        return owner;
      }
    }
    return kernelRules ? NONE : search(Hash.reduce(probe, reals.size()), reals);
  }

  private static int search(int from, RealServerView reals) {
    int size = reals.size();
    for (int step = 0; step < size; step++) {
      int index = (from + step) % size;
      if (Eligible.at(reals, index)) {
        return index;
      }
    }
    return NONE;
  }

  @Override
  public Optional<LookupTable> table() {
    return Optional.of(
        new LookupTable(
            hash.sip().k0(),
            hash.sip().k1(),
            byDestination,
            withPort,
            fallback ? PROBES : 0,
            Arrays.stream(table).boxed().toList()));
  }

  /** Its picks change nothing, so it can serve as its own copy. */
  @Override
  public Scheduler copy() {
    return this;
  }
}
