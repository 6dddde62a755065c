package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.strowger.api.AdminState;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.Why;

/** Everything that has a say in what a real server is; any thread. */
final class Reasons {
  /** What {@link org.strowger.api.Director#resume} ends. */
  static final Set<Reason> HOLDS = Set.of(Reason.MANUAL_RESUME, Reason.FLAP_HOLD, Reason.OUTLIER);

  private Reasons() {}

  static List<Why.Evidence> of(Health health, Pool pool, RealServer real, RealServerState state) {
    List<Why.Evidence> all = new ArrayList<>();
    all.add(admin("pool", pool.adminState()));
    all.add(admin("adminState", real.adminState()));
    all.addAll(health.evidence(pool, real));
    if (real.weight() == 0) {
      all.add(new Why.Evidence("weight", false, "quiesced: its weight is 0"));
    }
    if (state.reason() == Reason.WARMUP) {
      all.add(new Why.Evidence("slowStart", false, state.reasonText()));
    }
    return all;
  }

  private static Why.Evidence admin(String source, AdminState state) {
    return new Why.Evidence(source, state == AdminState.IN_SERVICE, state.word());
  }
}
