package org.strowger.api;

/**
 * What was counted of a real server, over all virtual services. Counters only grow while the
 * process lives; gauges say so.
 *
 * @param selections times a scheduler chose it
 * @param connsTotal connections established to it
 * @param connsActive gauge: connections held now
 * @param connsInactive gauge: of these, those of which one direction has ended
 * @param connFailures connections it refused or did not answer in time
 * @param connsReset connections that it reset
 * @param bytesIn bytes sent to it
 * @param bytesOut bytes received from it
 * @param responseMicros gauge: smoothed time until its answer begins, in microseconds; 0 while
 *     unknown
 */
public record RealServerCounters(
    long selections,
    long connsTotal,
    long connsActive,
    long connsInactive,
    long connFailures,
    long connsReset,
    long bytesIn,
    long bytesOut,
    long responseMicros) {
  public static final RealServerCounters ZERO = new RealServerCounters(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Both together, as of one real server in two virtual services or planes. */
  public RealServerCounters plus(RealServerCounters other) {
    return new RealServerCounters(
        selections + other.selections,
        connsTotal + other.connsTotal,
        connsActive + other.connsActive,
        connsInactive + other.connsInactive,
        connFailures + other.connFailures,
        connsReset + other.connsReset,
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut,
        responseMicros == 0 || other.responseMicros == 0
            ? responseMicros + other.responseMicros
            : (responseMicros + other.responseMicros) / 2);
  }
}
