package org.strowger.director;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.strowger.api.OperState;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;

/** The live weight that a pool needs, with hysteresis, as keepalived does it. Pure. */
final class Quorum {
  private Quorum() {}

  /**
   * Why a pool has no quorum; empty if it has one, or needs none. A real server in slow start
   * counts with its whole weight.
   *
   * @param before the pools that had none
   */
  static Optional<String> lost(
      Pool pool,
      Map<RealServerId, RealServer> acting,
      Map<RealServerId, RealServerState> states,
      Set<String> before) {
    long quorum = pool.health().quorum();
    if (quorum == 0) {
      return Optional.empty();
    }
    long live = 0;
    for (RealServerId id : acting.keySet()) {
      if (id.pool().equals(pool.name())
          && Objects.requireNonNull(states.get(id)).operState() == OperState.UP) {
        live += Objects.requireNonNull(acting.get(id)).weight();
      }
    }
    long hysteresis = pool.health().quorumHysteresis();
    boolean lost =
        before.contains(pool.name()) ? live < quorum + hysteresis : live < quorum - hysteresis;
    return lost
        ? Optional.of("quorum lost: the live weight is " + live + ", the quorum " + quorum)
        : Optional.empty();
  }
}
