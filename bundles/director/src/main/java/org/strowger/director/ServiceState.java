package org.strowger.director;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.strowger.api.AccessList;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;

/**
 * What the choosers of one virtual service hand on from table to table: thresholds that are closed,
 * and the access list made ready. It is also their lock: two of one service never choose at once.
 * What the director's thread does with it needs another lock: it must not wait for a choice, in
 * which a plug-in may hang.
 */
final class ServiceState {
  /** That something happened, and when; any thread. */
  static final class Mark {
    private volatile boolean happened;
    private volatile long at;

    void now(long nanos) {
      at = nanos;
      happened = true;
    }

    /** Whether it happened within the last so many nanoseconds. */
    boolean within(long window, long nanos) {
      return happened && nanos - at < window;
    }
  }

  private final LongSupplier clock;
  private final Object edits = new Object();
  private final Map<RealServerId, ThresholdLatch> latches = new HashMap<>();
  private final Mark connectionLimit = new Mark();
  private final Mark directorLimit = new Mark();
  private final Mark sourcesForgotten = new Mark();
  private AccessCheck access = new AccessCheck(AccessList.ALL);

  /**
   * @param clock monotonic, in nanoseconds; that of the plane's tallies
   */
  ServiceState(LongSupplier clock) {
    this.clock = clock;
  }

  LongSupplier clock() {
    return clock;
  }

  /** A connection was refused, or has to wait, because of the service's limit. */
  Mark connectionLimit() {
    return connectionLimit;
  }

  /** A connection was refused because of the director's limit. */
  Mark directorLimit() {
    return directorLimit;
  }

  /** A source's counts were given up for want of room. */
  Mark sourcesForgotten() {
    return sourcesForgotten;
  }

  AccessCheck access(AccessList wanted) {
    synchronized (edits) {
      access = access.edited(wanted);
      return access;
    }
  }

  /**
   * The latches of these real servers with their thresholds of now; the others are forgotten.
   *
   * @param full by real server, in a plane's memory: whether the latch is closed
   */
  ThresholdLatch[] latches(List<RealServer> reals, Map<String, AtomicBoolean> full) {
    synchronized (edits) {
      return edited(reals, full);
    }
  }

  private ThresholdLatch[] edited(List<RealServer> reals, Map<String, AtomicBoolean> full) {
    Set<RealServerId> ids = new HashSet<>();
    Set<String> names = new HashSet<>();
    ThresholdLatch[] wanted = new ThresholdLatch[reals.size()];
    for (int i = 0; i < wanted.length; i++) {
      RealServer real = reals.get(i);
      ids.add(real.id());
      names.add(real.id().toString());
      ThresholdLatch latch = latches.get(real.id());
      wanted[i] =
          latch == null
              ? new ThresholdLatch(
                  real.upperThreshold(),
                  real.lowerThreshold(),
                  full.computeIfAbsent(real.id().toString(), id -> new AtomicBoolean()))
              : latch.edited(real.upperThreshold(), real.lowerThreshold());
      latches.put(real.id(), wanted[i]);
      full.put(real.id().toString(), wanted[i].full());
    }
    latches.keySet().retainAll(ids);
    full.keySet().retainAll(names);
    return wanted;
  }
}
