package org.strowger.snmp;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Origin;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;

/** The in-service upgrade, which may be away while its bundle is exchanged. Any thread. */
final class UpgradeSlot {
  private static final Logger log = LoggerFactory.getLogger(UpgradeSlot.class);

  private volatile @Nullable InServiceUpgrade upgrade;
  private volatile UpgradeStatus last = UpgradeStatus.NONE;

  /** The agent's thread only. */
  private Optional<UpgradeState> told = Optional.empty();

  void came(InServiceUpgrade present) {
    upgrade = present;
  }

  void went(InServiceUpgrade gone) {
    if (gone.equals(upgrade)) { // a replacement comes before the old one goes
      upgrade = null;
    }
  }

  /** Where it stands, or stood when it was seen last. */
  UpgradeStatus status() {
    InServiceUpgrade present = upgrade;
    if (present != null) {
      last = present.status();
    }
    return last;
  }

  /** Does it on a thread of its own, for it may take a minute; it is audited. */
  void ask(UpgradeRequest request, Origin origin) {
    Thread _ = Thread.ofVirtual().name("snmp-upgrade").start(() -> asked(request, origin));
  }

  private void asked(UpgradeRequest request, Origin origin) {
    InServiceUpgrade present = upgrade;
    if (present == null) {
      log.warn("the bundle upgrade is not there to do {}", request);
    } else {
      log.debug("{}: {}", request, present.request(request, origin));
    }
  }

  /** What is to be told of its state since this was asked last. */
  Optional<Notification> changed(long upTime) {
    UpgradeStatus now = status();
    Optional<Notification> changed = UpgradeObjects.changed(told, now, upTime);
    told = Optional.of(now.state());
    return changed;
  }
}
