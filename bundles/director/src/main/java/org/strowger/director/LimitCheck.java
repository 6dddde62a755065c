package org.strowger.director;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Loads;
import org.strowger.api.ServiceLimits;
import org.strowger.api.VirtualService;

/**
 * The limits of a virtual service and of the director. Used by the holder of the service's lock.
 *
 * <p>The director's limit and the rates concern a connection once, when it is decided for the first
 * time; the limits of connections held concern it at each decision.
 */
final class LimitCheck {
  /** Sources of one virtual service whose connections and rates are watched, at most. */
  static final int MAX_SOURCES = 65_536;

  /** Cell of a source's tally, after the plane's own: when its token bucket is full again. */
  private static final int SOURCE_RATE = Choice.TALLY_CELLS;

  private static final int CELLS = Choice.TALLY_CELLS + 1;

  private final ServiceLimits limits;
  private final long directorLimit;
  private final int reals;
  private final LongSupplier clock;
  private final AtomicLongArray cells;
  private final @Nullable RateLimit rate;
  private final @Nullable RateLimit sourceRate;
  private final @Nullable SourceTable<AtomicLongArray> sources;

  /**
   * @param reals how many real servers the service has, with those of its backup pool
   * @param evicted told when a source's counts are given up for want of room
   */
  LimitCheck(
      VirtualService service,
      long directorLimit,
      int reals,
      Memory memory,
      LongSupplier clock,
      Runnable evicted) {
    this.limits = service.limits();
    this.directorLimit = directorLimit;
    this.reals = reals;
    this.clock = clock;
    this.cells = memory.cells(service.name(), clock.getAsLong());
    this.rate = limits.rate() > 0 ? new RateLimit(limits.rate(), limits.burst()) : null;
    if (rate != null) {
      rate.takeOver(cells, Memory.RATE, clock.getAsLong());
    }
    this.sourceRate =
        limits.ratePerSource() > 0
            ? new RateLimit(limits.ratePerSource(), limits.burstPerSource())
            : null;
    this.sources =
        bySource(limits)
            ? new SourceTable<>(
                memory.sources(service),
                MAX_SOURCES,
                limits.sourcePrefixIpv4(),
                limits.sourcePrefixIpv6(),
                this::worth,
                () -> {
                  cells.incrementAndGet(Memory.SOURCE_EVICTIONS);
                  evicted.run();
                })
            : null;
  }

  /** Whether there is any limit. */
  static boolean any(VirtualService service, long directorLimit) {
    ServiceLimits limits = service.limits();
    return directorLimit > 0 || limits.connections() > 0 || limits.rate() > 0 || bySource(limits);
  }

  static boolean bySource(ServiceLimits limits) {
    return limits.connectionsPerSource() > 0 || limits.ratePerSource() > 0;
  }

  /**
   * The limit that a new connection meets, or null. If it meets none, or only {@link
   * Limit#CONNECTIONS} for which it may wait, it has taken its tokens.
   */
  @Nullable Limit reached(InetAddress client, Loads loads, Chooser.Attempt attempt) {
    if (directorLimit > 0 && attempt.first() && loads.director() > directorLimit) {
      return Limit.DIRECTOR;
    }
    AtomicLongArray source = source(client);
    if (tooMany(source)) {
      return Limit.SOURCE_CONNECTIONS;
    }
    boolean full = full(loads, loads.service());
    if (attempt.first() && (!full || attempt.mayWait())) {
      Limit tooFast = tooFast(source);
      if (tooFast != null) {
        return tooFast;
      }
      take(source);
    }
    return full ? Limit.CONNECTIONS : null;
  }

  /** What {@link #reached} would answer for a connection yet to come, without effect. */
  @Nullable Limit wouldReach(InetAddress client, Loads loads) {
    if (directorLimit > 0 && loads.director() >= directorLimit) {
      return Limit.DIRECTOR;
    }
    AtomicLongArray source = sources == null ? null : sources.find(sources.source(client));
    if (tooMany(source)) {
      return Limit.SOURCE_CONNECTIONS;
    }
    Limit tooFast = tooFast(source);
    return tooFast == null && full(loads, loads.service() + 1) ? Limit.CONNECTIONS : tooFast;
  }

  private boolean tooMany(@Nullable AtomicLongArray source) {
    return source != null
        && limits.connectionsPerSource() > 0
        && source.get(Choice.HELD) >= limits.connectionsPerSource();
  }

  private @Nullable Limit tooFast(@Nullable AtomicLongArray source) {
    long now = clock.getAsLong();
    if (sourceRate != null && source != null && !sourceRate.allows(source, SOURCE_RATE, now)) {
      return Limit.SOURCE_RATE;
    }
    return rate != null && !rate.allows(cells, Memory.RATE, now) ? Limit.RATE : null;
  }

  private void take(@Nullable AtomicLongArray source) {
    long now = clock.getAsLong();
    if (sourceRate != null && source != null) {
      sourceRate.take(source, SOURCE_RATE, now);
    }
    if (rate != null) {
      rate.take(cells, Memory.RATE, now);
    }
  }

  /**
   * Whether the service holds as many as it may. Those that wait, and those that another thread is
   * about to ask for, are in the count of the service but have no place yet; so near the limit the
   * places taken on the real servers are counted, which is exact under the service's lock. Live
   * connections to real servers that are not configured any more have no place either.
   *
   * @param with connections of the service, with the new one
   */
  private boolean full(Loads loads, long with) {
    if (limits.connections() == 0 || with <= limits.connections()) {
      return false;
    }
    long places = 0;
    for (int i = 0; i < reals; i++) {
      places += loads.active(i) + loads.inactive(i);
    }
    return places >= limits.connections();
  }

  /** What is known of a source, which is seen now; null if nothing needs to be. */
  private @Nullable AtomicLongArray source(InetAddress client) {
    if (sources == null) {
      return null;
    }
    InetAddress source = sources.source(client);
    AtomicLongArray known = sources.find(source);
    if (known == null) {
      known = new AtomicLongArray(CELLS);
      known.set(SOURCE_RATE, clock.getAsLong());
    }
    sources.put(source, known);
    return known;
  }

  /** The tally that is to count a connection of this client; null if none needs to. */
  @Nullable AtomicLongArray tally(InetAddress client) {
    return sources == null ? null : sources.find(sources.source(client));
  }

  private int worth(AtomicLongArray tally) {
    if (tally.get(Choice.HELD) > 0) {
      return SourceTable.IN_USE;
    }
    return tally.get(SOURCE_RATE) - clock.getAsLong() > 0
        ? SourceTable.WORTH_KEEPING
        : SourceTable.WORTHLESS;
  }

  /** For people: the limit and what it is. */
  String text(Limit limit) {
    long number =
        switch (limit) {
          case DIRECTOR -> directorLimit;
          case SOURCE_CONNECTIONS -> limits.connectionsPerSource();
          case SOURCE_RATE -> limits.ratePerSource();
          case RATE -> limits.rate();
          case CONNECTIONS -> limits.connections();
        };
    return limit.key() + " " + number + " is reached";
  }
}
