package org.strowger.failover;

import java.util.EnumMap;
import java.util.Map;
import org.strowger.api.VrrpCounters;

/** Counts of one instance; of the engine's thread. */
final class Counts {
  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
  private long sent;
  private long received;
  private long zeroSent;
  private long zeroReceived;
  private long failures;
  private long announcements;

  void sent(int priority) {
    sent++;
    zeroSent += priority == 0 ? 1 : 0;
  }

  void received(int priority) {
    received++;
    zeroReceived += priority == 0 ? 1 : 0;
  }

  void failed() {
    failures++;
  }

  void announced(int addresses) {
    announcements += addresses;
  }

  void refused(Refusal why) {
    refused.merge(why, 1L, Long::sum);
  }

  private long of(Refusal why) {
    return refused.getOrDefault(why, 0L);
  }

  VrrpCounters now() {
    return new VrrpCounters(
        sent,
        received,
        zeroSent,
        zeroReceived,
        failures,
        of(Refusal.CHECKSUM),
        of(Refusal.VERSION),
        of(Refusal.HOPS),
        of(Refusal.LENGTH),
        of(Refusal.ADDRESS_LIST),
        of(Refusal.INTERVAL),
        of(Refusal.AUTHENTICATION),
        of(Refusal.PEER),
        of(Refusal.SIGNATURE),
        of(Refusal.REPLAY),
        announcements);
  }
}
