package org.strowger.api;

/**
 * What was counted of a real server, over all virtual services. Counters only grow while the
 * process lives.
 *
 * @param selections times a scheduler chose it
 * @param connsTotal connections established to it
 * @param connsActive connections held now
 * @param connFailures connections it refused or did not answer in time
 * @param bytesIn bytes sent to it
 * @param bytesOut bytes received from it
 */
public record RealServerCounters(
    long selections,
    long connsTotal,
    long connsActive,
    long connFailures,
    long bytesIn,
    long bytesOut) {
  public static final RealServerCounters ZERO = new RealServerCounters(0, 0, 0, 0, 0, 0);
}
