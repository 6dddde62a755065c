package org.strowger.api;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was counted of a virtual service. Counters only grow while the process lives; gauges say so.
 *
 * @param connsTotal connections accepted from clients; flows of UDP
 * @param connsActive gauge: connections held now
 * @param connsWaiting gauge: of these, those that wait for a place on a real server
 * @param connsWaited connections that had to wait
 * @param connsTimedOut connections reset because an idle time had passed; flows that ended
 * @param connsResetByClient connections that the client reset
 * @param connsResetByReal connections that the real server reset
 * @param connRetries tries on another real server after one had failed
 * @param bytesIn bytes from clients to real servers
 * @param bytesOut bytes from real servers to clients
 * @param packetsIn datagrams from clients; packets, where the plane sees them
 * @param packetsOut datagrams to clients
 * @param packetsDropped datagrams that were dropped: nobody to take them, or no room
 * @param persistHits new connections that went where their source had gone before
 * @param persistEntries gauge: sources remembered
 * @param persistEvictions sources forgotten early because there were too many
 * @param logSuppressed lines of the connection log beyond its rate
 * @param verdicts how the accepted connections ended up, one counter for each verdict
 */
public record VirtualServiceCounters(
    long connsTotal,
    long connsActive,
    long connsWaiting,
    long connsWaited,
    long connsTimedOut,
    long connsResetByClient,
    long connsResetByReal,
    long connRetries,
    long bytesIn,
    long bytesOut,
    long packetsIn,
    long packetsOut,
    long packetsDropped,
    long persistHits,
    long persistEntries,
    long persistEvictions,
    long logSuppressed,
    Map<Verdict, Long> verdicts) {
  public static final VirtualServiceCounters ZERO =
      new VirtualServiceCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());

  public VirtualServiceCounters {
    Map<Verdict, Long> copy = new EnumMap<>(Verdict.class);
    copy.putAll(verdicts);
    verdicts = Collections.unmodifiableMap(copy);
  }

  /** The counter of one verdict. */
  public long count(Verdict verdict) {
    return verdicts.getOrDefault(verdict, 0L);
  }

  /** The same with what the director counts itself. */
  public VirtualServiceCounters withPersistence(long hits, long entries, long evictions) {
    return new VirtualServiceCounters(
        connsTotal,
        connsActive,
        connsWaiting,
        connsWaited,
        connsTimedOut,
        connsResetByClient,
        connsResetByReal,
        connRetries,
        bytesIn,
        bytesOut,
        packetsIn,
        packetsOut,
        packetsDropped,
        hits,
        entries,
        evictions,
        logSuppressed,
        verdicts);
  }
}
