package org.strowger.snmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.strowger.api.Configuration;
import org.strowger.api.Snapshot;

/**
 * What keepalived would have told since the last look: real servers and quorums that changed. What
 * is there at the first look, or is new, is not told. The agent's thread only.
 */
final class KeepalivedWatch {
  private record RealKey(String service, String pool, String real) {}

  private Map<RealKey, Boolean> alive = new HashMap<>();
  private Map<String, Boolean> quorums = new HashMap<>();

  List<Notification> look(Snapshot now, long upTime) {
    Configuration configuration = now.configuration();
    if (!KeepalivedObjects.wanted(configuration)) {
      alive = new HashMap<>();
      quorums = new HashMap<>();
      return List.of();
    }
    List<Notification> told = new ArrayList<>();
    Map<RealKey, Boolean> nowAlive = new HashMap<>();
    for (KeepalivedObjects.Real real : KeepalivedObjects.reals(configuration)) {
      RealKey key =
          new RealKey(
              real.virtual().service().name(), real.real().id().pool(), real.real().id().real());
      boolean is = real.alive(now);
      nowAlive.put(key, is);
      if (alive.getOrDefault(key, is) != is) {
        told.add(KeepalivedObjects.changed(real, now, upTime));
      }
    }
    Map<String, Boolean> nowMet = new HashMap<>();
    for (KeepalivedObjects.Virtual virtual : KeepalivedObjects.virtuals(configuration)) {
      boolean is = virtual.quorumMet(now);
      nowMet.put(virtual.service().name(), is);
      if (quorums.getOrDefault(virtual.service().name(), is) != is) {
        told.add(KeepalivedObjects.quorum(virtual, now, upTime));
      }
    }
    alive = nowAlive;
    quorums = nowMet;
    return told;
  }
}
