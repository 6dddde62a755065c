package org.strowger.snmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.PlatformState;
import org.strowger.api.Snapshot;

/** What is told because it is seen to have changed, not because somebody said so: once a tick. */
final class Watches {
  private final Sources sources;
  private final LinkWatch links = new LinkWatch();
  private final HaWatch switches = new HaWatch();
  private final VrrpWatch vrrp;

  Watches(Sources sources) {
    this.sources = sources;
    vrrp = new VrrpWatch(sources.vrrpErrors(), System::nanoTime);
  }

  /** What is to be told now; the agent's thread only. */
  List<Notification> look(Snapshot now, long upTime) {
    List<Notification> all = new ArrayList<>();
    Optional<List<NetworkDeviceState>> devices =
        sources.platform().now().map(PlatformState::devices);
    devices.ifPresent(known -> all.addAll(links.look(known, upTime)));
    all.addAll(switches.look(now.failover(), upTime));
    // ifIndex is in the name of a virtual router: without devices nothing can be said of it.
    devices.ifPresent(known -> all.addAll(vrrp.look(now, known, upTime)));
    return all;
  }
}
