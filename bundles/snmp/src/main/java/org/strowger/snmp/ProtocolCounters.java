package org.strowger.snmp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.snmp4j.event.CounterEvent;
import org.snmp4j.event.CounterListener;
import org.snmp4j.smi.Counter32;
import org.snmp4j.smi.OID;

/**
 * The counters of the protocol engine (snmp group, MPD, USM, target contexts), by the identifier of
 * their instance. SNMP4J names a small fixed set of them. Any thread.
 */
final class ProtocolCounters implements CounterListener {
  private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

  private final Map<OID, AtomicLong> counters = new ConcurrentHashMap<>();

  @Override
  public void incrementCounter(CounterEvent event) {
    long value = counter(event.getOid()).addAndGet(event.getIncrement());
    // Reports carry the value that is set here.
    event.setCurrentValue(new Counter32(value & UNSIGNED_32));
  }

  void increment(OID instance) {
    counter(instance).incrementAndGet();
  }

  long value(OID instance) {
    AtomicLong counter = counters.get(instance);
    return counter == null ? 0 : counter.get();
  }

  private AtomicLong counter(OID instance) {
    return counters.computeIfAbsent(instance, key -> new AtomicLong());
  }
}
