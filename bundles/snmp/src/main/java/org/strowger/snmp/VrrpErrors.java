package org.strowger.snmp;

import java.util.Map;
import java.util.OptionalInt;
import org.strowger.api.VrrpCounters;

/**
 * The last protocol error of each instance (vrrpv3StatisticsProtoErrReason), as far as the agent
 * saw it come. Written by the agent's thread, read by any.
 */
final class VrrpErrors {
  private static final int NO_ERROR = 0;

  private volatile Map<String, Integer> last = Map.of();

  /**
   * From now on these.
   *
   * @param seen by the name of the instance
   */
  void are(Map<String, Integer> seen) {
    last = Map.copyOf(seen);
  }

  /** Of an instance; empty if there was one before the agent looked. */
  OptionalInt last(String instance, VrrpCounters counted) {
    Integer known = last.get(instance);
    if (known != null) {
      return OptionalInt.of(known);
    }
    boolean none =
        counted.hopErrors() == 0 && counted.versionErrors() == 0 && counted.checksumErrors() == 0;
    return none ? OptionalInt.of(NO_ERROR) : OptionalInt.empty();
  }
}
