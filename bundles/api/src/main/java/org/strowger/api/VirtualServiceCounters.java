package org.strowger.api;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was counted of a virtual service. Counters only grow while the process lives.
 *
 * @param connsTotal connections accepted from clients
 * @param connsActive connections held now
 * @param bytesIn bytes from clients to real servers
 * @param bytesOut bytes from real servers to clients
 * @param verdicts how the accepted connections ended up, one counter for each verdict
 */
public record VirtualServiceCounters(
    long connsTotal, long connsActive, long bytesIn, long bytesOut, Map<Verdict, Long> verdicts) {
  public static final VirtualServiceCounters ZERO =
      new VirtualServiceCounters(0, 0, 0, 0, Map.of());

  public VirtualServiceCounters {
    Map<Verdict, Long> copy = new EnumMap<>(Verdict.class);
    copy.putAll(verdicts);
    verdicts = Collections.unmodifiableMap(copy);
  }

  /** The counter of one verdict. */
  public long count(Verdict verdict) {
    return verdicts.getOrDefault(verdict, 0L);
  }
}
