package org.strowger.snmp;

import java.time.Duration;
import java.time.Instant;
import org.snmp4j.smi.OctetString;

/**
 * The SNMP engine of this start: its identity, its number of boots, and when it started.
 *
 * @param startedNanos {@link System#nanoTime} at the start, because the clock may be set
 */
record Engine(OctetString id, int boots, Instant started, long startedNanos) {
  static Engine starting(OctetString id, int boots) {
    return new Engine(id, boots, Instant.now(), System.nanoTime());
  }

  /** sysUpTime, in hundredths of a second. */
  long upTime() {
    return Smi.hundredths(Duration.ofNanos(System.nanoTime() - startedNanos).toMillis());
  }

  /** snmpEngineTime, in seconds. */
  int seconds() {
    return (int) Duration.ofNanos(System.nanoTime() - startedNanos).toSeconds();
  }
}
